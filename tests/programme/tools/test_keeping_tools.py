"""The catalogue as the programme's staff keep it: made, changed, withdrawn, each change told with who made it."""

from datetime import timedelta

from sqlalchemy import select

from app.programme.partners import seed as partners
from app.programme.partners.models import Partner
from app.programme.tools import suggesting
from app.programme.tools.models import SuggestionState, Tool, ToolChange, ToolFact, ToolSuggestion
from app.programme.tools.words import FactKind
from tests.factories import NOON
from tests.programme.cohorts.test_cohorts import told
from tests.programme.conftest import today
from tests.programme.tools.stage import make_tool, tool_form


def test_a_proposal_becomes_a_tool_with_its_partners(desk, database):
    with database.transaction() as session:
        new = suggesting.propose(session, name="Wekan", address="", text="Un tableau.", now=NOON).id
        partners.seed(session, NOON)
        benevolt = session.scalars(select(Partner).where(Partner.name == "Benevolt")).one().id
    form = tool_form(name="Wekan", proposition=str(new), partners=[str(benevolt), "999"])
    made = desk.post("/programme/outils/nouveau", data=form)
    assert made.status_code == 302
    assert "Avec Benevolt ." in told(desk.get("/outils/wekan").text)
    with database.snapshot() as session:
        suggestion = session.get_one(ToolSuggestion, new)
        tool = session.scalars(select(Tool)).one()
        assert (suggestion.state, suggestion.tool_id) == (SuggestionState.ACCEPTED, tool.id)
    again = desk.post("/programme/outils/nouveau", data=tool_form(name="wekan "))
    assert (again.status_code, "déjà au catalogue" in again.text) == (422, True)


def test_each_change_is_told_before_and_after_with_who_made_it(desk, database):
    with database.transaction() as session:
        tool = make_tool(session)
    page = f"/programme/outils/{tool.id}"
    form = tool_form(price_word="payant", price_detail="12 € par an", price_sure="", does="Appeler.")
    assert desk.post(page, data=form).status_code == 302
    with database.snapshot() as session:
        changes = session.scalars(select(ToolChange).order_by(ToolChange.id)).all()
        assert [(one.what, one.by) for one in changes] == [
            ("Ajouté", "Odile"), ("Ce qu'il fait", "Inès Carlier"), ("Prix", "Inès Carlier"),
        ]  # fmt: skip
        assert changes[2].before == "Gratuit, lu le 01/03/2026 : exemple.fr"
        assert changes[2].after == "Payant, 12 € par an, lu le 01/03/2026 : exemple.fr, à vérifier"
    shown = told(desk.get("/outils/clairon").text)
    assert "Payant (à vérifier) 12 € par an" in shown
    stale = desk.post(page, data=tool_form(name="Autre"))
    assert (stale.status_code, "Quelqu’un a modifié cette fiche" in told(stale.text)) == (422, True)
    assert 'value="Autre"' in stale.text, "what was typed is still there, over the version of today"
    assert 'name="version" value="2"' in stale.text
    assert desk.post(page, data=tool_form(name="Autre", version="2")).status_code == 302
    with database.snapshot() as session:
        tool = session.get_one(Tool, tool.id)
        assert (tool.name, tool.slug, tool.version) == ("Autre", "clairon", 3), "its address never changes"
    same = tool_form(name="Autre", version="3")
    assert desk.post(page, data=same).status_code == 302
    with database.snapshot() as session:
        assert session.get_one(Tool, tool.id).version == 3, "what changes nothing is no change"
    site = {**same, "address": "clairon.fr", "address_source": "exemple.fr"}
    undated = desk.post(page, data=site)
    assert (undated.status_code, "Choisissez le jour où ce fait a été lu" in told(undated.text)) == (422, True)
    assert desk.post(page, data={**site, "address_read_on": today().isoformat()}).status_code == 302
    assert "Son site : clairon.fr C’est pour" in told(desk.get("/outils/clairon").text), "somebody says so: no doubt"
    assert desk.post(page, data={**site, "address_source": "", "version": "4"}).status_code == 302
    assert "Son site : clairon.fr (à vérifier)" in told(desk.get("/outils/clairon").text)


def test_every_fault_of_a_sheet_is_said_at_once_and_nothing_is_lost(desk, database):
    tomorrow = (today() + timedelta(days=1)).isoformat()
    form = tool_form(
        name=" ", purposes=[], does="Garder ce texte", address="javascript:alert(1)", price_word="peut-être",
        licence_source="", effort_read_on=tomorrow, languages_read_on="hier",
    )  # fmt: skip
    page = desk.post("/programme/outils/nouveau", data=form)
    assert page.status_code == 422
    words = told(page.text)
    assert "7 points à corriger" in words
    assert "Ce jour est à venir" in words
    assert "Garder ce texte" in page.text
    with database.snapshot() as session:
        assert session.scalars(select(Tool)).all() == []


def test_one_source_and_day_serve_the_facts_that_have_none(desk, database):
    form = tool_form(source="le site", read_on="2026-02-02", price_source="", price_read_on="")
    assert desk.post("/programme/outils/nouveau", data=form).status_code == 302
    with database.snapshot() as session:
        fact = session.scalars(select(ToolFact).where(ToolFact.kind == FactKind.PRICE)).one()
        assert (fact.source, fact.read_on.isoformat()) == ("le site", "2026-02-02")


def test_a_tool_is_withdrawn_with_a_reason_and_brought_back(desk, database):
    with database.transaction() as session:
        page = f"/programme/outils/{make_tool(session).id}"
    silent = desk.post(f"{page}/retirer", data={"reason": ""})
    assert (silent.status_code, "Dites pourquoi" in silent.text) == (422, True)
    assert desk.post(f"{page}/retirer", data={"reason": "Fermé."}).status_code == 302
    assert desk.post(f"{page}/retirer", data={"reason": "Fermé."}).status_code == 409
    assert "nous ne le recommandons plus depuis" in told(desk.get(page).text)
    assert desk.post(f"{page}/remettre").status_code == 302
    assert "Nous ne le recommandons plus" not in told(desk.get("/outils/clairon").text)
    history = told(desk.get(page).text).partition("Historique")[2]
    assert "Remis au catalogue" in history
    assert "Inès Carlier" in history
