"""Who registered and who came, date by date, on the staff's page."""

from datetime import timedelta

from app.clock import utc_now
from app.events import attendance
from app.events import service as events
from app.events.models import Answer, Presence
from app.programme.trainings import service as trainings
from app.programme.trainings.rules import Terms
from tests.factories import SOMEBODY, make_contact
from tests.programme.cohorts.test_cohorts import told
from tests.programme.conftest import make_cohort, put_in


def plan(session, programme, cohort, title, starts_at, *, seats=None):
    when = {"title": title, "starts_at": starts_at, "ends_at": starts_at + timedelta(hours=2)}
    words = {"reminds": False, "by": SOMEBODY, "now": starts_at - timedelta(days=20)}
    training, _why = trainings.make(session, programme, cohort.id, Terms(seats=seats), when=when, **words)
    return events.get(session, programme.id, training.event_id)


def test_each_date_says_who_registered_of_its_seats_who_waits_and_who_came(desk, database, programme):
    now = utc_now()
    with database.transaction() as session:
        cohort = make_cohort(session)
        put_in(session, cohort, "Les Amis du Quai")
        past = plan(session, programme, cohort, "Les enjeux", now - timedelta(days=8))
        unnoted = plan(session, programme, cohort, "Les missions", now - timedelta(days=3))
        ahead = plan(session, programme, cohort, "La gouvernance", now + timedelta(days=5), seats=1)
        for event, count in ((past, 3), (unnoted, 1), (ahead, 2)):
            people = [make_contact(session, programme) for _number in range(count)]
            before = {"by": SOMEBODY, "now": event.starts_at - timedelta(days=6)}
            events.invite(session, event, people, **before)
            for one in people:
                events.answer(session, event.id, one.id, Answer.COMING, **before)
            if event is past:
                noted = {people[0].id: Presence.CAME, people[1].id: Presence.CAME, people[2].id: Presence.ABSENT}
                attendance.note(session, event, noted, by=SOMEBODY, now=now)
    words = told(desk.get("/programme").text).partition("Inscrits et présents")[2]
    assert "2 venus sur 3" in words
    assert "à noter" in words
    assert "1 inscrit sur 1 + 1 en attente" in words
