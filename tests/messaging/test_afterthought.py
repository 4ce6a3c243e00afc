"""The thirty seconds after « Envoyer », of a mailing that no campaign owns."""

from datetime import datetime, timedelta

import pytest

from app.accounts.models import Space
from app.database.engine import Database
from app.messaging import afterthought, mailings
from app.messaging.models import Mailing, MailingState
from app.messaging.restore import halt
from app.messaging.status import Status
from app.settings import Settings
from tests.factories import NOON, SOMEBODY, make_contact, make_mailing, make_message, make_space
from tests.messaging.desk import claim, counted

HALF = timedelta(seconds=15)


@pytest.fixture
def mailing(database: Database) -> Mailing:
    """Two messages of one mailing, written at NOON, the hours of whose space hold nothing back."""
    with database.transaction() as session:
        space = make_space(session, hours_hold=False)
        found = make_mailing(session, space)
        for name in ("Ana", "Béa"):
            person = make_contact(session, space, first_name=name)
            window = afterthought.window(NOON)
            make_message(session, found, contact_id=person.id, not_before=window.not_before)
        return found


def leaving(database: Database, mailing: Mailing, now: datetime) -> list[tuple[int, int, int]]:
    with database.snapshot() as session:
        space = session.get_one(Space, mailing.space_id)
        found = afterthought.leaving(session, space, [mailing.id], now=now)
        return [(one.people, one.seconds_left, one.price_micros) for one in found]


def test_nothing_leaves_for_thirty_seconds_and_the_page_counts_them(
    database: Database, settings: Settings, mailing: Mailing
) -> None:
    assert leaving(database, mailing, NOON + HALF) == [(2, 15, 150_000)]
    assert claim(database, settings, now=NOON + HALF) == []
    assert len(claim(database, settings, now=NOON + afterthought.AFTERTHOUGHT)) == 2
    assert leaving(database, mailing, NOON + afterthought.AFTERTHOUGHT) == [], "what is in a dispatcher's hand has left"


def test_stopped_in_time_nothing_leaves_and_its_owner_learns_whom_it_did_not_reach(
    database: Database, settings: Settings, mailing: Mailing
) -> None:
    with database.transaction() as session:
        space = session.get_one(Space, mailing.space_id)
        people, in_time = afterthought.stop(session, space, mailing.id, now=NOON + HALF)
        assert (len(people), in_time) == (2, True)
        assert counted(session, mailing.id) == {Status.WITHDRAWN: 2}
        assert afterthought.stop(session, space, mailing.id, now=NOON + HALF) == ([], False), "a second press"
    assert claim(database, settings, now=NOON + timedelta(minutes=1)) == []
    assert leaving(database, mailing, NOON + HALF) == []


def test_stopped_too_late_only_what_waits_is_taken_back(
    database: Database, settings: Settings, mailing: Mailing
) -> None:
    claim(database, settings, now=NOON + afterthought.AFTERTHOUGHT, limit=1)
    with database.transaction() as session:
        space = session.get_one(Space, mailing.space_id)
        people, in_time = afterthought.stop(session, space, mailing.id, now=NOON + timedelta(seconds=31))
        assert (len(people), in_time) == (1, False)
        assert session.get_one(Mailing, mailing.id).state is MailingState.CANCELLED


def test_a_mailing_that_is_held_or_of_another_space_is_not_shown_as_leaving_nor_stopped(
    database: Database, mailing: Mailing
) -> None:
    with database.transaction() as session:
        other = make_space(session)
        assert afterthought.leaving(session, other, [mailing.id], now=NOON) == []
        assert afterthought.stop(session, other, mailing.id, now=NOON) == ([], False)
        assert session.get_one(Mailing, mailing.id).state is MailingState.OPEN
        mailings.pause(session, mailing.id)
    assert leaving(database, mailing, NOON) == []


def test_closed_hours_are_said_instead_of_counted(database: Database) -> None:
    night = NOON.replace(hour=22)
    with database.transaction() as session:
        space = make_space(session, hours_hold=True)
        found = make_mailing(session, space, created_at=night)
        make_message(session, found, not_before=night + afterthought.AFTERTHOUGHT)
        assert afterthought.leaving(session, space, [found.id], now=night)[0].departure


def test_a_stop_of_all_sending_is_said_instead_of_counted(database: Database, mailing: Mailing) -> None:
    with database.transaction() as session:
        halt.stop(session, why="une erreur", by=SOMEBODY, now=NOON)
        space = session.get_one(Space, mailing.space_id)
        [found] = afterthought.leaving(session, space, [mailing.id], now=NOON + HALF)
        assert "arrêtés pour tous" in found.departure
        assert halt.resume(session, by=SOMEBODY, now=NOON + HALF)
        [found] = afterthought.leaving(session, space, [mailing.id], now=NOON + HALF)
        assert (found.departure, found.seconds_left) == ("", 15)
