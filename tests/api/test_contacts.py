"""People and lists through the API."""

import pytest

from app.accounts.models import Mode, Role
from app.consent import service as consent
from app.consent.models import Channel
from app.contacts import service as contacts
from tests.api.conftest import make_program, refusal
from tests.factories import NOON, SOMEBODY, make_contact, make_list, make_space, next_phone

ZOE = {"phone": "06.39.98.12.34", "first_name": "Zoé", "last_name": "Lévêque", "tags": ["permis B"]}


def test_a_contact_is_made_read_changed_and_removed(program):
    made = program.post("/contacts", {**ZOE, "lists": ["Conducteurs"], "custom": {"Taille": "M"}})
    assert (made["phone"], made["phone_typed"]) == ("+33639981234", "06.39.98.12.34")
    assert (made["tags"], made["consent"], made["custom"]) == (["permis B"], "reachable", {"Taille": "M"})
    assert [one["name"] for one in made["lists"]] == ["Conducteurs"]
    assert program.get(f"/contacts/{made['id']}") == made

    changed = program.ask("PATCH", f"/contacts/{made['id']}", {"birth_year": 1985, "tags": [], "lists": ["Cuisine"]})
    assert changed.status_code == 200
    assert changed.json["birth_year"] == 1985
    assert (changed.json["first_name"], changed.json["tags"]) == ("Zoé", [])
    assert [one["name"] for one in changed.json["lists"]] == ["Cuisine"]

    gone = program.ask("DELETE", f"/contacts/{made['id']}")
    assert (gone.status_code, gone.data) == (204, b"")
    refusal(program.ask("GET", f"/contacts/{made['id']}"), 404, "contact_unknown")


def test_somebody_who_is_there_already_is_a_conflict(program):
    program.post("/contacts", ZOE)
    assert "phone" in refusal(program.ask("POST", "/contacts", ZOE), 409, "contact_exists")["errors"]


def test_a_number_that_gets_no_sms_is_refused_by_field(program):
    problem = refusal(program.ask("POST", "/contacts", {"phone": "01 23 45 67 89"}), 422, "phone_landline")
    assert "fixe" in problem["errors"]["phone"]
    problem = refusal(program.ask("POST", "/contacts", {"phone": "06 12 34 56 78"}), 422, "real_number_in_practice")
    assert "entraîner" in problem["detail"]


def test_pages_of_contacts_follow_each_other_to_the_end(program, database):
    with database.transaction() as session:
        ids = {make_contact(session, program.space).id for _ in range(7)}
        make_contact(session, make_space(session))
    seen, after, pages = [], "", 0
    while after is not None:
        page = program.get(f"/contacts?limit=3{f'&after={after}' if after else ''}")
        seen += [one["id"] for one in page["items"]]
        after, pages = page["next"], pages + 1
    assert (set(seen), len(seen), pages) == (ids, 7, 3)


def test_contacts_are_found_by_name_number_list_and_tag(program, database):
    zoe = program.post("/contacts", {**ZOE, "lists": ["Conducteurs"]})
    program.post("/contacts", {"phone": "0639980001", "first_name": "Paul"})
    for query in ("search=leveque", "search=06+39+98+12", "tag=permis+B", f"list={zoe['lists'][0]['id']}"):
        assert [one["id"] for one in program.get(f"/contacts?{query}")["items"]] == [zoe["id"]], query
    refusal(program.ask("GET", "/contacts?list=999"), 404, "list_unknown")


def test_who_said_no_shows(program, database):
    made = program.post("/contacts", ZOE)
    with database.transaction() as session:
        person = contacts.get(session, program.space.id, made["id"])
        consent.object_to(session, program.space.id, person.fingerprint, channel=Channel.SPOKEN, by=SOMEBODY, now=NOON)
    assert program.get(f"/contacts/{made['id']}")["consent"] == "opted_out"


def test_lists_count_their_people(program):
    one = program.post("/lists", {"name": "Conducteurs"})
    assert one == {"id": one["id"], "name": "Conducteurs", "people": 0}
    zoe = program.post("/contacts", ZOE)
    place = f"/lists/{one['id']}/contacts/{zoe['id']}"
    for _ in range(2):
        assert program.ask("PUT", place).status_code == 204
    assert program.get("/lists") == {"items": [{**one, "people": 1}], "next": None}
    for _ in range(2):
        assert program.ask("DELETE", place).status_code == 204
    assert program.get("/lists")["items"][0]["people"] == 0
    refusal(program.ask("POST", "/lists", {"name": "Conducteurs"}), 422, "list_name_taken")


def test_lists_come_by_pages_too(program):
    ids = [program.post("/lists", {"name": name})["id"] for name in "cab"]
    first = program.get("/lists?limit=2")
    rest = program.get(f"/lists?limit=2&after={first['next']}")
    assert [one["id"] for one in first["items"] + rest["items"]] == ids
    assert rest["next"] is None


def test_another_spaces_people_and_lists_do_not_exist(program, database):
    with database.transaction() as session:
        elsewhere = make_space(session, mode=Mode.PRACTICE)
        one, person = make_list(session, elsewhere), make_contact(session, elsewhere)
    mine, list_id = program.post("/contacts", ZOE)["id"], program.post("/lists", {"name": "Ici"})["id"]
    for method, path, body in (
        ("GET", f"/contacts/{person.id}", None),
        ("PATCH", f"/contacts/{person.id}", {"note": "x"}),
        ("DELETE", f"/contacts/{person.id}", None),
        ("PUT", f"/lists/{one.id}/contacts/{mine}", None),
        ("PUT", f"/lists/{list_id}/contacts/{person.id}", None),
        ("DELETE", f"/lists/{one.id}/contacts/{person.id}", None),
        ("GET", f"/contacts?list={one.id}", None),
    ):
        assert program.ask(method, path, body).status_code == 404, path


@pytest.mark.parametrize(("method", "path"), [("POST", "/contacts"), ("POST", "/lists"), ("DELETE", "/contacts/1")])
def test_a_reader_changes_nothing(app, database, method, path):
    reader = make_program(app, database, role=Role.LECTRICE)
    body = {"phone": next_phone(), "name": "x"} if method == "POST" else None
    refusal(reader.ask(method, path, body), 403, "role_too_low")


@pytest.mark.parametrize("characters", ["%25", "?", "'", "-", ".", "%F0%9F%98%80", "%25 %25"])
def test_a_search_of_signs_alone_finds_nobody(program, characters):
    program.post("/contacts", {"phone": "+33639980001", "first_name": "Zoé"})
    assert program.get(f"/contacts?search={characters}")["items"] == []
    assert len(program.get("/contacts?search=zo")["items"]) == 1
    assert len(program.get("/contacts?search=")["items"]) == 1
