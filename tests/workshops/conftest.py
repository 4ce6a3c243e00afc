"""A workshop whose doors are open, and people who sit down in it."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.models import Staff, User
from app.clock import utc_now
from app.workshops import service
from app.workshops.models import Kind, Workshop
from app.workshops.path import scenarios
from app.workshops.planning import service as planning
from app.workshops.practice import service as practice
from app.workshops.seats import service as seating
from app.workshops.seats.cookie import COOKIE
from tests import databases
from tests.conftest import settings_over
from tests.factories import SOMEBODY, make_space, make_user, sign_in


@pytest.fixture
def database(request, database, tmp_path):
    """Empty; where a test asks for ``opened``, that workshop is in it already: filling its space takes a while."""
    if "opened" in request.fixturenames:
        databases.begin_with(database, "opened_workshop", lambda: open_one(database, settings_over(database, tmp_path)))
    return database


def open_one(database, settings):
    with database.transaction() as session:
        workshop = plan_one(session, make_user(session, staff=Staff.TRAINER))
        practice.open_doors(session, workshop, settings=settings, by=SOMEBODY, now=utc_now())


def plan_one(session, trainer):
    now = utc_now()
    return planning.plan(
        session,
        make_space(session),
        kind=Kind.MASS_SMS,
        association="Les Amis du Quai",
        trainers=[trainer],
        scenario=scenarios.house(session, now=now),
        by=SOMEBODY,
        now=now,
        starts_at=now,
        ends_at=now + timedelta(minutes=90),
    )


@pytest.fixture
def opened(database):
    with database.snapshot() as session:
        return session.scalars(select(Workshop)).one()


@pytest.fixture
def trainer(request, database):
    with database.transaction() as session:
        if "opened" in request.fixturenames:
            return session.scalars(select(User).where(User.staff == Staff.TRAINER)).one()
        return make_user(session, staff=Staff.TRAINER)


@pytest.fixture
def planned(database, trainer):
    """A workshop whose doors are still closed."""
    with database.transaction() as session:
        return plan_one(session, trainer)


@pytest.fixture
def room(app, database, trainer):
    """The trainer's browser."""
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    with database.transaction() as session:
        sign_in(client, session, trainer)
    return client


@pytest.fixture
def sit(app, database, settings):
    """Take a seat: ``sit(workshop, "Amina")`` gives its browser and its sitting."""
    app.config["WTF_CSRF_ENABLED"] = False

    def take(workshop, nickname: str, **words: Any):
        with database.transaction() as session:
            found = service.get(session, workshop.id, lock=True)
            token = seating.join(session, found, nickname=nickname, settings=settings, now=utc_now(), **words)
        client = app.test_client()
        client.set_cookie(COOKIE, token)
        with database.snapshot() as session:
            return client, seating.find(session, token)

    return take
