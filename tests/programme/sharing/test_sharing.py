"""What an association shares: exactly what it was shown, once a month, for as long as it agrees."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from app.accounts import associations
from app.accounts.models import Activity, Mode, Role, Space
from app.clock import utc_now
from app.events.models import Answer, Event, EventState, Registration
from app.messaging.status import Status
from app.programme.sharing import counting, rules, service
from app.programme.sharing.models import SharedMonth, SharingAgreement
from jobs.programme.sharing import share_ended_months
from tests.factories import SOMEBODY, make_contact, make_mailing, make_message, make_space, make_user, sign_in
from tests.programme.cohorts.test_cohorts import told

MARCH = date(2026, 3, 1)
MARCH_BEGINS = datetime(2026, 2, 28, 23, tzinfo=UTC)
IN_MARCH = datetime(2026, 3, 10, 12, tzinfo=UTC)
LAST_INSTANT = datetime(2026, 3, 31, 21, 59, 59, tzinfo=UTC)
"""23:59:59 in Paris, on summer time since the Sunday before."""
APRIL = datetime(2026, 3, 31, 22, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Shared:
    association_id: int
    space: Space


@pytest.fixture
def quay(database):
    """An association whose space has 6 texts, 5 dates and 12 people of March, and more that must not count."""
    with database.transaction() as session:
        space = make_space(session, name="Les Amis du Quai")
        make_space(session, name="Une autre")
        found = associations.find_or_make(session, name=space.name, space_id=space.id, now=IN_MARCH)
        people = [make_contact(session, space, birth_year=1990) for _each in range(7)]
        people += [make_contact(session, space, age_band="65+") for _each in range(5)]
        make_contact(session, space, age_band="25-34")
        make_contact(session, space, birth_year=1990, archived_at=IN_MARCH)
        mailing = make_mailing(session, space, served_at=APRIL, created_at=MARCH_BEGINS - timedelta(days=1))
        for at in (*(IN_MARCH for _each in range(5)), LAST_INSTANT, APRIL, MARCH_BEGINS - timedelta(seconds=1)):
            make_message(session, mailing, status=Status.DELIVERED, claimed_at=at, created_at=IN_MARCH)
        for status in (Status.QUEUED, Status.WITHDRAWN, Status.FAILED):
            make_message(session, mailing, status=status, created_at=IN_MARCH)
        dates = [_event(session, space, IN_MARCH + timedelta(days=number)) for number in range(5)]
        off = _event(session, space, IN_MARCH, state=EventState.CANCELLED)
        for event in (dates[0], off):
            for number, contact in enumerate(people):
                _place(session, event, contact, number)
        return Shared(found.id, space)


def _event(session, space, at, **words):
    end = at + timedelta(hours=2)
    words = {"title": "Collecte", "starts_at": at, "ends_at": end, "created_at": at, "updated_at": at, **words}
    event = Event(space_id=space.id, **words)
    session.add(event)
    session.flush()
    return event


def _place(session, event, contact, number):
    """Nine came or said so: two of the twelve were not there, one was only invited."""
    attended = {0: True, 1: False, 2: False}.get(number)
    answer = Answer.INVITED if number in (0, 3) else Answer.COMING
    words = {"answer": answer, "attended": attended, "created_at": IN_MARCH}
    session.add(Registration(space_id=event.space_id, event_id=event.id, contact_id=contact.id, **words))


def agree(database, quay, *, now=IN_MARCH):
    with database.transaction() as session:
        service.agree(session, quay.space, by=SOMEBODY, now=now)


def stop(database, quay, *, erases=False, now=IN_MARCH):
    with database.transaction() as session:
        service.withdraw(session, quay.space, erases=erases, by=SOMEBODY, now=now)


def tick(runtime, now):
    share_ended_months(replace(runtime, clock=lambda _session: now))


def months(database, quay):
    """{month: its figures}, as the programme reads them."""
    with database.snapshot() as session:
        found = service.months(session, [quay.association_id, 999]).get(quay.association_id, [])
        return {one.month: one.figures for one in found}


def test_a_month_is_counted_by_hand(database, quay):
    with database.snapshot() as session:
        found = counting.count(session, quay.space.id, MARCH, now=APRIL)
    assert vars(found) == {
        "texts": 6, "dates": 5, "places": 9, "age_under_25": None, "age_25_34": None, "age_35_49": 7, "age_50_64": None,
        "age_65_plus": 5, "age_unknown": None,
    }  # fmt: skip


def test_texts_of_a_mailing_that_lives_in_the_month_alone_are_counted_by_it(database, quay):
    with database.transaction() as session:
        for created_at, served_at in (
            (IN_MARCH, LAST_INSTANT),
            (MARCH_BEGINS - timedelta(days=9), MARCH_BEGINS - timedelta(seconds=1)),
            (APRIL, APRIL),
        ):
            mailing = make_mailing(session, quay.space, created_at=created_at, served_at=served_at)
            for attempt, status in enumerate((Status.SENT, Status.UNDELIVERED, Status.ACCEPTED, Status.QUEUED), 1):
                claimed_at = served_at if status is not Status.ACCEPTED else None
                words = {"status": status, "attempt": attempt, "claimed_at": claimed_at, "created_at": created_at}
                make_message(session, mailing, **words)
    with database.snapshot() as session:
        assert counting.count(session, quay.space.id, MARCH, now=APRIL).texts == 6 + 3


def test_the_month_that_ended_is_written_once_for_whoever_agreed(database, quay, runtime):
    tick(runtime, APRIL + timedelta(days=90))
    assert months(database, quay) == {}, "nobody agreed"
    agree(database, quay)
    for now in (IN_MARCH, LAST_INSTANT):
        tick(runtime, now)
    assert months(database, quay) == {}, "it is not over"
    for _again in range(3):
        tick(runtime, APRIL)
    assert list(months(database, quay)) == [MARCH]
    assert months(database, quay)[MARCH].texts == 6
    with database.transaction() as session:
        make_message(session, make_mailing(session, quay.space), status=Status.SENT, claimed_at=IN_MARCH)
    tick(runtime, APRIL + timedelta(days=2))
    assert months(database, quay)[MARCH].texts == 6, "what was written stays as it was"
    tick(runtime, datetime(2026, 6, 15, tzinfo=UTC))
    assert list(months(database, quay)) == [MARCH, date(2026, 4, 1), date(2026, 5, 1)], "after two months without jobs"
    tick(runtime, IN_MARCH)
    assert len(months(database, quay)) == 3, "a clock put back writes nothing"


def test_no_small_figure_stands_in_the_table(database, quay, runtime):
    agree(database, quay)
    tick(runtime, datetime(2026, 5, 2, tzinfo=UTC))
    with database.snapshot() as session:
        rows = session.scalars(select(SharedMonth)).all()
        values = [value for row in rows for value in vars(row.figures).values()]
    assert len(rows) == 2
    assert None in values
    assert min(value for value in values if value is not None) >= rules.LEAST


def test_whoever_stops_shares_no_more_and_chooses_what_becomes_of_the_rest(database, quay, runtime):
    agree(database, quay)
    tick(runtime, APRIL)
    stop(database, quay, now=APRIL)
    tick(runtime, datetime(2026, 6, 15, tzinfo=UTC))
    assert list(months(database, quay)) == [MARCH], "left to the programme"
    agree(database, quay, now=datetime(2026, 6, 15, tzinfo=UTC))
    tick(runtime, datetime(2026, 7, 15, tzinfo=UTC))
    assert list(months(database, quay)) == [MARCH, date(2026, 6, 1)], "not the months between"
    stop(database, quay, now=datetime(2026, 7, 16, tzinfo=UTC))
    stop(database, quay, now=datetime(2026, 7, 17, tzinfo=UTC), erases=True)
    assert months(database, quay) == {}
    stop(database, quay, erases=True)
    with database.snapshot() as session:
        verbs = session.scalars(select(Activity.verb).where(Activity.subject == "sharing").order_by(Activity.id)).all()
    assert verbs == ["sharing.agreed", "sharing.withdrawn"] * 2 + ["sharing.erased"]


def test_an_association_without_a_space_holds_up_no_other(database, quay, runtime):
    agree(database, quay)
    with database.transaction() as session:
        alone = associations.find_or_make(session, name="Sans espace", space_id=None, now=IN_MARCH)
        session.add(SharingAgreement(association_id=alone.id, agreed_by="Odile", agreed_at=IN_MARCH))
    tick(runtime, APRIL)
    assert list(months(database, quay)) == [MARCH]
    with database.snapshot() as session:
        assert session.scalars(select(SharedMonth.association_id)).all() == [quay.association_id]


@pytest.fixture
def open_as(app, database, quay):
    app.config["WTF_CSRF_ENABLED"] = False

    def opened(role):
        client = app.test_client()
        with database.transaction() as session:
            sign_in(client, session, make_user(session, space=quay.space, role=role, name="Odile Vasseur"))
        return client

    return opened


def test_a_referente_sees_what_is_shared_before_she_agrees_and_stops_when_she_wants(open_as, database, quay, runtime):
    client, address = open_as(Role.REFERENTE), f"/e/{quay.space.slug}/programme/partage"
    words = told(client.get(address).text)
    assert "SMS envoyés moins de 5" in words, "of this month, which has none"
    assert "Bénévoles, 35 à 49 ans 7" in words
    assert "Bénévoles, 25 à 34 ans moins de 5" in words
    assert client.post(address).status_code == 303
    assert client.post(address).status_code == 303, "a second press changes nothing"
    assert "Accepté par Odile Vasseur." in told(client.get(address).text)
    next_month = rules.bounds(rules.following(rules.month_of(utc_now())))[0]
    tick(runtime, next_month)
    assert len(months(database, quay)) == 1
    assert "Ce qui a été partagé" in told(client.get(address).text)
    assert client.post(f"{address}/arreter", data={"erase": "1"}).status_code == 303
    assert months(database, quay) == {}
    assert "Vous ne partagez plus rien" in told(client.get(address).text)


def test_others_of_the_space_read_and_only_she_decides(open_as, quay):
    address = f"/e/{quay.space.slug}/programme/partage"
    for role in (Role.LECTRICE, Role.EQUIPIERE):
        client = open_as(role)
        page = client.get(address)
        assert "C’est une référente qui accepte ou arrête." in told(page.text)
        assert f'action="{address}"' not in page.text
        assert client.post(address).status_code == 403
        assert client.post(f"{address}/arreter").status_code == 403


@pytest.mark.parametrize("mode", [Mode.LIVE, Mode.PRACTICE])
def test_a_space_that_is_no_association_s_has_nothing_to_share(open_as, app, database, mode):
    with database.transaction() as session:
        space = make_space(session, mode=mode)
        client = app.test_client()
        sign_in(client, session, make_user(session, space=space))
    address = f"/e/{space.slug}/programme/partage"
    assert "Rien à partager d’ici" in told(client.get(address).text)
    assert client.post(address).status_code == 409
    assert client.post(f"{address}/arreter").status_code == 409
