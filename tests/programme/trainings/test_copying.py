"""Last year's cohort copied with its calendar of trainings."""

from datetime import timedelta

from sqlalchemy import select

from app.clock import PARIS
from app.events.models import Event, Registration, Reminder
from app.programme.cohorts.models import Cohort
from app.programme.trainings import service
from tests.programme.cohorts.test_cohorts import told
from tests.programme.conftest import today
from tests.programme.trainings.conftest import plan

NEW = "/programme/cohortes/nouvelle"


def test_its_trainings_are_planned_a_year_later_without_people_unless_one_says_no(desk, database, year):
    one = plan(desk, year.cohort, days=30, link="https://visio.exemple.fr/x")
    desk.post(f"/programme/formations/{one}/inscriptions", data={"contact_id": year.who["Amina"]})
    off = plan(desk, year.cohort, title="L’annulée")
    desk.post(f"/programme/formations/{off}/annuler")
    page = told(desk.get(f"{NEW}?copie={year.cohort}").text)
    assert "Et sa formation, un an plus tard" in page
    form = {
        "name": "Cohorte 2027", "starts_on": today() + timedelta(days=270), "ends_on": today() + timedelta(days=500),
        "capacity": "3", "copie": year.cohort, "trainings": "1",
    }  # fmt: skip
    unticked = {name: value for name, value in form.items() if name != "trainings"}
    refused = desk.post(NEW, data={**form, "capacity": "0"})
    assert (refused.status_code, "un an plus tard" in told(refused.text)) == (422, True)
    assert desk.post(NEW, data=form).status_code == 302
    assert desk.post(NEW, data={**unticked, "name": "Sans elles"}).status_code == 302
    with database.snapshot() as session:
        ids = {name: cohort_id for cohort_id, name in session.execute(select(Cohort.id, Cohort.name))}
        before = session.execute(select(Event).join(service.Training).where(service.Training.id == one)).scalar_one()
        [(training, event)] = service.of_cohort(session, ids["Cohorte 2027"])
        assert (event.title, event.place, event.link) == (before.title, "Amiens", "")
        assert event.starts_at.astimezone(PARIS).time() == before.starts_at.astimezone(PARIS).time()
        assert event.starts_at.astimezone(PARIS).date() - before.starts_at.astimezone(PARIS).date() == timedelta(
            weeks=52
        )
        assert (training.expert, training.materials) == (
            "Recherches & Solidarités",
            "Le diaporama : https://exemple.fr/d",
        )
        assert service.seats.of_event(session, event).total == 2
        assert session.scalars(select(Registration).where(Registration.event_id == event.id)).all() == []
        assert session.scalars(select(Reminder.event_id).where(Reminder.event_id == event.id)).all() == [event.id]
        assert service.of_cohort(session, ids["Sans elles"]) == []
