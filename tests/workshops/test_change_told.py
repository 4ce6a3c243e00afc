"""A workshop that moves or is called off tells those who know of it, once, from the programme's own space."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import Space
from app.clock import PARIS, utc_now
from app.consent import service as consent
from app.consent.models import Channel
from app.contacts.models import Contact
from app.events.models import Answer, Event, EventState
from app.messaging.models import Mailing, Message
from tests.events.stage import confirmed
from tests.factories import SOMEBODY

INVITATION = "Bonjour {prénom}, {titre}, {jour} à {heure}. Vous venez ? {lien}"
PEOPLE = "Amina Diallo 06 12 34 56 78\nPaul 06 12 34 56 79\nZoé 06 12 34 56 80\nOmar 06 12 34 56 81"
TELL = {"tell": "1"}


@pytest.fixture
def page(database, room, planned):
    """A workshop of next week. Amina comes, Paul does not, Omar wants no more SMS, Léa has not been invited yet."""
    with database.transaction() as session:
        event = session.get_one(Event, planned.event_id)
        event.starts_at = utc_now().replace(minute=0, second=0, microsecond=0) + timedelta(days=7)
        event.ends_at, event.place = event.starts_at + timedelta(hours=1), "Amiens"
    page = f"/ateliers/{planned.id}"
    room.post(f"{page}/participants", data={"people": PEOPLE})
    assert confirmed(room, f"{page}/participants/inviter", {"invitation": INVITATION}).status_code == 302
    room.post(f"{page}/participants", data={"people": "Léa 06 12 34 56 82"})
    with database.transaction() as session:
        amina, paul, _zoe, omar, _lea = session.scalars(select(Contact).order_by(Contact.id)).all()
        words = {"channel": Channel.LINK, "by": SOMEBODY, "now": utc_now()}
        consent.object_to(session, planned.space_id, omar.fingerprint, **words)
    room.post(f"{page}/participants/{amina.id}", data={"answer": Answer.COMING.value})
    room.post(f"{page}/participants/{paul.id}", data={"answer": Answer.NOT_COMING.value})
    return page


def form(database, planned, *, days=0, **words):
    """The date as the page's form would send it back, so many days later."""
    with database.snapshot() as session:
        event = session.get_one(Event, planned.event_id)
    at = (event.starts_at + timedelta(days=days)).astimezone(PARIS)
    return {"day": f"{at:%Y-%m-%d}", "hour": f"{at:%H:%M}", "minutes": "60", "place": event.place, "link": "", **words}


def news(database):
    """The texts that left after the invitations."""
    with database.snapshot() as session:
        first = session.scalars(select(Mailing.id).order_by(Mailing.id)).first()
        return session.scalars(select(Message).where(Message.mailing_id != first).order_by(Message.id)).all()


def test_a_moved_workshop_tells_its_new_day_and_place_to_who_knew_of_it(room, database, planned, page):
    shown = room.get(f"{page}/date").text
    assert "Prévenir par SMS les 3 personnes invitées" in shown
    assert re.search(r'id="tell-move"[^>]* checked', shown)
    prices = re.findall(r"(\d+) SMS, environ ([\d,]+)", shown)
    assert prices == [("3", "22,5"), ("2", "0,15")], "to three and to two, before either press"
    asked = form(database, planned, days=2, place="Abbeville", **TELL)
    answer = room.post(f"{page}/date", data=asked, follow_redirects=True).text
    assert "3 personnes seront prévenues par SMS" in answer
    assert "/arreter" in answer, "its thirty seconds stand there"
    assert "Prévenez vous-même" not in answer
    messages = news(database)
    assert [one.body.split(",")[0] for one in messages] == ["Bonjour Amina", "Bonjour Paul", "Bonjour Zoé"]
    assert all("Abbeville" in one.body and "/r/" in one.body for one in messages)
    assert {one.space_id for one in messages} == {planned.space_id}

    room.post(f"{page}/date", data=asked)
    room.post(f"{page}/date", data={**asked, "minutes": "90"})
    assert len(news(database)) == 3, "a second press changes nothing, nor does what people were not told"
    room.post(f"{page}/date", data=form(database, planned, days=1, **TELL))
    assert len(news(database)) == 6


def test_a_workshop_called_off_tells_who_might_have_come(room, database, planned, page):
    assert "Prévenir par SMS les 2 personnes invitées" in room.get(f"{page}/date").text
    answer = room.post(f"{page}/annuler", data=TELL, follow_redirects=True).text
    assert "2 personnes seront prévenues par SMS" in answer
    assert "/arreter" in answer
    assert ["est annulé" in one.body for one in news(database)] == [True, True]
    assert room.post(f"{page}/annuler", data=TELL).status_code == 409
    assert len(news(database)) == 2


def test_without_the_tick_nobody_is_told(room, database, planned, page):
    moved = room.post(f"{page}/date", data=form(database, planned, days=2), follow_redirects=True).text
    assert "Prévenez vous-même ceux qui ont déjà répondu" in moved
    off = room.post(f"{page}/annuler", follow_redirects=True).text
    assert "Prévenez vous-même ceux qui devaient venir" in off
    assert news(database) == []


def test_without_a_sender_the_page_says_so_and_a_tick_changes_nothing(room, database, planned, page):
    with database.transaction() as session:
        session.get_one(Space, planned.space_id).sender = ""
    shown = room.get(f"{page}/date").text
    assert "Le programme n’a pas encore de nom d’expéditeur" in shown
    assert "Prévenir par SMS" not in shown
    before = form(database, planned)
    for address, data in ((f"{page}/date", form(database, planned, days=2, **TELL)), (f"{page}/annuler", TELL)):
        refused = room.post(address, data=data)
        assert refused.status_code == 422
        assert "Il manque le nom d’expéditeur" in refused.text
    assert form(database, planned) == before
    with database.snapshot() as session:
        assert session.get_one(Event, planned.event_id).state is EventState.PLANNED


def test_what_the_budget_cannot_pay_is_not_half_told(room, database, planned, page):
    with database.transaction() as session:
        session.get_one(Space, planned.space_id).budget_micros = 1
    before = form(database, planned)
    refused = room.post(f"{page}/date", data=form(database, planned, days=2, **TELL))
    assert refused.status_code == 422
    assert "budget de ce mois" in refused.text
    assert (form(database, planned), news(database)) == (before, [])


def test_nobody_is_told_of_what_is_gone_by(room, database, planned, page):
    with database.transaction() as session:
        event = session.get_one(Event, planned.event_id)
        event.starts_at, event.ends_at = utc_now() - timedelta(hours=2), utc_now() - timedelta(hours=1)
    assert 'id="tell-off"' not in room.get(f"{page}/date").text
    assert room.post(f"{page}/annuler", data=TELL).status_code == 302
    assert news(database) == []
