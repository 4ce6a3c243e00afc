"""Associations with a diagnostic, a référente's browser, and people who answer by their link."""

import re
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient

from app.accounts.models import Association, Role, Space
from app.clock import utc_now
from app.database.ids import CohortId
from app.programme.diagnostic import seed
from tests.factories import make_space, make_user, sign_in
from tests.programme.conftest import make_cohort, put_in

KEYS = [f"{axis}{n}" for axis in "RFMVGD" for n in range(1, 6)]


@dataclass(frozen=True)
class Room:
    """An association in a cohort: the browser of its référente, and that of the programme's staff."""

    association: Association
    cohort_id: CohortId
    space: Space
    own: FlaskClient
    staff: FlaskClient

    @property
    def page(self) -> str:
        return f"/e/{self.space.slug}/diagnostic"

    @property
    def desk(self) -> str:
        return f"/programme/associations/{self.association.id}/diagnostic"

    def agree(self, moment: str = "debut", *, settle: bool = True, **answers: str):
        """Fill in the agreed answer: « 2 » everywhere but where told otherwise."""
        form = {f"a-{key}": "2" for key in KEYS} | {f"a-{key}": value for key, value in answers.items()}
        return self.own.post(f"{self.page}/{moment}/commune", data={**form, "then": "settle" if settle else ""})

    def ask(self, name: str, function: str = "board", moment: str = "debut", **words: str) -> str:
        """The path of the personal link of somebody who is asked."""
        form = {"name": name, "function": function, **words}
        return link_in(self.own.post(f"{self.page}/{moment}/personnes", data=form).text)


def link_in(page: str) -> str:
    """The path of the link that a page shows this once."""
    [found] = set(re.findall(r"http://tambour\.test(/diagnostic/\w+)\s*</textarea>", page))
    return found


@pytest.fixture
def seeded(database):
    with database.transaction() as session:
        seed.seed(session, utc_now())


@pytest.fixture
def room(app, database, desk, seeded) -> Room:
    with database.transaction() as session:
        space = make_space(session, name="Les Jardins de la Selle")
        cohort = make_cohort(session)
        association = put_in(session, cohort, "Les Jardins de la Selle")
        own = app.test_client()
        sign_in(own, session, make_user(session, space=space, name="Nadège Collin", role=Role.REFERENTE))
        return Room(association, cohort.id, space, own, desk)


@pytest.fixture
def opened(room) -> Room:
    """The same, its diagnostic of the start under way."""
    assert room.own.post(f"{room.page}/ouvrir", data={"moment": "debut"}).status_code == 302
    return room
