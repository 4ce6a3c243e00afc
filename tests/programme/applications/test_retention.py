"""In time by our clock; an idle draft: notice, two weeks, bin, purge, and never without a notice sent: trap 8."""

from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from sqlalchemy import select, update

from app.accounts import spaces
from app.clock import PARIS, utc_now
from app.errors import Conflict
from app.messaging.status import Status
from app.programme.applications import filing, retention, service, todo
from app.programme.applications.models import Application, ApplicationAnswer, ApplicationLink
from app.programme.applications.states import State
from app.programme.cohorts.models import Cohort
from jobs.retention import forget_the_old
from tests.programme.applications.stage import (
    SIREN,
    applications,
    arrived,
    begin,
    filed,
    fill,
    open_cohort,
    start,
    texts,
    told,
    write,
)
from tests.programme.conftest import today

PILE = "/programme/candidatures"
WEEK = timedelta(weeks=1)


@pytest.fixture
def cohort(database, programme):
    return open_cohort(database, applications_close_at=utc_now() + timedelta(days=300))


def age(database, by):
    """Everything of applications happened earlier: the clock moved on."""
    with database.transaction() as session:
        for one in session.scalars(select(Application)):
            for name in ("written_at", "noticed_at", "binned_at"):
                if getattr(one, name) is not None:
                    setattr(one, name, getattr(one, name) - by)


def test_at_23_59_30_in_paris_it_is_in_time_and_at_midnight_no_more(client, database, programme, settings):
    cohort = open_cohort(database)
    base = begin(client)
    fill(client, base)
    closes = datetime.combine(today() + timedelta(days=3), time(23, 59), PARIS).astimezone(UTC)
    with database.transaction() as session:
        session.get_one(Cohort, cohort.id).applications_close_at = closes

    def press(at):
        with database.transaction() as session:
            [one] = session.scalars(select(Application))
            application, held = service.locked(session, one)
            programme_space = spaces.find(session, settings.programme_space)
            filing.file(
                session, application, held, name="Odile", programme=programme_space, settings=settings, now=at
            )  # fmt: skip

    with pytest.raises(Conflict):
        press(closes + timedelta(minutes=1))
    last = closes + timedelta(seconds=30)
    press(last)
    assert applications(database)[0].filed_at == last


def test_through_the_page_the_minute_that_is_announced_is_in_time_and_the_next_is_not(client, database, programme):
    cohort = open_cohort(database)
    base = begin(client)
    fill(client, base)

    def closes(at):
        with database.transaction() as session:
            session.get_one(Cohort, cohort.id).applications_close_at = at

    closes(utc_now() - timedelta(minutes=1))
    late = client.post(f"{base}/deposer")
    assert (late.status_code, "Les candidatures sont closes" in told(late.text)) == (409, True)
    assert write(client, base, "need", "trop tard").status_code == 409
    closes((utc_now() + timedelta(seconds=20)).replace(second=0, microsecond=0))
    assert client.post(f"{base}/deposer").status_code == 303, "its own minute is not over"


def test_notice_two_weeks_bin_two_weeks_purge_and_the_count_stays(client, desk, runtime, database, cohort):
    base = begin(client)
    write(client, base, "town", "Saint-Valery")
    age(database, retention.IDLE - WEEK)
    forget_the_old(runtime)
    assert not any("sera effacé" in body for body in texts(database))
    age(database, WEEK)
    for _tick in range(2):
        forget_the_old(runtime)
    assert len([body for body in texts(database) if "sera effacé" in body]) == 1
    age(database, retention.NOTICE)
    forget_the_old(runtime)
    assert applications(database)[0].binned_at is None, "the SMS has not left yet"
    arrived(database)
    forget_the_old(runtime)
    assert applications(database)[0].binned_at is not None
    assert "à la corbeille" in told(client.get(f"{base}/deposer").text)
    assert write(client, base, "town", "Amiens").status_code == 409
    assert client.post(f"{base}/reprendre").status_code == 303
    assert applications(database)[0].binned_at is None, "one press brings it back"
    for step in (retention.IDLE, retention.NOTICE):
        age(database, step)
        forget_the_old(runtime)
        arrived(database)
        forget_the_old(runtime)
    age(database, retention.BIN)
    forget_the_old(runtime)
    [gone] = applications(database)
    assert (gone.association_name, gone.registration, gone.contact_phone) == (retention.PURGED, None, "")
    with database.snapshot() as session:
        assert session.scalars(select(ApplicationAnswer)).all() == []
        assert session.scalars(select(ApplicationLink)).all() == []
    assert client.get(f"{base}/deposer").status_code == 404
    assert desk.get(f"{PILE}/{gone.id}").status_code == 404
    assert "Commencées 1" in told(desk.get(PILE).text) or "Aucune candidature pour l’instant" in told(
        desk.get(PILE).text
    )
    assert start(client, registration=SIREN).status_code == 303, "the association may begin again"


def test_lengthening_the_term_or_writing_a_word_clears_the_notice(client, desk, runtime, database, cohort):
    base = begin(client)
    age(database, retention.IDLE)
    forget_the_old(runtime)
    [one] = applications(database)
    assert one.noticed_at is not None
    longer = f"{PILE}/{one.id}/garder"
    assert desk.post(longer, data={"until": "2020-01-01"}).status_code == 422
    until = (utc_now() + timedelta(days=60)).date()
    assert desk.post(longer, data={"until": until.isoformat()}).status_code == 302
    [one] = applications(database)
    assert (one.noticed_at, one.notice_mailing_id) == (None, None)
    arrived(database)
    age(database, retention.NOTICE)
    forget_the_old(runtime)
    assert applications(database)[0].binned_at is None
    with database.transaction() as session:
        session.execute(update(Application).values(keep_until=None))
    forget_the_old(runtime)
    assert applications(database)[0].noticed_at is not None, "the term over, it is told anew"
    assert write(client, base, "town", "Saint-Valery").status_code == 200
    assert applications(database)[0].noticed_at is None


def test_a_notice_that_bounced_was_not_given_and_somebody_says_it(client, desk, runtime, database, cohort):
    begin(client)
    age(database, retention.IDLE)
    forget_the_old(runtime)
    arrived(database, Status.UNDELIVERED)
    age(database, retention.NOTICE)
    for _tick in range(2):
        forget_the_old(runtime)
    [one] = applications(database)
    assert (one.noticed_at, one.binned_at) == (None, None)
    age(database, timedelta(days=900))
    forget_the_old(runtime)
    assert applications(database)[0].purged_at is None, "no purge without a notice sent"
    with database.snapshot() as session:
        found = todo.lines(session, session.get_one(Cohort, cohort.id), address="/p?x=1", letters="/l", now=utc_now())
    assert [line.title for line in found] == ["Téléphoner à une association dont le brouillon dort"]
    own = f"{PILE}/{one.id}"
    assert "À prévenir soi-même" in told(desk.get(own).text)
    assert desk.post(f"{own}/prevenue").status_code == 302
    assert desk.post(f"{own}/prevenue").status_code == 409
    forget_the_old(runtime)
    assert applications(database)[0].binned_at is None
    age(database, retention.NOTICE)
    forget_the_old(runtime)
    assert applications(database)[0].binned_at is not None


def test_whoever_filled_in_all_and_filed_nothing_is_told_once(client, runtime, database, cohort):
    fill(client, begin(client))
    begin(client, registration="552100554", association="À moitié")
    age(database, retention.UNFILED)
    for _tick in range(2):
        forget_the_old(runtime)
    assert len([body for body in texts(database) if "pas déposée" in body]) == 1


def test_the_week_names_what_waits(client, desk, database, cohort):
    filed(client, 0)
    filed(client, 1, association="Passerelle")
    first, second = applications(database)
    with database.transaction() as session:
        old = update(Application).where(Application.id == first.id)
        session.execute(old.values(state_at=utc_now() - timedelta(days=8)))
    assert desk.post(f"{PILE}/{second.id}/decision", data={"decision": "kept"}).status_code == 302
    with database.snapshot() as session:
        held = session.get_one(Cohort, cohort.id)
        found = todo.lines(session, held, address="/programme/candidatures?cohorte=1", letters="/l", now=utc_now())
    assert [(line.title, line.is_late) for line in found] == [
        ("Lire une candidature, déposée depuis plus d'une semaine", True),
        ("Relire une décision prête", True),
    ]
    assert found[0].address == "/programme/candidatures?cohorte=1&filtre=a-lire"
    assert [one.state for one in applications(database)] == [State.FILED, State.REVIEW]


def test_one_that_was_filed_and_given_back_is_never_thrown_away(client, desk, runtime, database, cohort):
    filed(client, 0)
    [one] = applications(database)
    given_back = {"to": "draft", "reason": "à reprendre ensemble"}
    assert desk.post(f"{PILE}/{one.id}/etat", data=given_back).status_code == 302
    age(database, 9 * retention.IDLE)
    forget_the_old(runtime)
    [one] = applications(database)
    assert (one.state, one.noticed_at, one.notice_problem) == (State.DRAFT, None, "")


def test_filed_through_the_page_at_23_59_30_in_paris_it_is_in_time_and_thirty_seconds_later_no_more(
    client, desk, database, programme
):
    cohort = open_cohort(database)
    bases = [begin(client, registration=number) for number in (SIREN, "552100554")]
    for base in bases:
        fill(client, base)
    last = (utc_now().astimezone(PARIS) + timedelta(days=2)).date()
    typed = {
        "name": cohort.name, "capacity": "3", "starts_on": f"{cohort.starts_on}", "ends_on": f"{cohort.ends_on}",
        "opens_day": f"{last - timedelta(days=3)}", "opens_hour": "00:00", "closes_day": f"{last}",
        "closes_hour": "23:59",
    }  # fmt: skip
    changed = desk.post(f"/programme/cohortes/{cohort.id}/modifier", data=typed)
    assert changed.status_code == 302, told(changed.text)
    with time_machine.travel(datetime.combine(last, time(23, 59, 30), tzinfo=PARIS), tick=False):
        assert write(client, bases[0], "need", "À la dernière minute").status_code == 200
        assert client.post(f"{bases[0]}/deposer").status_code == 303
        assert "à 23 h 59" in told(client.get(f"{bases[0]}/deposer").text)
    with time_machine.travel(datetime.combine(last + timedelta(days=1), time(), tzinfo=PARIS), tick=False):
        late = client.post(f"{bases[1]}/deposer")
        assert (late.status_code, "Les candidatures sont closes" in told(late.text)) == (409, True)
        assert write(client, bases[1], "need", "Trop tard").status_code == 409
        assert client.post(f"{bases[0]}/deposer").status_code == 303, "pressed again, it is filed still"
    assert [one.state for one in applications(database)] == [State.FILED, State.DRAFT]
