"""A cohort of two associations with their people, one of them with a space, and trainings planned through the pages."""

import re
from dataclasses import dataclass
from datetime import UTC, timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import Role, Space
from app.clock import PARIS, utc_now
from app.contacts.fields import Card
from app.contacts.models import Contact
from app.database.ids import TrainingId
from app.events.models import Event, Registration
from app.events.seats import service as seats
from app.links import service as links
from app.programme.cohorts import people
from app.programme.cohorts.models import Function
from app.programme.trainings.models import Training
from tests.factories import SOMEBODY, make_space, make_user, next_phone, sign_in
from tests.programme.conftest import make_cohort, put_in


@dataclass(frozen=True)
class Year:
    """A cohort; ``of`` names its associations, ``who`` their people by first name."""

    cohort: int
    of: dict[str, int]
    who: dict[str, int]
    space: Space


def add_people(session, settings, programme, association_id, *names):
    found = {}
    for name in names:
        card = Card(first_name=name, last_name="Petit", phone=next_phone().replace("+33", "0"))
        words = {"function": Function.VOLUNTEER, "card": card, "settings": settings, "by": SOMEBODY, "now": utc_now()}
        found[name] = people.add(session, programme, association_id, **words).contact_id
    return found


@pytest.fixture
def year(database, settings, programme):
    with database.transaction() as session:
        here = session.get_one(Space, programme.id)
        cohort = make_cohort(session)
        quai = make_space(session, name="Les Amis du Quai")
        of = {name: put_in(session, cohort, name).id for name in ("Les Amis du Quai", "Épicerie")}
        who = add_people(session, settings, here, of["Les Amis du Quai"], "Amina", "Bruno")
        who |= add_people(session, settings, here, of["Épicerie"], "Chloé", "Djibril")
        return Year(cohort.id, of, who, quai)


@pytest.fixture
def home(app, database, year):
    """The browser of the référente of « Les Amis du Quai »."""
    return browser_of(app, database, year.space)


def browser_of(app, database, space, role=Role.REFERENTE):
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    with database.transaction() as session:
        sign_in(client, session, make_user(session, space=session.get_one(Space, space.id), role=role))
    return client


def form(**words):
    """A training's form: in twenty days at 14:00, two seats."""
    day = (utc_now().astimezone(PARIS) + timedelta(days=words.pop("days", 20))).date()
    return {
        "title": "Les enjeux du bénévolat", "day": day.isoformat(), "hour": "14:00", "minutes": "120",
        "place": "Amiens",
        "link": "", "seats": "2", "min_seats": "", "expert": "Recherches & Solidarités", "aim": "Comprendre.",
        "prepares": "mass_sms", "materials": "Le diaporama : https://exemple.fr/d", **words,
    }  # fmt: skip


def plan(desk, cohort_id, **words):
    """Plan a training through its form; its id."""
    made = desk.post("/programme/formations/nouvelle", data={"cohort_id": cohort_id, **form(**words)})
    assert made.status_code == 302, made.text
    return TrainingId(int(re.search(r"/(\d+)$", made.headers["Location"])[1]))


def standing(database, training_id):
    """{first name: their answer, or their rank} of everybody on a training's list."""
    with database.snapshot() as session:
        event_id = session.get_one(Training, training_id).event_id
        rows = session.execute(
            select(Registration, Contact).join(Contact, Contact.id == Registration.contact_id)
            .where(Registration.event_id == event_id)
        ).all()  # fmt: skip
        return {person.first_name: seats.rank(session, place) or place.answer.value for place, person in rows}


def link_of(database, settings, training_id, contact_id):
    """The personal address of somebody, as their text has it."""
    token = links.new_token()
    with database.transaction() as session:
        event = session.get_one(Event, session.get_one(Training, training_id).event_id)
        person = session.get_one(Contact, contact_id)
        words = {"space_id": event.space_id, "purpose": "event", "subject_id": event.id, "contact_id": contact_id}
        links.store(session, [links.row(token, now=utc_now(), fingerprint=person.fingerprint, **words)])
    return f"/r/{token}"


def over(database, training_id):
    """It took place yesterday morning, whatever the hour is now."""
    yesterday = utc_now().astimezone(PARIS) - timedelta(days=1)
    with database.transaction() as session:
        event = session.get_one(Event, session.get_one(Training, training_id).event_id)
        event.starts_at = yesterday.replace(hour=10, minute=0).astimezone(UTC)
        event.ends_at = event.starts_at + timedelta(hours=2)
