"""An association leaves its cohort: its seats are others', nothing more is written to it, its past stays."""

from datetime import timedelta

from sqlalchemy import select

from app.accounts.models import Association, Space
from app.clock import utc_now
from app.events.models import Event
from app.messaging.models import Message
from app.messaging.status import Status
from app.programme.applications.kept import places
from app.programme.applications.models import Application
from app.programme.cohorts import members, people
from app.programme.cohorts.models import Cohort, Function
from app.programme.cohorts.states import MemberState
from app.programme.impact import reading
from app.programme.trainings.models import Training
from app.workshops.results.told import WORKSHOPS
from tests.factories import SOMEBODY
from tests.programme.cohorts.test_cohorts import told
from tests.programme.conftest import make_cohort, put_in
from tests.programme.trainings.conftest import over, plan, standing

QUAI = "Les Amis du Quai"


def register(desk, year, training_id, *names):
    for name in names:
        address = f"/programme/formations/{training_id}/inscriptions"
        assert desk.post(address, data={"contact_id": year.who[name]}).status_code == 302


def leaves(desk, year, name=QUAI):
    page = f"/programme/cohortes/{year.cohort}/associations/{year.of[name]}/etat"
    return told(desk.post(page, data={"to": "left", "reason": "Arrête."}, follow_redirects=True).text)


def test_its_seats_go_to_those_who_wait_and_its_texts_are_taken_back(desk, home, database, programme, year):
    with database.transaction() as session:
        session.get_one(Space, programme.id).sender = "Programme"
    held, coming = plan(desk, year.cohort, title="La tenue"), plan(desk, year.cohort)
    register(desk, year, held, "Amina")
    over(database, held)
    desk.post(f"/programme/formations/{held}/presences", data={"all": "came"})
    register(desk, year, coming, "Amina", "Bruno", "Chloé", "Djibril")
    assert standing(database, coming) == {"Amina": "coming", "Bruno": "coming", "Chloé": 1, "Djibril": 2}
    assert "Ses 2 inscriptions à des formations à venir sont annulées" in leaves(desk, year)
    assert standing(database, coming) == {
        "Amina": "not_coming", "Bruno": "not_coming", "Chloé": "coming", "Djibril": "coming",
    }  # fmt: skip
    assert standing(database, held) == {"Amina": "coming"}, "what was held stays as it was"
    with database.snapshot() as session:
        event_id = session.get_one(Training, coming).event_id
        mine = [year.who["Amina"], year.who["Bruno"]]
        waiting = select(Message.body).where(Message.contact_id.in_(mine), Message.status == Status.QUEUED)
        title = session.get_one(Event, event_id).title
        assert [body for body in session.scalars(waiting) if title in body] == []
    own = told(home.get(f"/e/{year.space.slug}/formations").text)
    assert "Aucune formation à venir" in own
    assert "De chez vous : Amina Petit" in own
    page = told(home.get(f"/e/{year.space.slug}/programme").text)
    assert "a quitté « Cohorte 2026 »" in page
    assert "Notre programme" in home.get(f"/e/{year.space.slug}/").text, "its past stays in the menu"


def test_somebody_of_two_associations_keeps_the_seat_that_they_have_by_the_other(desk, database, year):
    one = plan(desk, year.cohort)
    register(desk, year, one, "Amina")
    with database.transaction() as session:
        people.tie(session, year.of["Épicerie"], year.who["Amina"], Function.BOARD, now=utc_now())
    leaves(desk, year)
    assert standing(database, one) == {"Amina": "coming"}


def test_one_that_was_kept_and_withdraws_its_application_gives_its_seats_back_too(desk, database, year):
    one = plan(desk, year.cohort)
    register(desk, year, one, "Amina")
    with database.transaction() as session:
        kept = Application(association_id=year.of[QUAI], reason="Nous n'avons plus le temps.")
        cohort = session.get_one(Cohort, year.cohort)
        places.leave(session, kept, cohort, space_id=None, by=SOMEBODY, now=utc_now())
    assert standing(database, one) == {"Amina": "not_coming"}


def test_invited_again_it_keeps_its_past(database, programme):
    with database.transaction() as session:
        cohort = make_cohort(session)
        one = put_in(session, cohort, "La Boussole")
        never = put_in(session, cohort, "Jamais venue", state=MemberState.INVITED)
        for to, reason in ((MemberState.LEFT, "Arrête."), (MemberState.INVITED, "")):
            words = {"space_id": None, "by": SOMEBODY, "now": utc_now() + timedelta(seconds=1)}
            members.move(session, cohort.id, one.id, to=to, reason=reason, **words)
        counted = reading.read(session, [cohort], WORKSHOPS, now=utc_now())
        assert [(path.association_id, path.is_inside) for path in counted.paths] == [(one.id, False)]
        assert session.get_one(Association, never.id).name == "Jamais venue"


def test_the_own_page_is_of_the_latest_open_cohort_as_the_diagnostic_is(home, database, year):
    with database.transaction() as session:
        later = make_cohort(session, name="Cohorte 2027", starts_on=session.get_one(Cohort, year.cohort).ends_on)
        put_in(session, later, QUAI)
    assert "Cohorte 2027" in told(home.get(f"/e/{year.space.slug}/programme").text)
