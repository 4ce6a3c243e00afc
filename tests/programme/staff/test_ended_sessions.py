"""A session that ends during a save leads back to the page that one was on, its text kept by the browser: trap 2."""

import re
from urllib.parse import quote

import pytest
from sqlalchemy import delete, select

from app.accounts.models import SignedIn, User
from app.clock import utc_now
from app.programme.diagnostic import seed
from app.programme.diagnostic.axes import Moment
from app.programme.diagnostic.models import Diagnostic
from app.programme.trainings.models import Training
from tests.factories import sign_in
from tests.programme.cohorts.test_cohorts import told
from tests.programme.conftest import make_cohort, put_in
from tests.programme.trainings.conftest import form, plan

HOST = "http://localhost"
COHORT = {"name": "Cohorte retenue", "starts_on": "2030-09-02", "ends_on": "2031-06-27", "capacity": "12"}
TOOL = {
    "name": "Agenda partagé", "purpose": "Plannings", "users": "4", "licence": "free", "hosting": "france",
    "satisfaction": "3", "verdict": "keep", "reason": "Simple",
}  # fmt: skip


def kept_as(page):
    """The key under which the browser keeps what is typed in the form of a page."""
    [found] = re.findall(r'data-draft="([^"]+)"', page)
    return found


@pytest.fixture
def ends(database):
    """Ends every session; gives a way to sign in again."""

    def end(client):
        with database.transaction() as session:
            session.execute(delete(SignedIn))

        def again():
            with database.transaction() as session:
                sign_in(client, session, session.scalars(select(User).order_by(User.id)).first())

        return again

    return end


@pytest.fixture
def house(database):
    """(a cohort, an association inside it)."""
    with database.transaction() as session:
        cohort = make_cohort(session)
        return cohort.id, put_in(session, cohort, "Épicerie").id


def saved(client, page, typed, end):
    """Save a form as its session ends, sign in, save again: the key of its draft, and what the page then says."""
    key = kept_as(client.get(page).text)
    again = end(client)
    turned_away = client.post(page, data=typed, headers={"Referer": HOST + page})
    assert turned_away.location == f"/connexion?suite={quote(page)}"
    again()
    assert kept_as(client.get(page).text) == key, "where the script puts back what was typed"
    done = client.post(page, data=typed, follow_redirects=True)
    assert done.status_code == 200, told(done.text)
    assert f'data-draft-saved="{key}"' in done.text, "the browser forgets it once it is saved"
    return key


def test_cohorts_trainings_and_tools_come_back_with_their_text(desk, database, house, ends):
    cohort, association = house
    assert saved(desk, "/programme/cohortes/nouvelle", COHORT, ends) == "cohort-new-0"
    assert saved(desk, f"/programme/cohortes/{cohort}/modifier", COHORT | {"name": "Autre"}, ends)
    training = {"cohort_id": cohort, **form()}
    assert saved(desk, "/programme/formations/nouvelle", training, ends) == "training-new"
    one = plan(desk, cohort)
    assert saved(desk, f"/programme/formations/{one}/modifier", form(title="Autre"), ends) == f"training-{one}"
    with database.snapshot() as session:
        assert [each.id for each in session.scalars(select(Training).order_by(Training.id))] == [one - 1, one]
    tools = f"/programme/associations/{association}/diagnostic/outils/nouveau"
    assert saved(desk, tools, TOOL, ends) == f"inventory-{association}-new"


def test_an_agreed_answer_comes_back_with_what_was_ticked(desk, database, house, ends):
    with database.transaction() as session:
        seed.seed(session, utc_now())
    _cohort, association = house
    base = f"/programme/associations/{association}/diagnostic"
    assert desk.post(f"{base}/ouvrir", data={"moment": "debut"}).status_code == 302
    key = saved(desk, f"{base}/debut/commune", {"a-R1": "2"}, ends)
    with database.snapshot() as session:
        [one] = session.scalars(select(Diagnostic).where(Diagnostic.moment == Moment.T0))
        assert key == f"agree-{one.id}"


@pytest.mark.parametrize("came", ["https://ailleurs.example/programme", f"{HOST}/deconnexion", "http://[", ""])
def test_one_comes_back_to_no_other_site_and_to_no_page_that_only_takes_a_form(desk, ends, came):
    ends(desk)
    answer = desk.post("/programme/cohortes/nouvelle", data=COHORT, headers={"Referer": came})
    assert answer.location == "/connexion"
