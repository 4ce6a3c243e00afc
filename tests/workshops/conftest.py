"""A workshop whose doors are open, and people who sit down in it."""

from datetime import timedelta
from typing import Any

import pytest

from app.accounts.models import Staff
from app.clock import utc_now
from app.workshops import scenarios, seating, service
from app.workshops.browser import COOKIE
from app.workshops.models import Kind
from tests.factories import SOMEBODY, make_space, make_user, sign_in


@pytest.fixture
def trainer(database):
    with database.transaction() as session:
        return make_user(session, staff=Staff.TRAINER)


@pytest.fixture
def planned(database, trainer):
    """A workshop whose doors are still closed."""
    now = utc_now()
    with database.transaction() as session:
        return service.plan(
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
def opened(database, settings, planned):
    with database.transaction() as session:
        found = service.get(session, planned.id, lock=True)
        service.open_doors(session, found, settings=settings, by=SOMEBODY, now=utc_now())
        return found


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
