"""Scores, priorities, what withholds the text to everybody, what two moments share: pure."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import RuleBroken
from app.programme.diagnostic import axes, radar, rules
from app.programme.diagnostic.axes import Axis, band
from app.programme.diagnostic.questionnaire import changes
from app.programme.diagnostic.rules import Question

AXES = list(Axis)
ASKED = [Question(f"{axis}{n}", axis, f"{axis}{n} ?", position=n) for axis in Axis for n in range(1, 6)]
VALUES = st.one_of(st.none(), st.integers(0, 3))
ANSWERS = st.dictionaries(st.sampled_from([one.key for one in ASKED]), VALUES)


def five(*values: int | None, weights: tuple[int, ...] = (1, 1, 1, 1, 1)):
    """The score of an axis with these answers."""
    asked = [Question(f"R{n}", Axis.RECRUIT, "?", weight=weight) for n, weight in enumerate(weights)]
    return rules.score(asked, {one.key: value for one, value in zip(asked, values, strict=False)})


@pytest.mark.parametrize(
    ("values", "score", "answered"),
    [
        ((0, 0, 0, 0, 0), 0, 5),
        ((3, 3, 3, 3, 3), 100, 5),
        ((1, 1, 1, 1, 1), 33, 5),
        ((1, 2, 1, 2, 1), 47, 5),
        ((3, None, 3, None, 2), 89, 3),
        ((3, None, 3, None), None, 2),
        ((None,) * 5, None, 0),
        ((), None, 0),
    ],
)
def test_an_axis_is_the_mean_of_what_was_answered_and_says_nothing_under_three(values, score, answered) -> None:
    found = five(*values)
    assert (found.score, found.answered, found.of) == (score, answered, 5)


def test_a_question_may_weigh_more_and_halves_are_rounded_up() -> None:
    assert five(3, 0, 0, 0, 0, weights=(4, 1, 1, 1, 1)).score == 50
    assert five(3, 0, 0, 0, 0, weights=(1, 2, 2, 2, 1)).score == 13, "12.5"


@given(ANSWERS, st.lists(st.integers(1, 5), min_size=30, max_size=30))
def test_a_score_is_the_formula_s_and_stands_in_one_band(answers, weights) -> None:
    asked = [
        Question(one.key, one.axis, one.words, weight=weight, position=one.position)
        for one, weight in zip(ASKED, weights, strict=True)
    ]
    for axis, found in rules.scores(asked, answers).items():
        known = [
            (one.weight, answers[one.key]) for one in asked if one.axis is axis and answers.get(one.key) is not None
        ]
        assert found.answered == len(known)
        if len(known) < rules.FEWEST:
            assert found.score is None
            continue
        exact = Fraction(100 * sum(weight * value for weight, value in known), 3 * sum(weight for weight, _ in known))
        assert found.score is not None
        assert -Fraction(1, 2) <= found.score - exact <= Fraction(1, 2)
        assert band(found.score) in {words for _least, words in axes.BANDS}


def test_the_bands_meet_without_a_gap() -> None:
    assert [band(score) for score in (0, 24, 25, 49, 50, 74, 75, 100)] == [
        "à démarrer", "à démarrer", "en route", "en route", "solide", "solide", "exemplaire", "exemplaire",
    ]  # fmt: skip


@given(ANSWERS)
def test_priorities_are_the_lowest_question_of_the_lowest_axes_one_an_axis(answers) -> None:
    found = rules.priorities(ASKED, answers)
    scores = {axis: one.score for axis, one in rules.scores(ASKED, answers).items()}
    chosen = [one.axis for one in found]
    assert len(set(chosen)) == len(chosen) <= rules.PRIORITIES
    others = [scores[axis] for axis in AXES if axis not in chosen and scores[axis] is not None]
    for one in found:
        values = [answers[each.key] for each in ASKED if each.axis is one.axis and answers.get(each.key) is not None]
        assert answers[one.key] == min(values) < axes.MAX_ANSWER
        assert all(scores[one.axis] <= other for other in others)
    if len(found) < rules.PRIORITIES:
        assert all(other == 100 for other in others), "an axis without a fault gives no priority"


@given(ANSWERS, ANSWERS)
def test_two_moments_are_compared_over_what_could_be_answered_both_times(before, now) -> None:
    found = rules.moved(ASKED, ASKED, before, now)
    for axis, one in found.items():
        same = [each.key for each in ASKED if each.axis is axis]
        both = [key for key in same if before.get(key) is not None and now.get(key) is not None]
        assert (one.compared, one.of) == (len(both), 5)
        assert (one.before is None) == (one.now is None) == (len(both) < rules.FEWEST)
        if both and one.now is not None:
            alone = rules.score([each for each in ASKED if each.key in both], now)
            assert one.now == alone.score
    assert rules.moved(ASKED, ASKED, before, before) == {
        axis: rules.Moved(one.score, one.score, one.answered, 5) for axis, one in rules.scores(ASKED, before).items()
    }


def test_a_question_reworded_or_removed_is_not_compared() -> None:
    answers = {one.key: 1 for one in ASKED}
    newer = [
        Question(one.key, one.axis, "autre ?" if one.key == "R1" else one.words, position=one.position)
        for one in ASKED
        if one.key != "R2"
    ]
    found = rules.moved(ASKED, newer, answers, answers)
    assert found[Axis.RECRUIT] == rules.Moved(33, 33, 3, 4)
    assert found[Axis.TRAIN] == rules.Moved(33, 33, 5, 5)


@given(st.dictionaries(st.sampled_from(["D1", "D2", "D3", "D4", "D5"]), VALUES), st.sets(st.sampled_from(["D1", "D3"])))
def test_only_a_no_to_one_of_three_questions_withholds_the_text_to_everybody(answers, mended) -> None:
    found = rules.sms_block(answers, mended)
    assert set(found) == {key for key in ("D1", "D3", "D4") if answers.get(key) == 0} - mended


def test_all_unknown_gives_no_score_no_priority_and_everything_to_make_clear() -> None:
    answers = dict.fromkeys([one.key for one in ASKED])
    assert {one.score for one in rules.scores(ASKED, answers).values()} == {None}
    assert rules.priorities(ASKED, answers) == []
    assert len(rules.unclear(ASKED, answers)) == len(ASKED)
    assert rules.unclear(ASKED, {}) == [], "what nobody has answered yet is not unclear"


def test_what_changed_between_two_versions_is_counted_by_kind() -> None:
    newer = [
        *(
            Question(one.key, one.axis, one.words, weight=2 if one.key == "G1" else 1)
            for one in ASKED
            if one.key != "R5"
        ),
        Question("M6", Axis.MOBILISE, "M6 ?"),
    ]
    newer[0] = Question("R1", Axis.RECRUIT, "autrement ?")
    found = changes.between(ASKED, newer)
    assert found == changes.Changes(("R1",), ("G1",), ("M6",), ("R5",))
    assert found.to_read == {"R1", "M6"}
    assert found.sentence == ("4 questions ont changé : 1 reformulée, 1 ajoutée, 1 retirée, 1 d'un autre poids")
    assert changes.between(ASKED, ASKED).count == 0


def test_a_version_that_could_give_no_score_or_changes_nothing_is_not_published() -> None:
    for newer in (ASKED, [one for one in ASKED if one.key not in ("G1", "G2", "G3")]):
        with pytest.raises(RuleBroken):
            changes.check_version(ASKED, newer)
    changes.check_version(ASKED, [one for one in ASKED if one.key not in ("G1", "G2")])
    for key in ("D1", "D3", "D4"):
        with pytest.raises(RuleBroken):
            changes.check_removal(key)
    changes.check_removal("D2")


def test_the_radar_closes_its_area_where_all_have_a_score_and_dashes_what_has_none() -> None:
    drawn = radar.draw(dict.fromkeys(Axis, 100), dict.fromkeys(Axis, 0))
    assert drawn.area_now == drawn.rings[-1] == "223.0,50.0 344.2,120.0 344.2,260.0 223.0,330.0 101.8,260.0 101.8,120.0"
    assert (drawn.lines_now, drawn.lines_before) == ([], [])
    assert [one.value for one in drawn.spokes] == ["0 → 100"] * 6
    holed = radar.draw({**dict.fromkeys(Axis, 50), Axis.VALUE: None})
    assert (holed.area_now, len(holed.lines_now), holed.area_before) == ("", 4, "")
    assert [one.is_dashed for one in holed.spokes] == [False, False, False, True, False, False]
    assert holed.spokes[3].value == "–"


@given(st.dictionaries(st.sampled_from("abcd"), st.none() | st.integers(0, 3)))
def test_who_does_not_know_contradicts_nobody(by_person) -> None:
    known = [value for value in by_person.values() if value is not None]
    assert rules.differ(by_person) == (len(set(known)) > 1)
    assert rules.known(by_person) == set(known)
