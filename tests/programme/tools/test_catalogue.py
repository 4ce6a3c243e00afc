"""The catalogue as anybody reads it: filters, a tool's page, some side by side, and what readers write."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import time_machine
from sqlalchemy import select, update

from app.accounts.models import Failure
from app.clock import utc_now
from app.programme.partners import seed as partners
from app.programme.partners import service as ties
from app.programme.partners.models import Partner, Subject
from app.programme.recommendations import moving
from app.programme.recommendations.states import State
from app.programme.tools import editing, service, suggesting, todo
from app.programme.tools.models import SuggestionState, Tool, ToolSuggestion
from app.signup import stamps
from tests.factories import NOON, SOMEBODY
from tests.programme.cohorts.test_cohorts import told
from tests.programme.conftest import make_cohort, put_in
from tests.programme.tools.stage import make_tool, seeded, tool_terms

WHEN_READ = datetime(2026, 11, 27, 9, tzinfo=UTC)
"""What was read for the catalogue is of that autumn: a year later it is doubted, as it should be."""
BY = {"space_id": None, "by": SOMEBODY, "now": NOON}


def names(page):
    return re.findall(r'<h3><a href="/outils/([a-z0-9-]+)">', page)


def tool_id(session, slug):
    return service.find_by_slug(session, slug).tool.id


def test_filters_act_by_their_address_alone_and_no_cookie_is_given(client, database):
    assert "Le catalogue est vide pour l’instant." in told(client.get("/outils").text)
    assert seeded(database) == 53
    assert seeded(database) == 0, "seeded again, nothing comes twice"
    everything = client.get("/outils")
    assert "53 outils sur 53" in told(everything.text)
    assert "Set-Cookie" not in everything.headers
    assert "<script" not in everything.text
    found = client.get("/outils?pour=former&licence=libre")
    assert names(found.text) == ["bigbluebutton", "jitsi-meet", "moodle", "peertube"]
    assert "4 outils sur 53 pour former, licence : libre." in told(found.text)
    none = client.get("/outils?pour=proteger&prix=payant")
    assert "Aucun outil pour protéger, prix : payant" in told(none.text)
    [way] = re.findall(r'href="(/outils\?[^"]+)">sans « prix', none.text.replace("\xa0", " "))
    assert len(names(client.get(way).text)) == 6
    assert client.get("/outils?pour=%00&outil=%00&outil=" + "x" * 5000).status_code == 200
    table = client.get("/outils/catalogue.csv")
    assert table.mimetype == "text/csv"
    head, *lines = table.data.decode("utf-8-sig").splitlines()
    assert len(lines) == 53
    assert head.startswith("Outil;Site;C'est pour;Ce que ça fait;Licence;")
    [brevo] = [line for line in lines if line.startswith("Brevo;https://www.brevo.com;")]
    assert ";13/08/2026;" in brevo


def test_a_tool_says_what_is_unsure_and_who_tried_it_without_telling_few_apart(client, database):
    seeded(database)
    old = {kind: replace(fact, read_on=date(2001, 3, 1)) for kind, fact in tool_terms().facts.items()}
    with database.transaction() as session:
        make_tool(session, facts=old)
        zoom = tool_id(session, "zoom")
        partners.seed(session, NOON)
        known = session.scalars(select(Partner).where(Partner.name.in_(["Benevolt", "Pro Bono Lab"]))).all()
        ties.set_of(session, Subject.TOOL, zoom, [one.id for one in known], **BY)
        cohort = make_cohort(session, capacity=9)
        for number in range(5):
            association = put_in(session, cohort, f"Association {number}")
            for slug in ("zoom",) if number else ("zoom", "signal"):
                [one] = moving.recommend(session, association.id, [moving.Pick(tool_id(session, slug))], **BY)
                for to in (State.ACCEPTED, State.STARTED, State.DEPLOYED):
                    words = {"association_id": association.id, "recommendation_id": one.id, "to": to}
                    moving.move(session, **words, **BY)
    page = told(client.get("/outils/zoom").text)
    assert "Essayé par : 5 associations." in page
    assert "Gratuit ou payant (à vérifier)" in page
    assert "Avec Benevolt et Pro Bono Lab ." in page, "told of their links"
    assert "Essayé par : moins de 5." in told(client.get("/outils/signal").text)
    assert "Association 0" not in page
    old = told(client.get("/outils/clairon").text)
    assert "Gratuit (à revérifier)" in old
    assert "Tout a été lu le jeudi 1er mars 2001 : exemple.fr ." in old, "one source for all is said once"
    assert client.get("/outils/n-existe-pas").status_code == 404


def test_a_page_of_the_list_is_whole_rows_and_a_card_says_who_tried_a_tool_where_somebody_did(client, database):
    seeded(database)
    page = client.get("/outils").text
    assert len(names(page)) == 12
    assert "<dt>Essayé par</dt>" not in page
    assert 'name="prix" value="inconnu"' not in page, "no filter for what nobody looks for"


@time_machine.travel(WHEN_READ)
def test_a_tool_is_reached_from_its_sheet_and_its_sources_too(client, database):
    seeded(database)
    page = client.get("/outils/brevo").text
    assert '<a href="https://www.brevo.com" rel="noopener">www.brevo.com</a>' in page
    assert '<a href="https://help.brevo.com" rel="noopener">help.brevo.com</a>: article 8292912279954' in page
    words = told(page)
    assert "Son site : www.brevo.com C’est pour" in words, "its help stands on it: nothing to doubt"
    assert "Son adresse a été lue" not in words, "where all the rest was"
    loomio = told(client.get("/outils/loomio").text)
    assert "Son adresse a été lue le jeudi 26 novembre 2026 : loomio/loomio: README." in loomio
    assert "Son site : www.benevolt.fr (à vérifier)" in told(client.get("/outils/benevolt").text)
    assert page.count("on sait") == 2, "the table says once what it tells, not each line of it on a phone"
    unknown = told(client.get("/outils/tambour").text)
    assert "Son site : à vérifier" in unknown
    assert "« À vérifier » : aucune source sûre" in unknown


def test_a_catalogue_seeded_before_gets_its_sites_but_for_what_staff_changed(database):
    seeded(database)
    with database.transaction() as session:
        session.execute(update(Tool).values(address="", address_source="", address_read_on=None))
        service.find_by_slug(session, "mobilizon").tool.address = "https://mobilizon.org"
        service.find_by_slug(session, "zoom").tool.version = 2
        service.find_by_slug(session, "signal").tool.address = "https://signal.exemple.fr"
    assert seeded(database) == 0
    with database.snapshot() as session:
        sheets = {slug: service.find_by_slug(session, slug).tool for slug in ("brevo", "zoom", "signal", "mobilizon")}
    assert {slug: tool.address for slug, tool in sheets.items()} == {
        "brevo": "https://www.brevo.com", "zoom": "", "signal": "https://signal.exemple.fr",
        "mobilizon": "https://joinmobilizon.org",
    }  # fmt: skip
    assert [slug for slug, tool in sheets.items() if tool.address_read_on] == ["brevo", "mobilizon"]


def test_what_is_the_same_comes_first_and_three_is_the_most(client, database):
    seeded(database)
    ticked = "outil=bigbluebutton&outil=jitsi-meet&outil=zoom"
    page = told(client.get(f"/outils/comparer?{ticked}").text)
    same, _sign, differs = page.partition("Ce qui change")
    assert "Pareil pour les trois" in same
    assert "Former, Gouverner" in same
    assert "Libre (Apache-2.0)" in differs
    assert "Former, Gouverner" not in differs
    too_many = client.get(f"/outils/comparer?{ticked}&outil=moodle")
    assert too_many.status_code == 422
    assert "Trois au plus : décochez-en un." in told(too_many.text)
    assert too_many.text.count(" checked") == 4, "nothing that was ticked is lost"
    assert "Cochez deux ou trois outils" in told(client.get("/outils/comparer?outil=zoom&outil=rien").text)


def test_a_withdrawn_tool_leaves_the_list_and_keeps_its_page(client, database):
    seeded(database)
    now = utc_now()
    with database.transaction() as session:
        words = {"space_id": None, "by": SOMEBODY, "now": now}
        editing.withdraw(session, tool_id(session, "mailtrain"), reason="Le projet ne bouge plus.", **words)
    assert "mailtrain" not in names(client.get("/outils").text)
    page = client.get("/outils/mailtrain")
    assert "Nous ne le recommandons plus depuis" in told(page.text)
    assert "Le projet ne bouge plus." in page.text


def stamped(app, about, *, ago=timedelta(minutes=1)):
    return {"stamp": stamps.make(about, key=app.config["SECRET_KEY"], now=utc_now() - ago)}


def test_a_reader_proposes_and_reports_without_an_account_and_a_program_does_not(client, app, database):
    with database.transaction() as session:
        make_tool(session)
    form = {"name": "Wekan", "address": "wekan.fr", "text": "Un tableau de tâches."}
    assert client.post("/outils/proposer", data=form).status_code == 422, "without a stamp of ours"
    quick = client.post("/outils/proposer", data={**form, **stamped(app, "outils", ago=timedelta(0))})
    assert (quick.status_code, "Wekan" in quick.text) == (422, True)
    trapped = client.post("/outils/proposer", data={**form, **stamped(app, "outils"), "website": "x"})
    assert trapped.status_code == 422
    odd = client.post("/outils/proposer", data={**form, **stamped(app, "outils"), "address": "javascript:alert(1)"})
    assert "Écrivez une adresse de site" in told(odd.text)
    done = client.post("/outils/proposer", data={**form, **stamped(app, "outils")})
    assert (done.status_code, done.location) == (303, "/outils/merci")
    assert "Set-Cookie" not in done.headers
    wrong = {"text": "Le prix est faux."}
    assert client.post("/outils/clairon/signaler", data={**wrong, **stamped(app, "outils")}).status_code == 422
    assert client.post("/outils/clairon/signaler", data={**wrong, **stamped(app, "clairon")}).status_code == 303
    with database.snapshot() as session:
        kept = session.scalars(select(ToolSuggestion).order_by(ToolSuggestion.id)).all()
        assert [(one.name, one.is_error, one.address) for one in kept] == [
            ("Wekan", False, "https://wekan.fr"),
            ("Clairon", True, ""),
        ]
        [line] = todo.lines(session, now=kept[0].created_at + timedelta(days=8))
        assert (line.title, line.is_late) == ("Lire ce qu'on dit de 2 outils", True)


def test_a_room_behind_one_address_waits_half_a_minute_at_most(client, app, database):
    with database.transaction() as session:
        for _time in range(suggesting.FREE_FROM + 9):
            session.flush()
            try:
                suggesting.take_turn(session, came_from="127.0.0.1", now=NOON)
            except Exception as error:
                assert error.retry_after_s <= suggesting.MAX_WAIT_S
                break
        assert session.scalars(select(Failure)).one().count == suggesting.FREE_FROM + 1


def test_staff_settle_each_suggestion_once_with_a_reason_for_a_refusal(desk, database):
    with database.transaction() as session:
        tool = make_tool(session)
        wrong = suggesting.report(session, tool.id, text="Le prix est faux.", now=NOON).id
        new = suggesting.propose(session, name="Wekan", address="", text="Un tableau.", now=NOON).id
        vain = suggesting.report(session, tool.id, text="J'aime bien.", now=NOON).id
    page = desk.get("/programme/outils")
    assert "Le prix est faux." in page.text
    assert desk.post(f"/programme/outils/propositions/{wrong}/accepter").status_code == 302
    assert desk.post(f"/programme/outils/propositions/{wrong}/accepter").status_code == 409
    refused = desk.post(f"/programme/outils/propositions/{vain}/refuser", data={"reason": " "})
    assert (refused.status_code, "Dites pourquoi" in refused.text) == (422, True)
    assert desk.post(f"/programme/outils/propositions/{vain}/refuser", data={"reason": "Un avis."}).status_code == 302
    form = desk.get(f"/programme/outils/nouveau?proposition={new}").text
    assert 'value="Wekan"' in form
    with database.snapshot() as session:
        states = session.scalars(select(ToolSuggestion).order_by(ToolSuggestion.id)).all()
        assert [one.state for one in states] == [
            SuggestionState.ACCEPTED, SuggestionState.WAITING, SuggestionState.REFUSED,
        ]  # fmt: skip
