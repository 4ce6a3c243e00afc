"""A session that ends during a save of the reviewers' forms: they come back with their text, trap 2."""

import re
from urllib.parse import quote

import pytest
from sqlalchemy import delete, select

from app.accounts.models import SignedIn, User
from app.programme.tools import suggesting
from tests.factories import NOON, sign_in
from tests.programme.applications.stage import applications, filed, open_cohort, told
from tests.programme.tools.stage import make_tool, tool_form

HOST = "http://localhost"
PILE = "/programme/candidatures"
TOOLS = "/programme/outils"


def kept(page):
    """{where each form of a page is sent: the key under which the browser keeps what is typed there}."""
    forms = (re.sub(r"\s+", " ", one) for one in re.findall(r"<form[^>]*data-draft[^>]*>", page))
    return {re.search(r'action="([^"]+)"', one)[1]: re.search(r'data-draft="([^"]+)"', one)[1] for one in forms}


@pytest.fixture
def saved(desk, database):
    """Save a form as its session ends, sign in, save it again: the key of its draft, forgotten once it is saved."""

    def save(page, sent_to, typed):
        key = kept(desk.get(page).text)[sent_to]
        with database.transaction() as session:
            session.execute(delete(SignedIn))
        turned_away = desk.post(sent_to, data=typed, headers={"Referer": HOST + page})
        assert turned_away.location == f"/connexion?suite={quote(page)}"
        with database.transaction() as session:
            sign_in(desk, session, session.scalars(select(User).order_by(User.id)).first())
        assert kept(desk.get(page).text)[sent_to] == key, "where the script puts back what was typed"
        done = desk.post(sent_to, data=typed, follow_redirects=True)
        assert done.status_code == 200, told(done.text)
        assert re.findall(r'data-draft-saved="([^"]+)"', done.text) == [key], "the browser forgets it once it is saved"
        return key

    return save


def test_opinions_decisions_corrections_and_letters_come_back_with_their_text(client, desk, database, saved):
    open_cohort(database)
    filed(client)
    [one] = applications(database)
    page = f"{PILE}/{one.id}"
    refused = {"fields": ["need", "sms"], "words": "Dites combien vous êtes.", "until": "1999-01-01"}
    back = desk.post(f"{page}/correction", data=refused)
    assert back.status_code == 422
    assert back.text.count("Dites combien vous êtes.") == 1, "beside its day, and not as an opinion"
    assert re.findall(r'name="fields" value="(\w+)" checked', back.text) == ["need"]
    [me] = {key.rpartition("-")[2] for key in kept(back.text).values() if key.startswith("opinion")}
    opinion = {"view": "yes", "words": "Le besoin est net"}
    assert saved(page, f"{page}/avis", opinion) == f"opinion-{one.id}-{me}"
    refusal = {"decision": "refused", "reason": "Trop loin pour cette année"}
    assert saved(page, f"{page}/decision", refusal) == f"decision-{one.id}"
    letter = {"letter": "Bonjour, ce n'est pas pour cette année. {lien}"}
    assert saved(f"{PILE}/lettres", f"{page}/lettre", letter) == f"letter-{one.id}"
    correction = {"fields": ["need"], "words": "Dites combien vous êtes.", "until": "2099-01-01"}
    assert saved(page, f"{page}/correction", correction) == f"correction-{one.id}"


def test_the_questions_of_a_version_come_back_with_their_text(desk, saved):
    draft = desk.post(f"{PILE}/formulaire").location
    number = draft.rpartition("/")[2]
    added = {"section": "does", "kind": "line", "label": "Combien de bénévoles ?", "hint": "", "is_required": "1"}
    assert saved(draft, f"{draft}/questions", added) == f"question-{number}-new"
    assert saved(draft, f"{draft}/questions/need", {"label": "Votre besoin", "hint": ""}) == f"question-{number}-need"


def test_tool_sheets_and_answers_to_readers_come_back_with_their_text(desk, database, saved):
    with database.transaction() as session:
        tool = make_tool(session).id
        new, other = (
            suggesting.propose(session, name=name, address="", text="Un tableau.", now=NOON).id
            for name in ("Wekan", "Trello")
        )
    assert saved(f"{TOOLS}/nouveau", f"{TOOLS}/nouveau", tool_form(name="Olvid")) == "tool-new-0"
    taken = tool_form(name="Wekan", proposition=str(new))
    assert saved(f"{TOOLS}/nouveau?proposition={new}", f"{TOOLS}/nouveau", taken) == f"tool-new-{new}"
    assert saved(f"{TOOLS}/{tool}", f"{TOOLS}/{tool}", tool_form(does="Appeler vite.")) == f"tool-{tool}"
    assert saved(TOOLS, f"{TOOLS}/propositions/{other}/refuser", {"reason": "Déjà là."}) == f"refusal-{other}"
    assert saved(f"{TOOLS}/{tool}", f"{TOOLS}/{tool}/retirer", {"reason": "Fermé."}) == f"withdrawal-{tool}"


def test_guides_come_back_with_their_text(desk, saved):
    new = "/programme/ressources/nouvelle"
    typed = {"title": "Écrire court", "kind": "guide", "body": "Une idée par SMS.", "reuse": "cc_by", "then": "draft"}
    [sent_to] = kept(desk.get(new).text)
    assert saved(new, sent_to, typed) == "resource-new"
