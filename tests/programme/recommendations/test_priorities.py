"""The priorities of a diagnostic name the tools that answer them; the table follows the questionnaire."""

import re

import pytest

from app.accounts.models import Role
from app.programme.diagnostic import seed as questionnaire
from app.programme.diagnostic.questionnaire import versions
from app.programme.recommendations import questions as asked
from app.programme.recommendations import seed, table
from app.programme.tools import service as tools
from tests.factories import NOON
from tests.programme.cohorts.test_cohorts import told
from tests.programme.recommendations.test_recommendations import House, by, house, member, take
from tests.programme.tools.stage import seeded

__all__ = ["house"]
WEAK = {"M1": 0, "M3": 1, "M4": 1, "D1": 2, "D3": 2, "D4": 2, "R1": 3, "R2": 3, "R3": 3}


@pytest.fixture
def catalogue(database):
    seeded(database)
    with database.transaction() as session:
        questionnaire.seed(session, NOON)
        seed.seed(session, NOON)


def priorities(page):
    """The words of that section of the page."""
    return told("<main" + re.search(r'aria-labelledby="priorites">.*?</section>', page.text, re.DOTALL)[0])


def test_a_priority_names_two_tools_and_one_press_recommends(app, desk, database, catalogue, house: House):
    take(database, house, WEAK)
    own = member(app, database, house, Role.LECTRICE)
    page = f"/programme/associations/{house.association}/diagnostic"
    before = desk.get(page)
    assert re.findall(r'href="/outils/([^"]+)"', before.text)[:2] == ["galette", "paheko"]
    assert "Recommander : Galette" in priorities(before)
    assert "déjà solide" in priorities(before), "an axis that is solid names no tool"
    theirs = own.get(f"/e/{house.slug}/diagnostic")
    assert "Galette" in priorities(theirs)
    assert "Recommander" not in priorities(theirs)
    form = re.search(r'<form method="post" action="([^"]+/choisir)">(.*?)</form>', before.text, re.DOTALL)
    sent = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form[2]))
    done = desk.post(form[1], data=sent)
    assert done.headers["Location"] == f"{page}#priorites"
    assert "Galette proposée" in priorities(desk.get(page))
    assert "Galette proposée" in priorities(own.get(f"/e/{house.slug}/diagnostic"))
    assert "Recommander : Galette" not in priorities(desk.get(page))


def test_what_texts_many_people_is_not_named_while_the_diagnostic_forbids_it(desk, database, catalogue, house: House):
    with database.transaction() as session:
        tambour = tools.find_by_slug(session, "tambour").tool.id
        for row, _tool in table.rows(session):
            if row.question == "M3":
                table.take_off(session, row.id, **by())
        table.add(session, question="M3", tool_id=tambour, why="", **by())
    take(database, house, {**WEAK, "M3": 0, "M1": 3, "D1": 0})
    assert "/outils/tambour" not in desk.get(f"/programme/associations/{house.association}/diagnostic").text


def test_a_question_that_a_version_drops_keeps_its_tools_apart_and_takes_no_more(desk, database, catalogue):
    page = "/programme/outils/par-question"
    with database.transaction() as session:
        draft = versions.begin(session, **by())
        versions.change(
            session, draft.id, "M1", words="Où sont vos contacts ?", short="Réunir les contacts", help="", whom="",
            weight=1, **by(),
        )  # fmt: skip
        versions.remove(session, draft.id, "M2", **by())
        assert "M2" in asked.read(session).words, "a draft asks nobody"
        versions.publish(session, draft.id, **by())
        loomio = tools.find_by_slug(session, "loomio").tool.id
        now = asked.read(session)
        assert (len(now.words), list(now.dropped)) == (29, ["M2"])
    words = told(desk.get(page).text)
    assert "M1, Réunir les contacts" in words
    apart = words.index("Questions qui ne sont plus posées")
    assert apart < words.index("M2, Vérifier les numéros")
    assert desk.post(page, data={"question": "M2", "tool": str(loomio), "why": ""}).status_code == 422
