"""A cohort, its associations and the browser of the programme's staff."""

from datetime import date, timedelta

import pytest

from app.accounts.models import Staff
from app.clock import PARIS, utc_now
from app.programme.cohorts import members
from app.programme.cohorts import service as cohorts
from app.programme.cohorts.rules import Terms
from app.programme.cohorts.states import MemberState
from tests.factories import SOMEBODY, make_space, make_user, sign_in


def today() -> date:
    return utc_now().astimezone(PARIS).date()


def make_cohort(session, **words):
    """Begun three months ago, for six more."""
    terms = Terms(
        **{
            "name": "Cohorte 2026",
            "starts_on": today() - timedelta(days=90),
            "ends_on": today() + timedelta(days=180),
            "capacity": 3,
            **words,
        }
    )
    return cohorts.make(session, terms, space_id=None, by=SOMEBODY, now=utc_now())


def put_in(session, cohort, name, *, state=MemberState.INSIDE):
    return members.add(session, cohort.id, name=name, state=state, space_id=None, by=SOMEBODY, now=utc_now())


@pytest.fixture
def programme(database):
    with database.transaction() as session:
        return make_space(session, slug="programme", name="Le programme")


@pytest.fixture
def desk(app, database, programme):
    """The browser of somebody of the programme's staff."""
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    with database.transaction() as session:
        sign_in(client, session, make_user(session, name="Inès Carlier", staff=Staff.PROGRAMME))
    return client
