"""A contact's whole story, page by page, and its summary on the card."""

import re
from datetime import timedelta

import pytest

from app.accounts import activity
from app.accounts.models import Role
from app.consent import service as consent
from app.consent.models import Channel
from app.contacts import acts as contact_acts
from app.contacts import history
from app.contacts.history import News
from app.dashboard import story
from app.dashboard.story_lines import Place
from app.errors import NotFound
from app.events import attendance, service
from app.events.models import Answer, Presence
from app.messaging.inbox import replies
from app.messaging.inbox.replies import Incoming
from app.messaging.status import Status
from tests.contacts.test_pages import plain
from tests.events.stage import make_event
from tests.factories import (
    NOON,
    SOMEBODY,
    make_campaign,
    make_contact,
    make_mailing,
    make_message,
    make_space,
    make_user,
    sign_in,
)

MINUTE = timedelta(minutes=1)


@pytest.fixture
def told(database, settings):
    """A space, and somebody with one thing of each kind behind them; somebody else shares the phone."""
    with database.transaction() as session:
        space = make_space(session)
        person = make_contact(session, space, first_name="Zoé", phone="+33639980101")
        other = make_contact(session, space, first_name="Ben", phone="+33639980101")
        activity.record(session, space.id, contact_acts.CONTACT_EDITED, by=SOMEBODY, now=NOON, subject_id=person.id)
        mailing = make_mailing(session, space)
        make_campaign(session, space, name="Collecte de mars", mailing_id=mailing.id)
        words = {"phone": person.phone, "status": Status.DELIVERED, "carrier_sid": "SM1"}
        for at, one in enumerate((person, other)):
            make_message(
                session, mailing, attempt=at + 1, contact_id=one.id, claimed_at=NOON + MINUTE,
                body=f"Bonjour {one.first_name} https://tambour.example/r/secret{at}", **words,
            )  # fmt: skip
        history.note(session, News(contacted={person.id: NOON + MINUTE}, undelivered={person.id: 2}))
        event = make_event(session, space)
        service.invite(session, event, [person], by=SOMEBODY, now=NOON + 2 * MINUTE)
        service.answer(session, event.id, person.id, Answer.COMING, by=SOMEBODY, now=NOON + 3 * MINUTE)
        attendance.note(session, event, {person.id: Presence.CAME}, by=SOMEBODY, now=NOON + 4 * MINUTE)
        said = Incoming("AC1", "IN1", person.phone, space.sender, "Je viens <b>avec</b> mon frère")
        replies.receive(session, space, said, settings=settings, now=NOON + 5 * MINUTE)
        consent.object_to(
            session, space.id, person.fingerprint, channel=Channel.SPOKEN, by=SOMEBODY, now=NOON + 6 * MINUTE,
            wording="plus rien merci",
        )  # fmt: skip
        return space, person, make_user(session, space=space, role=Role.LECTRICE)


WHAT = [
    "Présence notée : « Collecte du samedi »",  # on the day itself, after NOON
    "Ne veut plus de SMS",
    "A répondu par SMS",
    "A répondu « Je viens » pour « Collecte du samedi »",
    "Sur la liste de « Collecte du samedi »",
    "SMS de l'envoi « Collecte de mars »",
    "a modifié une fiche",
]


def test_everything_is_told_newest_first_and_nothing_of_others(app, database, client, told):
    space, person, reader = told
    with database.transaction() as session:
        sign_in(client, session, reader)
    answer = client.get(f"/e/{space.slug}/benevoles/{person.id}/histoire")
    words = plain(answer.text)
    places = [words.index(what) for what in WHAT]
    assert places == sorted(places)
    assert "Je viens <b>avec</b>" not in answer.text and "Bonjour Ben" not in words
    assert "secret" not in answer.text, "nobody opens another's personal link"
    assert f"{SOMEBODY.name} a modifié une fiche" in words and f"Noté par {SOMEBODY.name}" in words
    for link in re.findall(rf'<li>.*?href="(/e/{space.slug}[^"]*)"', answer.text, re.DOTALL):
        assert client.get(link).status_code == 200, link
    card = plain(client.get(f"/e/{space.slug}/benevoles/{person.id}").text)
    for sentence in ("Dernier SMS : mardi 3 mars 2026.", "Dernière réponse : mardi 3 mars 2026.",
                     "Venue 1 fois : samedi 7 mars 2026.", "2 SMS ne lui sont pas arrivés."):  # fmt: skip
        assert sentence in card
    assert client.get(f"/e/{space.slug}/benevoles/{person.id}/histoire?avant=hier").status_code == 404


def test_pages_meet_without_a_gap_nor_a_repeat(database, told):
    space, person, _reader = told
    with database.transaction() as session:
        for _twin in range(3):  # of one instant with what is there
            activity.record(session, space.id, contact_acts.CONTACT_TAGGED, by=SOMEBODY, now=NOON + MINUTE,
                            subject_id=person.id)  # fmt: skip
    with database.snapshot() as session:
        whole, end = story.page(session, person, before=None, limit=50, acts={})
        assert end is None and len(whole) == 10
        for limit in (1, 2, 3, 9):
            read, before = [], None
            while True:
                lines, before = story.page(session, person, before=before, limit=limit, acts={})
                assert len(lines) == limit or before is None
                read += lines
                if before is None:
                    break
                before = Place.read(str(before))
            assert read == list(whole)


def test_a_place_that_nobody_wrote_is_refused():
    for written in ("", "1-2", "20260302-1-x", "20260302120000000000-1-2-3", "9" * 99):
        with pytest.raises(NotFound):
            Place.read(written)
