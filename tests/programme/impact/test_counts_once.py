"""Trap 10 on the impact page itself, after the presses of the staff, of an association and of its référente."""

import csv
import io
import re

import pytest

from app.accounts.models import Space
from app.clock import utc_now
from app.programme.cohorts import service as cohorts
from app.programme.recommendations.states import State
from tests.factories import make_space
from tests.programme.cohorts.test_cohorts import told
from tests.programme.conftest import make_cohort, put_in
from tests.programme.recommendations.test_recommendations import recommend
from tests.programme.trainings.conftest import add_people, browser_of, over, plan

PAGE = "/programme/impact"
QUAI = "Les Amis du Quai"


def named(desk, figure, cohort):
    """The associations behind a figure."""
    page = desk.get(f"{PAGE}/associations?chiffre={figure}&cohorte={cohort}").text
    return [one for one in (QUAI, "Passerelle", "Partie", "Sans rien") if one in told(page)]


def step(desk, words, cohort):
    """The number beside a step."""
    page = told(desk.get(f"{PAGE}?cohorte={cohort}").text).partition("De la candidature")[2]
    return int(re.search(rf"{words}\D+?(?:\d{{1,2}}(?:er)? \w+ \d{{4}} )?(\d+) ", page)[1])


@pytest.fixture
def quai(app, database, programme):
    """(its cohort, the association, its space, the browser of its référente)."""
    with database.transaction() as session:
        space = make_space(session, name=QUAI)
        cohort = make_cohort(session, capacity=9)
        association = put_in(session, cohort, QUAI)
    return cohort.id, association.id, space, browser_of(app, database, space)


def test_the_share_falls_back_with_a_tool_taken_back_and_who_left_is_out_as_the_page_says(desk, database, quai):
    cohort, association, space, referente = quai
    with database.transaction() as session:
        held, empty = cohorts.get(session, cohort), make_cohort(session, name="Vide").id
        others = {name: put_in(session, held, name).id for name in ("Passerelle", "Partie", "Sans rien")}
        own = recommend(session, association, "Clairon", now=utc_now()).id
        recommend(session, others["Passerelle"], "Clairon", up_to=State.ACCEPTED, now=utc_now())
        recommend(session, others["Partie"], "Clairon", up_to=State.DEPLOYED, now=utc_now())

    def go(to, reason=""):
        address = f"/e/{space.slug}/recommandations/{own}/etat"
        assert referente.post(address, data={"to": to, "reason": reason}).status_code == 302

    for to in ("accepted", "started", "deployed"):
        go(to)
    page = f"{PAGE}?cohorte={cohort}"
    assert "67 % 2 associations sur 3 ont démarré" in told(desk.get(page).text)
    left = desk.post(
        f"/programme/cohortes/{cohort}/associations/{others['Partie']}/etat",
        data={"to": "left", "reason": "Elle ferme."},
    )
    assert left.status_code == 302
    words = told(desk.get(page).text)
    assert "1 association sur 2 a démarré un outil recommandé" in words
    assert "1 sortie, hors du compte" in words
    assert "1 sans recommandation, hors du compte" in words
    assert [named(desk, one, cohort) for one in ("ont-demarre", "pas-encore", "sorties", "sans-recommandation")] == [
        [QUAI], ["Passerelle"], ["Partie"], ["Sans rien"],
    ]  # fmt: skip
    assert step(desk, "Outil déployé", cohort) == 1
    go("abandoned", "Trop lourd pour nous.")
    words = told(desk.get(page).text)
    assert "0 % 0 association sur 2 a démarré" in words
    assert "2 pas encore" in words
    assert (step(desk, "Outil déployé", cohort), named(desk, "ont-demarre", cohort)) == (0, [])
    go("started")
    assert "1 association sur 2 a démarré" in told(desk.get(page).text)
    file = desk.get(f"{PAGE}.csv?cohorte={cohort}").data.decode("utf-8-sig")
    lines = {one["Association"]: one for one in csv.DictReader(io.StringIO(file), delimiter=";")}
    assert (lines["Partie"]["Dans la cohorte"], lines[QUAI]["Outil déployé le"]) == ("non", "")
    assert lines[QUAI]["Outil démarré le"] != ""
    words = told(desk.get(f"{PAGE}?cohorte={empty}").text)
    assert "– Aucune recommandation pour l’instant" in words
    assert not re.search(r"\b0 %", words), "of none there is no share"


def test_somebody_registered_again_and_of_two_cohorts_is_one_person(desk, database, settings, programme, quai):
    first, association, space, referente = quai
    with database.transaction() as session:
        later = make_cohort(session, name="Cohorte 2027")
        put_in(session, later, QUAI)
        here = session.get_one(Space, programme.id)
        who = add_people(session, settings, here, association, "Ana", "Bo", "Cléo", "Dan", "Eve")
    trainings = [plan(desk, cohort, seats="5") for cohort in (first, later.id)]
    for one in trainings:
        seats = f"/e/{space.slug}/formations/{one}/inscriptions"
        for person in who.values():
            for way in ("", "/annuler", ""):
                assert referente.post(f"{seats}{way}", data={"contact_id": person}).status_code == 302
        over(database, one)
        assert desk.post(f"/programme/formations/{one}/presences", data={"all": "came"}).status_code == 302
    for cohort in (first, later.id):
        assert "1 séance , 5 personnes 10 h" in told(desk.get(f"{PAGE}?cohorte={cohort}").text)
        assert step(desk, "Deux formations suivies au moins", cohort) == 0, "one in each"
    words = told(desk.get(f"{PAGE}?cohorte=toutes").text)
    assert "2 séances , 5 personnes 20 h" in words, "each once"
    assert "Toutes les cohortes, 1 association ." in words
    assert step(desk, "Dans le programme", "toutes") == 1
