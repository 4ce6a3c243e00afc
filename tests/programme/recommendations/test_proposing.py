"""From scores to tools, the states and the path: pure."""

import csv
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clock import PARIS
from app.errors import Conflict, RuleBroken
from app.messaging.body.parts import encoding_of, part_count
from app.programme.diagnostic import seed as questionnaire
from app.programme.recommendations import path, proposing, seed, states
from app.programme.recommendations.proposing import AT_ONCE, Diagnosis, Entry, Shelf
from app.programme.recommendations.questions import AXES, axis_of
from app.programme.recommendations.reminding import body_of
from app.programme.recommendations.states import LADDER, State
from app.programme.tools import seed as tools

with questionnaire.FILE.open(encoding="utf-8") as file:
    QUESTIONS = [line["key"] for line in csv.DictReader(file, delimiter=";")]
TOOLS = range(1, 9)
DIAGNOSES = st.builds(
    Diagnosis,
    scores=st.dictionaries(st.sampled_from(sorted(AXES)), st.none() | st.integers(0, 100)),
    answers=st.dictionaries(st.sampled_from(sorted(QUESTIONS)), st.none() | st.integers(0, 3)),
    block=st.sampled_from([(), ("D1",)]),
)
TABLES = st.lists(
    st.builds(Entry, st.sampled_from(sorted(QUESTIONS)), st.sampled_from(TOOLS), st.integers(1, 3)), max_size=20
)
SHELVES = st.builds(Shelf, st.sets(st.sampled_from(TOOLS)), st.sets(st.sampled_from(TOOLS)))
HAD = st.sets(st.sampled_from(TOOLS))


@given(DIAGNOSES, TABLES, SHELVES, HAD, st.integers(0, 5))
def test_whatever_the_diagnostic_a_proposal_keeps_every_promise(diagnosis, table, shelf, had, open_count):
    found = proposing.propose(diagnosis, table, shelf, had=had, open_count=open_count)
    chosen = [one.tool_id for one in found.chosen]
    assert len(chosen) <= max(AT_ONCE - open_count, 0)
    assert len(chosen) == len(set(chosen)), "no tool twice"
    assert not set(chosen) & had, "nor one that was ever recommended there"
    assert set(chosen) <= set(shelf.offered), "nor one that was withdrawn"
    if diagnosis.block:
        assert not set(chosen) & set(shelf.texting), "nor a tool of mass texts while data are not in order"
    for one in (*found.chosen, *found.withheld):
        score = diagnosis.scores[axis_of(one.question)]
        assert score is not None
        assert score < proposing.UNDER
        assert one.question in proposing.lowest(diagnosis, axis_of(one.question))
    assert bool(found.withheld) <= bool(diagnosis.block)
    assert found.full is (open_count >= AT_ONCE)


def test_the_lowest_axis_speaks_first_and_an_unknown_answer_calls_for_nothing():
    diagnosis = Diagnosis(
        {"R": 49, "M": 10, "V": None, "G": 50}, {"R1": 0, "R2": 3, "M1": None, "M2": 1, "M3": 1, "M4": 1}
    )
    table = [
        Entry("R1", 1, 1),
        Entry("M1", 2, 1),
        Entry("M2", 3, 2),
        Entry("M2", 4, 1),
        Entry("M4", 5, 1),
        Entry("G1", 6, 1),
    ]
    found = proposing.propose(diagnosis, table, Shelf(TOOLS), had=(), open_count=0)
    assert [(one.question, one.tool_id) for one in found.chosen] == [("M2", 4), ("R1", 1), ("M2", 3)]
    assert found.axes == ["M", "R"]


def test_with_only_unknown_answers_nothing_is_proposed():
    diagnosis = Diagnosis(dict.fromkeys(AXES), dict.fromkeys(QUESTIONS))
    assert proposing.propose(diagnosis, [Entry("M1", 1, 1)], Shelf(TOOLS), had=(), open_count=0).chosen == []


@pytest.mark.parametrize("state", State)
def test_every_state_but_the_first_can_be_left_and_each_change_is_one_of_the_table(state):
    assert states.following(state), "no dead end: what was done by mistake can be undone"
    for other in State:
        if (state, other) in states.CHANGES:
            change = states.check(state, other, "raison")
            if change.needs_reason:
                with pytest.raises(RuleBroken):
                    states.check(state, other, "")
        else:
            with pytest.raises(Conflict):
                states.check(state, other, "raison")


def told(state, **reached):
    days = {State(name): datetime(2026, 3, day, 12, tzinfo=UTC) for name, day in reached.items()}
    return SimpleNamespace(row=SimpleNamespace(state=state), reached_at=days.get)


def test_the_path_is_that_of_tools_that_still_stand_there():
    some = [
        told(State.DEPLOYED, proposed=1, accepted=5, started=9, deployed=20),
        told(State.STARTED, proposed=2, accepted=3, started=4, deployed=6),
        told(State.DISMISSED, proposed=1),
    ]
    line = path.path(some, diagnosed_on=date(2026, 2, 1), zone=PARIS)
    assert [(one.name, one.on and one.on.day, one.note) for one in line] == [
        ("Diagnostic", 1, ""), ("Recommandé", 1, "3 outils depuis"), ("Accepté", 3, "2 outils depuis"),
        ("Démarré", 4, "2 outils depuis"),
        ("Déployé", 20, "1 outil"),
    ]  # fmt: skip
    empty = path.path([], diagnosed_on=None, zone=PARIS)
    assert [one.on for one in empty] == [None] * (len(LADDER) + 1)


def test_the_first_table_speaks_of_questions_and_tools_that_are_there():
    slugs = {row["slug"] for row in tools.rows()}
    lines = [line.split(";") for line in seed.FILE.read_text(encoding="utf-8").splitlines()[1:]]
    assert {line[0] for line in lines} == set(QUESTIONS), "each question calls for something"
    assert {line[2] for line in lines} <= slugs
    assert len({(line[0], line[2]) for line in lines}) == len(lines)


def test_the_question_of_follow_up_is_one_sms():
    link = "https://exemple.fr/r/uktdhhybwevktj"
    long, odd = "Compte bénévole et compte d’engagement citoyen", "[Outil] {lien} « œuf »"
    for names in ([long], [odd], ["Framadate"], [long, odd, "Framadate"], [long, long], ["Zoom", "Loomio", "Signal"]):
        body = body_of(names, link=link).replace("{lien}", link)
        assert (encoding_of(body), part_count(body)) == ("GSM-7", 1)
    assert "où en sont Zoom, Loomio et Signal ?" in body
