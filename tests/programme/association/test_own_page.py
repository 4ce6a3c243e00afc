"""« Notre programme », as each role of an association reads it in its own live space."""

from datetime import timedelta

import pytest

from app.accounts.models import Association, Role
from app.clock import utc_now
from app.programme.association.todo import Standing, todo
from app.programme.diagnostic import opening, seed
from app.programme.diagnostic.axes import Moment
from app.programme.trainings import service as trainings
from app.programme.trainings.rules import Terms
from tests.factories import SOMEBODY, make_space, make_user, sign_in
from tests.programme.cohorts.test_cohorts import told
from tests.programme.conftest import make_cohort, put_in

ACT = {"by": SOMEBODY, "now": utc_now()}


@pytest.fixture
def home(app, database, programme):
    """(space, association, cohort) of an association with a live space."""
    app.config["WTF_CSRF_ENABLED"] = False
    with database.transaction() as session:
        seed.seed(session, utc_now())
        space = make_space(session, slug="quai", name="Les Amis du Quai")
        cohort = make_cohort(session)
        association = put_in(session, cohort, "Les Amis du Quai")
        session.get_one(Association, association.id).space_id = space.id
    return space, association, cohort


def browser(app, database, space, role=Role.REFERENTE):
    client = app.test_client()
    with database.transaction() as session:
        sign_in(client, session, make_user(session, space=space, role=role))
    return client


def test_an_association_reads_its_way_its_dates_and_what_to_do(app, database, home, programme):
    space, association, cohort = home
    own, reader = browser(app, database, space), browser(app, database, space, Role.LECTRICE)
    page = own.get("/e/quai/programme")
    assert "Faire votre premier diagnostic" in told(page.text)
    assert "Notre programme" in own.get("/e/quai/").text, "the menu leads there"
    starts_at = utc_now() + timedelta(days=9)
    when = {"title": "Les enjeux", "starts_at": starts_at, "ends_at": starts_at + timedelta(hours=2)}
    with database.transaction() as session:
        opening.open_one(session, association.id, cohort.id, Moment.T0, space_id=None, **ACT)
        trainings.make(session, programme, cohort.id, Terms(seats=3), when=when, reminds=False, **ACT)
    words = told(own.get("/e/quai/programme").text)
    assert "Dire qui répond au diagnostic de début" in words
    assert "Inscrire quelqu’un à « Les enjeux »" in words
    assert "Chiffres partagés" in words
    assert "Chiffres partagés" not in told(reader.get("/e/quai/programme").text), "the référente's alone"


def test_a_space_of_no_cohort_has_no_such_word_in_its_menu_and_its_page_says_why(app, database, programme):
    with database.transaction() as session:
        space = make_space(session, slug="ailleurs")
    own = browser(app, database, space)
    assert "Notre programme" not in own.get("/e/ailleurs/").text
    assert "ne suit pas le programme en ce moment" in told(own.get("/e/ailleurs/programme").text)


def test_what_is_to_do_comes_in_order_and_ends():
    everything = Standing(
        lacks_diagnostic=True, proposed=2, training="Les enjeux", is_trained=True, has_sent=False, shares=False
    )
    assert [one.endpoint for one in todo(everything)] == [
        "own_diagnostic.show", "own_recommendations.show", "own_trainings.show", "real.show",
    ]  # fmt: skip
    assert [one.endpoint for one in todo(Standing(has_sent=True))] == ["sharing.show"]
    assert todo(Standing(has_sent=True, shares=True)) == []
