"""What a tick writes down of the sending, and what is read of it without counting anything again."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select

from app.accounts.models import Mode, Staff
from app.clock import utc_now
from app.health import history
from app.health.history import HOUR, KEPT, OLDER
from app.health.models import OutcomeHour, SendingSample
from app.messaging.models import MailingState, Message, SenderRate
from app.messaging.status import Status
from jobs.compacting import measure_sending
from tests.factories import make_mailing, make_message, make_space, make_user, sign_in


@pytest.fixture
def now():
    """The middle of an hour, so that a minute before is of the same."""
    return utc_now().replace(minute=30, second=0, microsecond=0)


def left(session, mailing, at, status, *, after_s=10, **words):
    return make_message(
        session, mailing, status=status, claimed_at=at, settled_at=at + timedelta(seconds=after_s), **words
    )


def told(database, now, count=24):
    with database.snapshot() as session:
        return history.hours(session, now=now, count=count)


def counted(database, now):
    with database.transaction() as session:
        history.count_outcomes(session, now=now)


def test_the_hours_tell_what_became_of_what_left_in_them(database, now):
    with database.transaction() as session:
        mailing = make_mailing(session)
        left(session, mailing, now, Status.DELIVERED, after_s=10)
        left(session, mailing, now - timedelta(minutes=1), Status.DELIVERED, after_s=30)
        moving = left(session, mailing, now - HOUR, Status.SENT).id
        left(session, mailing, now - HOUR, Status.FAILED, error_code=21610)
        left(session, mailing, now - 2 * HOUR, Status.UNDELIVERED, error_code=30005)
        left(session, mailing, now, Status.WITHDRAWN)
        make_message(session, mailing)
    counted(database, now)
    this, before, earlier = told(database, now, 3)
    assert (this.counts, round(this.lag_s)) == ({Status.DELIVERED: 2}, 20)
    assert before.counts == {Status.SENT: 1, Status.FAILED: 1}
    assert (earlier.of(Status.UNDELIVERED), earlier.lag_s) == (1, None)
    with database.transaction() as session:
        assert history.codes(session, now=now) == [(21610, 1), (30005, 1)]
        session.get_one(Message, moving).status = Status.DELIVERED
    counted(database, now)
    assert told(database, now, 2)[1].counts == {Status.SENT: 0, Status.DELIVERED: 1, Status.FAILED: 1}


def test_the_totals_never_go_back(database, now):
    with database.transaction() as session:
        mailing = make_mailing(session)
        left(session, mailing, now, Status.DELIVERED)
        left(session, mailing, now, Status.SENT)
    counted(database, now)
    with database.transaction() as session:
        session.execute(delete(Message))
    counted(database, now)
    with database.snapshot() as session:
        assert {key: n for key, n in history.totals(session).items() if n} == {(Status.DELIVERED, 0): 1}
    counted(database, now + KEPT + 2 * HOUR)
    with database.snapshot() as session:
        assert history.totals(session) == {(Status.DELIVERED, 0): 1}
        assert session.scalars(select(OutcomeHour.hour).distinct()).all() == [OLDER]


def test_an_hour_of_three_days_ago_has_its_turn(database, now):
    old = now - 70 * HOUR
    with database.transaction() as session:
        left(session, make_mailing(session), old, Status.DELIVERED)
    counted(database, now)
    minutes = (now + timedelta(minutes=minute) for minute in range(2 * history.TOLD_HOURS))
    at = next(one for one in minutes if history._floor(one, HOUR) - history.turn(one) * HOUR == old.replace(minute=0))
    counted(database, at)
    assert sum(hour.left for hour in told(database, now, 73)) == 1


def test_the_queue_is_written_down_once_in_five_minutes_and_its_hour_shows_the_fullest(database, now):
    with database.transaction() as session:
        mailing = make_mailing(session, make_space(session))
        make_message(session, mailing, not_before=now - timedelta(minutes=20))
        make_message(session, mailing, not_before=now + timedelta(days=1))
        make_message(session, make_mailing(session, state=MailingState.PAUSED))
        left(session, mailing, now, Status.SENDING)
        left(session, mailing, now, Status.UNKNOWN)
        assert (history.sample(session, now=now), history.sample(session, now=now)) == (True, False)
        row = session.scalars(select(SendingSample)).one()
        assert (row.queued, row.oldest_due_s, row.in_flight, row.in_doubt) == (2, 1200, 1, 1)
        make_message(session, mailing, not_before=now)
        history.sample(session, now=now + timedelta(minutes=6))
    this, before = told(database, now, 2)
    assert (this.queued, this.oldest_due_s, before.queued) == (3, 1560, None)
    with database.transaction() as session:
        history.sample(session, now=now + KEPT + HOUR)
        assert session.scalar(select(func.count()).select_from(SendingSample)) == 1


def test_metrics_tell_outcomes_by_code_with_few_labels(client, database, runtime):
    with database.transaction() as session:
        mailing = make_mailing(session)
        for status, code in ((Status.DELIVERED, None), (Status.FAILED, 21610), (Status.FAILED, 1), (Status.FAILED, 2)):
            left(session, mailing, utc_now(), status, error_code=code)
    measure_sending(runtime)
    page = client.get("/metrics?token=a+token+for+the+metrics").text
    lines = {line for line in page.splitlines() if line.startswith("tambour_outcomes_total{")}
    assert lines == {
        'tambour_outcomes_total{code="",status="delivered"} 1.0',
        'tambour_outcomes_total{code="",status="failed"} 0.0',
        'tambour_outcomes_total{code="",status="undelivered"} 0.0',
        'tambour_outcomes_total{code="21610",status="failed"} 1.0',
        'tambour_outcomes_total{code="other",status="failed"} 2.0',
    }


def test_the_page_draws_the_last_day_as_tables(client, database, runtime):
    with database.transaction() as session:
        sign_in(client, session, make_user(session, staff=Staff.PROGRAMME))
    assert "encore mesuré" in client.get("/sante").text
    with database.transaction() as session:
        mailing = make_mailing(session)
        left(session, mailing, utc_now(), Status.FAILED, error_code=30005)
        left(session, mailing, utc_now(), Status.DELIVERED)
    measure_sending(runtime)
    page = client.get("/sante").text
    assert "Ce qui est parti" in page
    assert "30005" in page


def test_what_a_trainer_has_made_to_fail_is_no_figure_of_the_service(client, database, runtime, now):
    """« Plus d'un SMS sur cinq n'arrive pas », at the hour of a workshop, got somebody up for nothing."""
    with database.transaction() as session:
        sign_in(client, session, make_user(session, staff=Staff.PROGRAMME))
        practice = make_space(session, mode=Mode.PRACTICE)
        mailing = make_mailing(session, practice)
        left(session, mailing, now, Status.FAILED, error_code=30003)
        left(session, mailing, now - 2 * HOUR, Status.SENT)
        left(session, mailing, now - 2 * HOUR, Status.UNKNOWN)
        left(session, mailing, now, Status.SENDING)
        make_message(session, mailing, not_before=now - HOUR)
        session.add(SenderRate(space_id=practice.id, sender="38200", free_at=utc_now() + HOUR, held_code=30038))
    measure_sending(runtime)
    figures = {
        line.rpartition(" ")[0]: float(line.rpartition(" ")[2])
        for line in client.get("/metrics?token=a+token+for+the+metrics").text.splitlines()
        if not line.startswith("#")
    }
    for name in ("queued", "in_flight", "in_doubt", "in_doubt_seconds", "without_receipt", "without_receipt_seconds"):
        assert figures[f"tambour_{name}"] == 0, name
    assert not any(n for name, n in figures.items() if name.startswith("tambour_outcomes_total"))
    with database.snapshot() as session:
        taken = session.scalars(select(SendingSample)).one()
    assert (taken.queued, taken.oldest_due_s, taken.in_flight, taken.in_doubt, taken.without_receipt) == (0,) * 5
    page = client.get("/sante").text
    assert ("30003" in page, "Ce qui est parti" in page, "Un SMS incertain" in page) == (False, False, False)
