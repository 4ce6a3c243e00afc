"""Texts measured, and one message to one contact."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.accounts.models import Mode
from app.clock import PARIS
from app.consent import service as consent
from app.consent.families import Family
from app.consent.models import Channel
from app.errors import RuleBroken
from app.messaging.models import Message
from app.messaging.restore import halt
from app.messaging.singles import service as singles
from tests.api.conftest import refusal
from tests.factories import NOON, SOMEBODY, make_contact, make_space


def test_a_text_is_measured_and_told_how_to_be_cheaper(program):
    assert program.post("/texts/measure", {"body": "Répétition à 18 h – 🎺 venez"}, status=200) == {
        "encoding": "UCS-2",
        "units": 28,
        "parts": 1,
        "costly": [{"character": "–", "positions": [18]}, {"character": "🎺", "positions": [20]}],
        "simplified": "Répétition à 18 h - 🎺 venez",
        "simplified_parts": 1,
    }
    assert program.post("/texts/measure", {"body": "x" * 161}, status=200)["parts"] == 2
    refusal(program.ask("POST", "/texts/measure", {"body": 12}), 422, "invalid")
    refusal(program.ask("POST", "/texts/measure", {"body": "x" * 20_001}), 422, "invalid")


def test_one_message_goes_to_one_contact(program, database):
    with database.transaction() as session:
        zoe = make_contact(session, program.space, first_name="Zoé")
    sent = program.post(
        "/messages", {"contact_id": zoe.id, "body": "Bonjour {prénom}, rendez-vous à 14 h.", "family": "service"}
    )
    assert sent["body"].startswith("Bonjour Zoé, rendez-vous à 14 h.\nStop : http")
    assert (sent["status"], sent["phone"], sent["receipts"]) == ("queued", zoe.phone, [])
    assert program.get(f"/messages/{sent['id']}") == sent
    assert sent["sending_stopped"] == ""
    with database.transaction() as session:
        halt.stop(session, why="une erreur", by=SOMEBODY, now=NOON)
    told = program.get(f"/messages/{sent['id']}")["sending_stopped"]
    assert told.startswith("Les envois sont arrêtés pour tous depuis")
    again = program.post("/messages", {"contact_id": zoe.id, "body": "Bonjour", "family": "service"})
    assert again["sending_stopped"] == told, "nobody is told « queued » alone"


def test_nobody_who_said_no_gets_a_message(program, database):
    with database.transaction() as session:
        zoe = make_contact(session, program.space)
        consent.object_to(session, program.space.id, zoe.fingerprint, channel=Channel.SPOKEN, by=SOMEBODY, now=NOON)
        child = make_contact(session, program.space, birth_year=NOON.year - 8)
    problem = refusal(program.ask("POST", "/messages", {"contact_id": zoe.id, "body": "Bonjour"}), 422, "opted_out")
    assert problem["detail"] == "Cette personne ne veut plus de SMS."
    refusal(program.ask("POST", "/messages", {"contact_id": child.id, "body": "Bonjour"}), 422, "phone_not_parents")
    selling = {"contact_id": child.id, "body": "Soldes", "family": "commercial"}
    assert program.ask("POST", "/messages", selling).status_code == 422
    with database.snapshot() as session:
        assert session.scalar(select(func.count(Message.id))) == 0


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "body_empty"),
        ("Voir bit.ly/abc", "shortener"),
        ("Répondez OUI", "reply_to_one_way"),
        ("{x}", "unknown_field"),
    ],
)
def test_a_text_that_nobody_should_send_is_refused(program, database, body, code):
    with database.transaction() as session:
        zoe = make_contact(session, program.space)
    assert (
        "body" in refusal(program.ask("POST", "/messages", {"contact_id": zoe.id, "body": body}), 422, code)["errors"]
    )


def test_a_message_to_nobody_of_this_space_is_not_found(program, database):
    with database.transaction() as session:
        stranger = make_contact(session, make_space(session))
    for contact_id in (stranger.id, 2**31 - 1):
        answer = program.ask("POST", "/messages", {"contact_id": contact_id, "body": "Bonjour"})
        refusal(answer, 404, "contact_unknown")
    refusal(program.ask("POST", "/messages", {"contact_id": 2**31, "body": "Bonjour"}), 422, "invalid")
    assert program.ask("GET", f"/messages/{2**63 - 1}").status_code == 404
    assert program.ask("GET", f"/messages/{2**63}").status_code == 404


def send(session, space, settings, *, now):
    person = make_contact(session, space)
    family = Family.CHARITABLE
    return singles.send(session, space, person, body="Bonjour", family=family, by=SOMEBODY, settings=settings, now=now)


def test_a_message_of_the_night_waits_for_its_hours_and_keeps_trying_for_two_openings(database, settings):
    late = NOON.astimezone(PARIS).replace(hour=23)
    with database.transaction() as session:
        live, practice = make_space(session, mode=Mode.LIVE), make_space(session, mode=Mode.PRACTICE)
        held = send(session, live, settings, now=late)
        assert held.not_before == late.replace(day=NOON.day + 1, hour=9)
        assert held.not_after == late.replace(day=NOON.day + 2, hour=20)
        assert send(session, practice, settings, now=late).not_after - late == timedelta(hours=24)


def test_the_budget_of_the_month_holds_single_messages_too(database, settings):
    with database.transaction() as session:
        space = make_space(session, budget_micros=2 * settings.part_price_micros)
        send(session, space, settings, now=NOON)
        send(session, space, settings, now=NOON)
        with pytest.raises(RuleBroken) as broken:
            send(session, space, settings, now=NOON)
        assert broken.value.code == "over_monthly_budget"
