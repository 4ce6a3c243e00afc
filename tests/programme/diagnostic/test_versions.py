"""A questionnaire that changes between two moments: what is settled stays, what is under way is marked, never moved."""

import re

from sqlalchemy import select

from app.programme.cohorts.models import Cohort
from app.programme.diagnostic import seed, service
from app.programme.diagnostic.axes import Axis, Moment
from app.programme.diagnostic.models import Diagnostic, Questionnaire, QuestionRow
from app.programme.diagnostic.questionnaire import versions
from app.programme.diagnostic.report import Report
from tests.factories import NOON
from tests.programme.cohorts.test_cohorts import told
from tests.programme.conftest import put_in
from tests.programme.diagnostic.conftest import KEYS
from tests.together import together

QUESTION = {
    "words": "Écrivez-vous vos besoins chaque mois ?", "short": "Écrire les besoins", "help": "",
    "whom": "au secrétariat", "weight": "1",
}  # fmt: skip


def draft_of(desk, database):
    """The address of a version that is being prepared."""
    address = desk.post("/programme/questionnaires").location
    assert desk.post("/programme/questionnaires").location == address, "one at a time"
    return address


def publish(desk, database):
    """Version 2: R1 reworded, M6 added, V5 removed."""
    draft = draft_of(desk, database)
    assert desk.post(f"{draft}/questions/R1", data=QUESTION).status_code == 302
    new = {**QUESTION, "axis": "M", "words": "Relancez-vous ceux qui n'ont pas répondu ?", "short": "Relancer"}
    assert desk.post(f"{draft}/questions", data=new).status_code == 302
    assert desk.post(f"{draft}/questions/V5/retirer").status_code == 302
    assert "3 questions ont changé : 1 reformulée, 1 ajoutée, 1 retirée" in told(desk.get(draft).text)
    assert desk.post(f"{draft}/publier").status_code == 302
    return draft


def numbers(database):
    """{(association, moment): the version that it took}"""
    with database.snapshot() as session:
        rows = session.execute(
            select(Diagnostic.association_id, Diagnostic.moment, Questionnaire.number).join(
                Questionnaire, Questionnaire.id == Diagnostic.questionnaire_id
            )
        )
        return {(row[0], row[1].value): row[2] for row in rows}


def four_settled(opened, desk, database):
    """Trap 5: four associations have settled their start, a fifth answers, a sixth has not begun; their pages."""
    with database.transaction() as session:
        cohort = session.get_one(Cohort, opened.cohort_id)
        cohort.capacity = 20
        others = [put_in(session, cohort, name).id for name in ("A", "B", "C", "D", "E")]
    pages = [f"/programme/associations/{one}/diagnostic" for one in others]
    form = {f"a-{key}": "1" for key in KEYS}
    for page in pages[:3]:
        desk.post(f"{page}/ouvrir", data={"moment": "debut"})
        assert desk.post(f"{page}/debut/commune", data={**form, "then": "settle"}).status_code == 302
    assert opened.agree(V5="0").status_code == 302
    desk.post(f"{pages[3]}/ouvrir", data={"moment": "debut"})
    return others, pages


def test_what_is_settled_stays_and_what_is_under_way_is_marked_and_moved_by_hand_alone(opened, desk, database, app):
    others, pages = four_settled(opened, desk, database)
    settled, waiting, late = [*pages[:3], opened.desk], pages[3], pages[4]
    link, anybody = ask_by(desk, waiting), app.test_client()
    anybody.post(f"{link}/recruter", data={"a-R1": "3", "a-R2": "3"})
    anybody.post(f"{link}/valoriser", data={"a-V5": "3"})
    desk.post(f"{waiting}/debut/commune", data={"a-R1": "3", "a-V5": "0", "a-G1": "2"})
    desk.get(waiting)  # it has said « Enregistré »
    before = {page: told(desk.get(page).text) for page in settled}
    publish(desk, database)
    desk.get(waiting)
    assert {page: told(desk.get(page).text) for page in before} == before, "what is settled is unchanged"
    marked = told(desk.get(waiting).text)
    assert "La version 2 du questionnaire est parue" in marked
    assert "3 questions ont changé : 1 reformulée, 1 ajoutée, 1 retirée. Rien n’a bougé ici." in marked
    assert numbers(database)[others[3], "T0"] == 1, "marked, not moved"
    assert "Vos besoins de bénévoles sont-ils écrits" in told(anybody.get(f"{link}/recruter").text)
    assert [desk.post(f"{waiting}/debut/version").status_code for _twice in range(2)] == [302, 409]
    after = anybody.get(f"{link}/recruter")
    assert "Écrivez-vous vos besoins chaque mois" in told(after.text)
    assert "Cette question a changé depuis votre réponse" in told(after.text)
    assert 'name="a-R1" value="3" checked' in after.text, "kept by its key"
    assert "1 question a changé depuis votre réponse" in told(anybody.get(link).text)
    assert "2 questions ont changé depuis" in told(desk.get(waiting).text), "the one added is among them"
    agree = desk.get(f"{waiting}/debut/commune").text
    assert "La question a changé depuis ces réponses" in told(agree)
    assert "a-V5" not in agree
    assert 'name="a-G1" value="2" checked' in agree
    desk.post(f"{late}/ouvrir", data={"moment": "debut"})
    assert numbers(database) == {
        **{(one, "T0"): 1 for one in (*others[:3], opened.association.id)}, (others[3], "T0"): 2, (others[4], "T0"): 2,
    }  # fmt: skip


def test_the_end_asks_what_the_start_asked_and_only_what_was_known_both_times_is_compared(opened, desk, database):
    opened.agree(V5="0")
    publish(desk, database)
    assert desk.post(f"{opened.desk}/ouvrir", data={"moment": "fin"}).status_code == 302
    assert numbers(database) == {(opened.association.id, "T0"): 1, (opened.association.id, "T1"): 1}
    assert "est parue" not in told(desk.get(opened.desk).text)
    assert desk.post(f"{opened.desk}/fin/version").status_code == 409
    better = dict.fromkeys(["R1", "R2", "M1", "M2"], "3")
    assert opened.agree("fin", **better, F1="?", F2="?", F3="?").status_code == 302
    with database.snapshot() as session:
        words = (session, opened.association.id, opened.cohort_id)
        start, end = service.scores(*words, Moment.T0), service.scores(*words, Moment.T1)
        assert {axis: (one.before, one.now, one.compared) for axis, one in service.moved(start, end).items()} == {
            Axis.RECRUIT: (67, 80, 5), Axis.TRAIN: (None, None, 2), Axis.MOBILISE: (67, 80, 5),
            Axis.VALUE: (53, 67, 5), Axis.GOVERN: (67, 67, 5), Axis.PROTECT: (67, 67, 5),
        }  # fmt: skip
        assert Report(end, start).counted == 27
    page = told(opened.own.get(opened.page).text)
    assert "les mêmes 27 questions au début et à la fin" in page
    assert "Valoriser a le plus avancé, et reste le plus bas" in page
    assert "Recruter 5 questions sur 5 67 → 80 exemplaire" in page
    assert "Former et accueillir 2 sur 5 : trop peu de réponses –" in page


def ask_by(desk, page):
    answer = desk.post(f"{page}/debut/personnes", data={"name": "Paul", "function": "board"})
    [found] = set(re.findall(r"http://tambour\.test(/diagnostic/\w+)\s*</textarea>", answer.text))
    return found


def test_a_published_version_never_changes_and_bad_questions_are_told_by_field(desk, database, seeded):
    with database.snapshot() as session:
        [first] = session.scalars(select(Questionnaire))
        assert len(versions.questions(session, first.id)) == 30
    own = f"/programme/questionnaires/{first.id}"
    for address, form in (
        (f"{own}/questions/R1", QUESTION), (f"{own}/questions", {**QUESTION, "axis": "R"}),
        (f"{own}/questions/R1/retirer", {}),
        (f"{own}/publier", {}), (f"{own}/abandonner", {}),
    ):  # fmt: skip
        assert desk.post(address, data=form).status_code == 409, address
    draft = draft_of(desk, database)
    same = desk.post(f"{draft}/publier")
    assert (same.status_code, "Rien n’a changé depuis la dernière version" in told(same.text)) == (422, True)
    for key, form, sentence in (
        ("R1", {**QUESTION, "words": "Pas une question"}, "avec son point d’interrogation"),
        ("R1", {**QUESTION, "words": ""}, "Écrivez la question."),
        ("R1", {**QUESTION, "weight": "9"}, "Écrivez un nombre entier de 1 à 5."),
        ("R1", {**QUESTION, "weight": "1e9"}, "Écrivez un nombre entier de 1 à 5."),
        ("R1", {**QUESTION, "short": ""}, "Dites en quelques mots"),
    ):
        refused = desk.post(f"{draft}/questions/{key}", data={**form, "help": "à garder"})
        assert (refused.status_code, sentence in told(refused.text)) == (422, True), form
        assert 'value="à garder"' in refused.text
    guard = desk.post(f"{draft}/questions/D1/retirer")
    assert (guard.status_code, "garde le SMS groupé" in told(guard.text)) == (422, True)
    assert desk.post(f"{draft}/questions/R99", data=QUESTION).status_code == 404
    assert desk.post(f"{draft}/questions", data={**QUESTION, "axis": "X"}).status_code == 422
    for key in ("G1", "G2", "G3"):
        desk.post(f"{draft}/questions/{key}/retirer")
    short = desk.post(f"{draft}/publier")
    assert (short.status_code, "« Gouverner » n’a plus que 2 question" in told(short.text)) == (422, True)
    assert desk.post(f"{draft}/questions", data={**QUESTION, "axis": "G"}).status_code == 302
    with database.snapshot() as session:
        keys = set(session.scalars(select(QuestionRow.key).where(QuestionRow.axis == Axis.GOVERN)))
        assert "G6" in keys, "a key that was removed is never another question's"
    assert desk.post(f"{draft}/abandonner").status_code == 302
    assert desk.get(draft).status_code == 404
    with database.transaction() as session:
        seed.seed(session, NOON)
        assert len(session.scalars(select(Questionnaire)).all()) == 1, "the seed is planted once"


def test_moments_open_in_their_order_and_what_was_opened_by_mistake_is_withdrawn(opened, desk, database):
    assert opened.own.post(f"{opened.page}/ouvrir", data={"moment": "fin"}).status_code == 403
    early = desk.post(f"{opened.desk}/ouvrir", data={"moment": "fin"})
    assert (early.status_code, "Arrêtez d’abord la réponse commune du début" in told(early.text)) == (409, True)
    assert desk.post(f"{opened.desk}/ouvrir", data={"moment": "milieu"}).status_code == 422
    again = [lambda: desk.post(f"{opened.desk}/ouvrir", data={"moment": "debut"}).status_code for _time in range(2)]
    assert together(*again) == [302, 302]
    assert numbers(database) == {(opened.association.id, "T0"): 1}
    assert desk.post(f"{opened.desk}/debut/retirer").status_code == 302
    assert numbers(database) == {}
    desk.post(f"{opened.desk}/ouvrir", data={"moment": "fin"})
    assert desk.post(f"{opened.desk}/ouvrir", data={"moment": "debut"}).status_code == 409
    assert opened.agree("fin").status_code == 302, "one that came late has an end alone"
    assert "D’où l’on part" in told(opened.own.get(opened.page).text)
    assert desk.post(f"{opened.desk}/fin/retirer").status_code == 409
    assert desk.post(f"{opened.desk}/fin/rouvrir").status_code == 302
    assert desk.post(f"{opened.desk}/fin/rouvrir").status_code == 409
    kept = desk.post(f"{opened.desk}/fin/retirer")
    assert (kept.status_code, "Quelqu’un a déjà répondu" in told(kept.text)) == (409, True)
