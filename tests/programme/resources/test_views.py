"""Honest counts: a browser once a day, a robot never, and nothing kept by which somebody could be known tomorrow."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from app.programme.resources import views
from app.programme.resources.models import ResourceMonth, ViewMark, ViewSalt
from jobs.retention import forget_the_old
from tests.programme.resources.conftest import FIREFOX
from tests.programme.resources.test_browsers import FIREFOX as AGENT

EVENING = datetime(2026, 11, 30, 22, 58, tzinfo=UTC)
"""23:58 in Paris, the last day of the month."""


def views_of(database):
    with database.snapshot() as session:
        rows = session.execute(select(ResourceMonth.month, ResourceMonth.views).order_by(ResourceMonth.month))
        return {row[0]: row[1] for row in rows}


def kept(database):
    """What is kept of those who read: (fingerprints, salts)."""
    with database.snapshot() as session:
        return len(session.scalars(select(ViewMark.mark)).all()), len(session.scalars(select(ViewSalt.salt)).all())


def read(database, guide, *, now=EVENING, address="192.0.2.7", agent=AGENT):
    """As the page does: asked in a snapshot, counted only where it is new."""
    with database.snapshot() as session:
        if not views.is_new(session, guide.id, address=address, agent=agent, now=now):
            return False
    with database.transaction() as session:
        return views.count(session, guide.id, address=address, agent=agent, now=now)


def times(database, guide, count):
    return [read(database, guide) for _each in range(count)].count(True)


def test_a_script_that_calls_itself_a_browser_counts_once_a_day(database, guide):
    assert times(database, guide, 60) == 1
    assert views_of(database) == {date(2026, 11, 1): 1}
    with database.transaction() as session:
        assert not views.count(session, guide.id, address="192.0.2.7", agent=AGENT, now=EVENING), "two at one instant"
    assert read(database, guide, address="192.0.2.8"), "another line"
    assert read(database, guide, agent="Mozilla/5.0 (another)"), "somebody else of the same room"
    assert views_of(database) == {date(2026, 11, 1): 3}


@pytest.mark.slow
def test_ten_thousand_views_of_one_script_count_once(database, guide):
    assert times(database, guide, 10_000) == 1
    assert views_of(database) == {date(2026, 11, 1): 1}


def test_a_program_that_invents_browsers_is_held_back(database, guide):
    counted = [read(database, guide, agent=f"Mozilla/5.0 ({number})") for number in range(views.ADDRESS_MAX + 5)]
    assert counted.count(True) == views.ADDRESS_MAX
    assert read(database, guide, address="192.0.2.8")


def test_after_midnight_in_paris_nobody_is_known_and_everybody_counts_again(database, guide, runtime):
    assert read(database, guide)
    assert kept(database) == (1, 1)
    with time_machine.travel(EVENING + timedelta(minutes=1), tick=False):
        forget_the_old(runtime)
    assert kept(database) == (1, 1), "the day is not over"
    midnight = EVENING + timedelta(minutes=3)
    with time_machine.travel(midnight, tick=False):
        forget_the_old(runtime)
    assert kept(database) == (0, 0)
    assert read(database, guide, now=midnight)
    assert not read(database, guide, now=midnight + timedelta(hours=20))
    assert views_of(database) == {date(2026, 11, 1): 1, date(2026, 12, 1): 1}
    assert read(database, guide, now=midnight + timedelta(days=1)), "a late tick is no matter"
    assert kept(database) == (1, 1)


def test_a_view_that_began_before_midnight_takes_nothing_from_the_new_day(database, guide):
    midnight = EVENING + timedelta(minutes=3)
    assert read(database, guide, now=midnight)
    with database.transaction() as session:
        assert views.count(session, guide.id, address="192.0.2.8", agent=AGENT, now=EVENING), "counted late"
    assert not read(database, guide, now=midnight + timedelta(minutes=1)), "the same reader of the new day"
    with database.transaction() as session:
        views.forget_ended_days(session, now=midnight)
    assert kept(database) == (1, 1), "what came late is gone too"


def test_the_page_counts_a_browser_once_and_a_robot_never(client, database, guide):
    address = f"/ressources/{guide.slug}"
    first = client.get(address, headers=FIREFOX)
    assert first.status_code == 200
    assert "Set-Cookie" not in first.headers
    assert "<script" not in first.text
    assert "Vu 1 fois en" in first.text, "whoever reads is counted in what they read"
    for headers in (
        FIREFOX,
        {},
        {"User-Agent": "curl/8.5"},
        {**FIREFOX, "User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"},
        {**FIREFOX, "User-Agent": "Mozilla/5.0 (other)", "Sec-Purpose": "prefetch"},
    ):
        assert client.get(address, headers=headers).status_code == 200
    assert client.head(address, headers={**FIREFOX, "User-Agent": "Mozilla/5.0 (other)"}).status_code == 200
    assert list(views_of(database).values()) == [1]


def test_what_nobody_reads_is_not_counted(client, database, guide):
    assert client.get("/ressources/rien", headers=FIREFOX).status_code == 404
    assert client.get("/ressources", headers=FIREFOX).status_code == 200
    assert views_of(database) == {}
