"""Likely duplicates proposed, looked at, merged and separated by a program, each once."""

from sqlalchemy import func, select

from app.accounts.activity import trail
from app.accounts.models import Role
from app.contacts.merging.models import Merge
from app.contacts.phone import show_phone
from app.contacts.profile import values
from tests.api.conftest import make_program, refusal
from tests.factories import NOON, make_contact, make_space


def test_two_cards_are_proposed_compared_merged_once_and_separated(program, database, app):
    with database.transaction() as session:
        space = program.space
        lea = make_contact(session, space, first_name="Léa", last_name="Blanc", rhythm="regular", is_member=True)
        other = make_contact(session, space, first_name="Léa", last_name="Noir", rhythm="one_off", is_member=False)
        third, stranger = make_contact(session, space), make_contact(session, make_space(session))
        for one, size in ((lea, "M"), (other, "L")):
            values.put(session, one, {"Taille de t-shirt": size}, now=NOON)
    assert program.get("/duplicates") == {"items": [], "next": None}
    pair = program.post("/duplicates", {"contacts": [other.id, lea.id]})
    assert (pair["reason"], pair["state"]) == ("said", "to_see")
    assert [one["id"] for one in pair["contacts"]] == [lea.id, other.id]
    assert {one["name"]: one["values"] for one in pair["differences"]} == {
        "phone": [show_phone(one.phone) for one in (lea, other)],
        "last_name": ["Blanc", "Noir"],
        "rhythm": ["Régulièrement", "De temps en temps"],
        "member": ["oui", "non"],
        "custom.taille de t shirt": ["M", "L"],
    }
    assert program.get("/duplicates")["items"] == [pair] == [program.get(f"/duplicates/{pair['id']}")]
    refusal(program.ask("POST", "/duplicates", {"contacts": [lea.id, lea.id]}), 422, "merge_of_one")
    refusal(program.ask("POST", "/duplicates", {"contacts": [lea.id, stranger.id]}), 404, "contact_unknown")

    body = {"survivor": lea.id, "other": other.id, "from_other": ["member", "custom.taille de t shirt"]}
    wrong = refusal(program.ask("POST", "/merges", {**body, "from_other": ["custom.pointure"]}), 422, "choice_unknown")
    assert list(wrong["errors"]) == ["from_other"]
    made = program.ask("POST", "/merges", body, key="fusion-1")
    assert (made.status_code, made.json["from_other"]) == (201, sorted(body["from_other"]))
    assert program.ask("POST", "/merges", body, key="fusion-1").json == made.json, "asked again, done once"
    card = program.get(f"/contacts/{lea.id}")
    assert (card["member"], card["rhythm"], card["custom"]) == (False, "regular", {"Taille de t-shirt": "L"})
    assert program.get(f"/duplicates/{pair['id']}")["state"] == "merged"
    refusal(program.ask("POST", "/duplicates", {"contacts": [other.id, third.id]}), 409, "contact_archived")

    one = f"/merges/{made.json['id']}"
    assert program.get(one) == made.json
    reader = make_program(app, database, role=Role.LECTRICE, space=space)
    refusal(reader.ask("POST", f"{one}/undo"), 403, "role_too_low")
    assert program.post(f"{one}/undo", status=200)["undone_at"] is not None
    refusal(program.ask("POST", f"{one}/undo"), 409, "merge_undone")
    again = program.post("/duplicates", {"contacts": [lea.id, other.id]})
    assert (again["id"], again["state"]) == (pair["id"], "to_see"), "somebody may say so again"
    for _time in "12":
        assert program.post(f"/duplicates/{pair['id']}/dismiss", status=200)["state"] == "not_duplicate"
    with database.snapshot() as session:
        assert session.scalar(select(func.count()).select_from(Merge)) == 1
        verbs = [row.verb for row in trail(session, space.id, before_id=None, limit=9) if row.subject == "contact"]
        assert verbs == [
            "contact.pair_dismissed",
            "contact.pair_proposed",
            "contact.merge_undone",
            "contact.merged",
            "contact.pair_proposed",
        ]
