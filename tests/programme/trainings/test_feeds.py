"""The secret address of a cohort's dates: what it gives without an account, and until when."""

import re
from datetime import timedelta

from icalendar import Calendar

from app.clock import utc_now
from app.events import service as events
from app.programme.cohorts import members
from app.programme.cohorts import service as cohorts
from app.programme.cohorts.models import Cohort
from app.programme.cohorts.states import MemberState
from tests.factories import SOMEBODY
from tests.programme.cohorts.test_cohorts import told
from tests.programme.trainings.conftest import plan

ACT = {"space_id": None, "by": SOMEBODY}


def made(desk, cohort_id):
    return re.search(r"/programme/agenda/\w+\.ics", desk.post(f"/programme/cohortes/{cohort_id}/agenda").text)[0]


def test_it_gives_trainings_and_no_private_date_nor_way_into_a_meeting(desk, client, database, programme, year):
    plan(desk, year.cohort, title="Les enjeux", link="https://visio.exemple.fr/formation")
    at = utc_now() + timedelta(days=3)
    with database.transaction() as session:
        events.make(
            session, programme.id, by=SOMEBODY, now=utc_now(), title="Entretien de Mme Durand", starts_at=at,
            ends_at=at + timedelta(hours=1), place="Bureau", link="https://visio.exemple.fr/secret",
        )  # fmt: skip
    answer = client.get(made(desk, year.cohort))
    assert answer.status_code == 200
    titles = {str(one["summary"]) for one in Calendar.from_ical(answer.data).walk("VEVENT")}
    assert titles == {"Les enjeux", "Cohorte 2026 : premier jour", "Cohorte 2026 : dernier jour"}
    assert "visio" not in answer.text


def test_it_ends_by_itself_thirty_days_after_its_cohort_was_closed(desk, client, database, year):
    address, page = made(desk, year.cohort), f"/programme/cohortes/{year.cohort}/agenda"

    def closed(days):
        with database.transaction() as session:
            session.get_one(Cohort, year.cohort).closed_at = utc_now() - timedelta(days=days)

    closed(29)
    assert client.get(address).status_code == 200, "agendas read that all is over"
    assert desk.post(page).status_code == 409, "no new one for a cohort that is closed"
    closed(31)
    assert client.get(address).status_code == 404
    assert "Elle ne répond plus depuis" in told(desk.get(page).text)
    with database.transaction() as session:
        cohort = session.get_one(Cohort, year.cohort)
        cohort.closed_at, cohort.ends_on = None, cohort.starts_on
        cohort.starts_on = cohort.ends_on = cohort.starts_on - timedelta(days=200)
    assert client.get(address).status_code == 404, "nor for one that nobody closed, long after its last day"


def test_an_association_that_left_since_is_named_until_the_address_is_changed(desk, database, year):
    made(desk, year.cohort)
    page = f"/programme/cohortes/{year.cohort}/agenda"
    assert "Changez l’adresse" not in told(desk.get(page).text)
    with database.transaction() as session:
        words = {"to": MemberState.LEFT, "reason": "Arrête.", "now": utc_now() + timedelta(seconds=1), **ACT}
        members.move(session, year.cohort, year.of["Épicerie"], **words)
        assert cohorts.get(session, year.cohort).closed_at is None
    words = told(desk.get(page).text)
    assert "Changez l’adresse" in words
    assert "Épicerie" in words


def test_an_agenda_reads_the_cohort_by_an_address_that_the_staff_renew(desk, client, database, year):
    one = plan(desk, year.cohort)
    desk.post(f"/programme/formations/{one}/inscriptions", data={"contact_id": year.who["Chloé"]})
    page = f"/programme/cohortes/{year.cohort}/agenda"
    assert "Créer l’adresse" in told(desk.get(page).text)

    def made():
        return re.search(r"/programme/agenda/\w+\.ics", desk.post(page).text)[0]

    first = made()
    answer = client.get(first)
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    assert "Chloé" not in answer.text
    assert "Les enjeux du bénévolat" in {str(one["summary"]) for one in Calendar.from_ical(answer.data).walk("VEVENT")}
    assert first not in desk.get(page).text, "shown once"
    second = made()
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200
    desk.post(f"{page}/fermer")
    assert client.get(second).status_code == 404
