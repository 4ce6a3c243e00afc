"""From the diagnostic to the tool in use, by the pages of the staff and of the association."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.accounts.models import Activity, Role, Space
from app.clock import PARIS, utc_now
from app.errors import Conflict, RuleBroken
from app.programme.cohorts import members
from app.programme.cohorts import service as cohorts
from app.programme.cohorts.states import MemberState
from app.programme.diagnostic import agreeing, opening
from app.programme.diagnostic import seed as questionnaire
from app.programme.diagnostic.axes import Moment
from app.programme.recommendations import moving, reading_pages, service, table, todo
from app.programme.recommendations import seed as questions
from app.programme.recommendations.models import QuestionTool, Recommendation, RecommendationChange
from app.programme.recommendations.moving import Note, Pick
from app.programme.recommendations.states import State
from app.programme.tools import editing
from app.programme.tools import service as tools
from app.programme.tools.models import Tool
from tests.factories import NOON, SOMEBODY, make_space, make_user, sign_in
from tests.programme.cohorts.test_cohorts import told
from tests.programme.conftest import make_cohort, put_in, today
from tests.programme.tools.stage import make_tool, seeded

UP = (State.ACCEPTED, State.STARTED, State.DEPLOYED)
WEAK = {"M1": 0, "M3": 0, "M4": 1, "D1": 0, "D2": 1, "D5": 1, "R1": 3, "R2": 3, "R3": 2}
"""Answers that leave two axes under 50, and D1 to be mended before anything texts everybody."""


def by(now=NOON):
    return {"space_id": None, "by": SOMEBODY, "now": now}


@dataclass(frozen=True)
class House:
    """An association with a live space, in a cohort."""

    cohort: int
    association: int
    slug: str

    @property
    def staff_page(self) -> str:
        return f"/programme/associations/{self.association}/recommandations"

    @property
    def own_page(self) -> str:
        return f"/e/{self.slug}/recommandations"


@pytest.fixture
def house(database, programme):
    with database.transaction() as session:
        cohort = make_cohort(session, capacity=12)
        space = make_space(session, name="Les Amis du Quai")
        association = put_in(session, cohort, "Les Amis du Quai")
        assert association.space_id == space.id
        return House(cohort.id, association.id, space.slug)


def take(database, house, answers):
    """The association's first diagnostic, settled with these answers."""
    with database.transaction() as session:
        questionnaire.seed(session, NOON)
        one = opening.open_one(session, house.association, house.cohort, Moment.T0, **by())
        agreeing.write(session, one, answers, dict.fromkeys(answers, ""), zone=PARIS, **by())
        one.agreed_at = datetime(2026, 2, 1, 12, tzinfo=UTC)


def recommend(session, association_id, name, *, up_to=State.PROPOSED, now=NOON):
    """A tool of this name, moved up the ladder."""
    tool = session.scalar(select(Tool).where(Tool.name == name)) or make_tool(session, name=name)
    [one] = moving.recommend(session, association_id, [Pick(tool.id)], **by(now))
    for to in UP[: UP.index(up_to) + 1] if up_to in UP else ():
        go(session, one, to, now=now)
    return one


def go(session, one, to, *, now=NOON, **words):
    ids = {"association_id": one.association_id, "recommendation_id": one.id}
    return moving.move(session, **ids, to=to, **words, **by(now))


def member(app, database, house, role):
    client = app.test_client()
    with database.transaction() as session:
        space = session.scalars(select(Space).where(Space.slug == house.slug)).one()
        sign_in(client, session, make_user(session, space=space, role=role, name=role.value))
    return client


def states(database):
    with database.snapshot() as session:
        query = select(Tool.name, Recommendation.state).join(Tool, Tool.id == Recommendation.tool_id)
        return {row.name: row.state for row in session.execute(query)}


def test_the_diagnostic_calls_for_tools_that_the_association_then_takes_up(app, desk, database, house):
    seeded(database)
    with database.transaction() as session:
        assert questions.seed(session, NOON) > 50
        assert questions.seed(session, NOON) == 0
    take(database, house, WEAK)
    page = desk.get(house.staff_page)
    words = told(page.text)
    assert "Axes sous 50 : Mobiliser et informer, Protéger les données" in words
    assert "Pas d’outil de SMS en nombre pour l’instant" in words
    assert "Retenus en attendant : Tambour, OVHcloud SMS." in words
    with database.snapshot() as session:
        found = service.association(session, house.association)
        with app.test_request_context():
            proposed = [one.tool_id for one in reading_pages.read(session, found).proposals.chosen]
        names = [tools.get(session, one).name for one in proposed]
    assert names == ["Galette", "Signal", "Registre des traitements (modèle de la CNIL)"], "one a question, in turn"
    assert desk.post(f"{house.staff_page}/proposer", data={"tools": []}).status_code == 422
    foreign = desk.post(f"{house.staff_page}/proposer", data={"tools": ["999"]})
    assert foreign.status_code == 422, "what the diagnostic did not call for is not proposed"
    assert desk.post(f"{house.staff_page}/proposer", data={"tools": [str(one) for one in proposed]}).status_code == 302
    assert "Trois outils sont déjà sur la table" in told(desk.get(house.staff_page).text)
    referente, lectrice = (member(app, database, house, role) for role in (Role.REFERENTE, Role.LECTRICE))
    own = referente.get(house.own_page)
    assert "Galette" in own.text
    assert "Diagnostic dimanche 1er février 2026" in told(own.text)
    read = lectrice.get(house.own_page)
    assert (read.status_code, "/etat" in read.text) == (200, False)
    with database.snapshot() as session:
        [one] = [each for each in service.of_association(session, house.association) if each.tool.name == "Galette"]
        at = f"{house.own_page}/{one.row.id}"
    assert lectrice.post(f"{at}/etat", data={"to": "accepted"}).status_code == 403
    for to in UP:
        assert referente.post(f"{at}/etat", data={"to": to.value}).status_code == 302
    assert referente.post(f"{at}/etat", data={"to": "accepted"}).status_code == 422, "that is no step from there"
    with database.snapshot() as session:
        changes = session.scalars(
            select(RecommendationChange).where(RecommendationChange.recommendation_id == one.row.id)
        ).all()
        assert [(each.after, each.by) for each in changes] == [
            (State.PROPOSED, "Inès Carlier"), *((to, "referente") for to in UP)
        ]  # fmt: skip
        journal = session.scalars(select(Activity.verb).where(Activity.subject == "recommendation")).all()
        assert journal.count("recommendation.deployed") == 1
    assert "1 outil" in told(referente.get(house.own_page).text)


def test_a_refused_form_says_why_and_keeps_what_was_typed(app, desk, database, house):
    with database.transaction() as session:
        one = recommend(session, house.association, "Clairon")
        make_tool(session, name="Fifre")
        at = f"{house.staff_page}/{one.id}"
    silent = desk.post(f"{at}/etat", data={"to": "dismissed", "reason": " "})
    assert (silent.status_code, "Dites pourquoi" in silent.text) == (422, True)
    assert desk.post(f"{at}/etat", data={"to": "partie"}).status_code == 422
    odd = {"effort_hours": "beaucoup", "cost": "12,5", "follow_up_on": (today() + timedelta(days=3)).isoformat()}
    page = desk.post(f"{at}/noter", data=odd)
    assert (page.status_code, 'value="beaucoup"' in page.text) == (422, True)
    early = desk.post(f"{at}/noter", data={**odd, "effort_hours": "6"})
    assert "Une date de suivi n’a de sens que pour un outil accepté ou démarré." in told(early.text)
    desk.post(f"{at}/etat", data={"to": "accepted"})
    assert desk.post(f"{at}/noter", data={**odd, "effort_hours": "6", "cost": "120,50 €"}).status_code == 302
    assert "6 heures passées, 120,50 € par an" in told(desk.get(house.staff_page).text)
    past = desk.post(f"{at}/noter", data={**odd, "effort_hours": "", "follow_up_on": "2020-01-01"})
    assert "Choisissez un jour à venir" in told(past.text)
    alone = desk.post(f"{house.staff_page}/choisir", data={"tool": "", "why": "Parce que"})
    assert (alone.status_code, "Parce que" in alone.text) == (422, True)
    assert desk.get("/programme/associations/999/recommandations").status_code == 404


def test_a_tool_is_recommended_once_three_at_a_time_and_never_once_withdrawn(database, house):
    with database.transaction() as session:
        first = recommend(session, house.association, "Un")
        with pytest.raises(RuleBroken, match="déjà été recommandé"):
            recommend(session, house.association, "Un")
        recommend(session, house.association, "Deux")
        recommend(session, house.association, "Trois")
    with database.transaction() as session, pytest.raises(Conflict, match="Trois outils à la fois"):
        recommend(session, house.association, "Quatre")
    with database.transaction() as session:
        one = session.get_one(Recommendation, first.id)
        go(session, one, State.DISMISSED, reason="Trop cher.")
        recommend(session, house.association, "Quatre")
        with pytest.raises(Conflict, match="Trois outils à la fois"):
            go(session, one, State.PROPOSED)
        gone = make_tool(session, name="Parti")
        editing.withdraw(session, gone.id, reason="Fermé.", **by())
        with pytest.raises(RuleBroken, match="n'est plus recommandé"):
            moving.recommend(session, house.association, [Pick(gone.id)], **by())
        texting = make_tool(session, name="Porte-voix", sends_sms=True)
        with pytest.raises(RuleBroken, match="2 points"):
            moving.recommend(session, house.association, [Pick(texting.id)], block=["D1", "D4"], **by())


def test_a_withdrawn_tool_stays_named_by_what_recommends_it(app, database, house, desk):
    """The bad input of the issue: a tool taken away that a recommendation names."""
    with database.transaction() as session:
        begun = recommend(session, house.association, "Entamé", up_to=State.STARTED)
        proposed = recommend(session, house.association, "Promis")
        for name in ("Entamé", "Promis"):
            tool = session.scalars(select(Tool).where(Tool.name == name)).one()
            editing.withdraw(session, tool.id, reason="Le projet est mort.", **by())
    referente = member(app, database, house, Role.REFERENTE)
    page = told(referente.get(house.own_page).text)
    assert "Accepter" not in page, "it would be refused"
    assert "Écarter" in page
    assert "Entamé" in page
    assert "Nous ne le recommandons plus : Le projet est mort." in page
    refused = referente.post(f"{house.own_page}/{proposed.id}/etat", data={"to": "accepted"})
    assert (refused.status_code, "n’est plus recommandé" in told(refused.text)) == (422, True)
    assert referente.post(f"{house.own_page}/{begun.id}/etat", data={"to": "deployed"}).status_code == 302
    assert states(database) == {"Entamé": State.DEPLOYED, "Promis": State.PROPOSED}
    assert desk.get("/outils/entame").status_code == 200
    assert not [rule for rule in app.url_map.iter_rules() if "DELETE" in (rule.methods or ()) and "outils" in rule.rule]


def test_mass_texts_wait_for_the_data_even_once_proposed(app, database, house):
    with database.transaction() as session:
        tool = make_tool(session, name="Porte-voix", sends_sms=True)
        [one] = moving.recommend(session, house.association, [Pick(tool.id)], **by())
    take(database, house, WEAK)
    referente = member(app, database, house, Role.REFERENTE)
    app.config["WTF_CSRF_ENABLED"] = False
    refused = referente.post(f"{house.own_page}/{one.id}/etat", data={"to": "accepted"})
    assert (refused.status_code, "le diagnostic demande de régler un point d’abord" in told(refused.text)) == (
        422,
        True,
    )


def test_the_share_falls_back_when_a_deployed_tool_is_taken_back_and_leaves_out_who_left(desk, database, house):
    page = f"/programme/cohortes/{house.cohort}/recommandations"
    assert "– Aucune association n’a reçu de recommandation" in told(desk.get(page).text)
    with database.transaction() as session:
        cohort = cohorts.get(session, house.cohort)
        assert service.of_cohort(session, cohort.id).percent is None, "of none there is no share"
        others = [put_in(session, cohort, name).id for name in ("Deux", "Trois", "Quatre", "Sans rien")]
        put_in(session, cohort, "Invitée", state=MemberState.INVITED)
        deployed = recommend(session, house.association, "Clairon", up_to=State.DEPLOYED)
        recommend(session, others[0], "Clairon", up_to=State.STARTED)
        recommend(session, others[1], "Clairon", up_to=State.ACCEPTED)
        recommend(session, others[2], "Clairon", up_to=State.DEPLOYED)
        share = service.of_cohort(session, cohort.id)
        assert (len(share.started), len(share.received), share.percent) == (3, 4, 75)
        members.move(session, cohort.id, others[2], to=MemberState.LEFT, reason="Fermée.", **by())
        share = service.of_cohort(session, cohort.id)
        assert (share.started, share.deployed, len(share.received), share.left) == (
            [house.association, others[0]], [house.association], 3, [others[2]],
        )  # fmt: skip
    words = told(desk.get(page).text)
    assert "67 % 2 associations sur 3 ont commencé à déployer un outil recommandé." in words
    assert "1 sortie de la cohorte n’est pas dans le compte. 1 n’a rien reçu." in words, "an invited one is not counted"
    with database.transaction() as session:
        one = session.get_one(Recommendation, deployed.id)
        go(session, one, State.ABANDONED, reason="Trop lourd.")
        assert service.of_cohort(session, house.cohort).percent == 33
        go(session, one, State.STARTED)
        assert service.of_cohort(session, house.cohort).percent == 67
    file = desk.get(f"{page}.csv").data.decode("utf-8-sig").splitlines()
    assert len(file) == 5
    assert file[0].startswith("Association;Outil;Question;État;Depuis le;Par;Proposée le")


def test_an_association_of_two_cohorts_stands_once_over_all_and_in_each_with_what_it_received_there(database, house):
    with database.transaction() as session:
        recommend(session, house.association, "Clairon", up_to=State.STARTED)
        later = make_cohort(session, name="Cohorte 2027", starts_on=today() - timedelta(days=2))
        members.move(session, house.cohort, house.association, to=MemberState.LEFT, reason="Passe à 2027.", **by())
        put_in(session, later, "Les Amis du Quai")
        recommend(session, house.association, "Fifre", now=utc_now())
        first, second = (service.of_cohort(session, one) for one in (house.cohort, later.id))
        assert (first.received, first.left) == ([], [house.association])
        assert (second.received, second.started) == ([house.association], [])
        over_all = service.of_cohort(session, None)
        assert (over_all.received, over_all.started, over_all.left) == ([house.association], [], [])


def test_the_week_names_what_nobody_has_spoken_of(database, house):
    now = utc_now()
    with database.transaction() as session:
        cohort = cohorts.get(session, house.cohort)
        long_ago = now - timedelta(days=61)
        recommend(session, house.association, "Muet", up_to=State.STARTED, now=long_ago)
        recommend(session, house.association, "Bavard", up_to=State.STARTED, now=now - timedelta(days=59))
        dated = recommend(session, house.association, "Daté", up_to=State.ACCEPTED, now=long_ago)
        dated.follow_up_on = today() - timedelta(days=2)
        session.flush()
        late, quiet = todo.lines(session, cohort, now=now)
        assert (late.title, late.why, late.is_late) == (
            "Demander où en est un outil", "Daté (Les Amis du Quai).", True,
        )  # fmt: skip
        assert (quiet.title, quiet.why, quiet.address) == (
            "Prendre des nouvelles d'un outil démarré", "Muet (Les Amis du Quai).", house.staff_page,
        )  # fmt: skip
        ids = {"association_id": house.association, "recommendation_id": dated.id}
        moving.note(session, Note(effort_hours=2, follow_up_on=dated.follow_up_on), **ids, **by(now))
        assert len(todo.lines(session, cohort, now=now)) == 1, "news were given"


def test_the_table_of_questions_is_the_staff_s_and_what_they_take_off_stays_off(desk, database):
    seeded(database)
    with database.transaction() as session:
        questionnaire.seed(session, NOON)
        questions.seed(session, NOON)
        before = session.scalar(select(func.count()).select_from(QuestionTool))
        galette = next(row for row, tool in table.rows(session) if tool.slug == "galette" and row.question == "M1").id
        loomio = tools.find_by_slug(session, "loomio").tool.id
    page = "/programme/outils/par-question"
    folded = desk.get(page)
    assert (folded.status_code, folded.text.count('<details class="more" open>')) == (200, 0), "six axes, all folded"
    taken = desk.post(f"{page}/{galette}/retirer")
    assert (taken.status_code, taken.headers["Location"]) == (302, f"{page}?axe=M#axe-M"), "back to where one was"
    assert desk.get(f"{page}?axe=M").text.count('<details class="more" open>') == 1
    assert desk.post(f"{page}/{galette}/retirer").status_code == 404
    added = {"question": "M1", "tool": str(loomio), "why": "Décider."}
    assert desk.post(page, data=added).status_code == 302
    twice = desk.post(page, data=added)
    assert (twice.status_code, "répond déjà à cette question" in twice.text) == (422, True)
    assert desk.post(page, data={**added, "question": "Z9"}).status_code == 422
    with database.transaction() as session:
        assert questions.seed(session, NOON) == 0, "no seed brings back what was taken off"
        assert session.scalar(select(func.count()).select_from(QuestionTool)) == before + 1
        mine = next(row for row, tool in table.rows(session) if tool.slug == "loomio" and row.question == "M1").id
    assert desk.post(f"{page}/{mine}/en-premier").status_code == 302
    with database.snapshot() as session:
        order = [tool.slug for row, tool in table.rows(session) if row.question == "M1"]
        assert order == ["loomio", "paheko", "tambour"]


def test_a_space_that_the_programme_does_not_know_reads_an_empty_page(app, database):
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    with database.transaction() as session:
        space = make_space(session)
        sign_in(client, session, make_user(session, space=space))
    page = client.get(f"/e/{space.slug}/recommandations")
    assert (page.status_code, "Aucun outil recommandé" in page.text) == (200, True)
    assert client.post(f"/e/{space.slug}/recommandations/1/etat", data={"to": "accepted"}).status_code == 404
