"""The scores of a diagnostic: axes, priorities, what is to be made clear, what moved. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from app.programme.diagnostic.axes import MAX_ANSWER, Answer, Axis

FEWEST = 3
"""Under so many answers an axis has no score: a mean of two says nothing."""
PRIORITIES = 3
SMS_KEYS = ("D1", "D3", "D4")
"""While one of these is 0, writing to everybody at once is not recommended."""


@dataclass(frozen=True)
class Question:
    """A question as a version words it."""

    key: str
    axis: Axis
    words: str
    help: str = ""
    whom: str = ""
    """« à qui tient les feuilles de présence »: whom to ask when nobody knows."""
    short: str = ""
    """What a priority is called: « Compter les heures données »."""
    weight: int = 1
    position: int = 0


Answers = Mapping[str, Answer]
"""{key: answer}; a question without an entry has not been answered."""


@dataclass(frozen=True)
class AxisScore:
    """``score`` from 0 to 100, None under three answers; ``answered`` of ``of`` questions count in it."""

    score: int | None
    answered: int
    of: int


@dataclass(frozen=True)
class Moved:
    """An axis at two moments, over the questions answered at both: ``compared`` of ``of``."""

    before: int | None
    now: int | None
    compared: int
    of: int


def score(questions: Collection[Question], answers: Answers) -> AxisScore:
    """100 x sum(answer x weight) / sum(3 x weight) over what was answered, rounded half up."""
    known = [(one.weight, value) for one in questions if (value := answers.get(one.key)) is not None]
    if len(known) < FEWEST:
        return AxisScore(None, len(known), len(questions))
    reached = sum(weight * value for weight, value in known)
    whole = sum(weight * MAX_ANSWER for weight, _value in known)
    return AxisScore((200 * reached + whole) // (2 * whole), len(known), len(questions))


def scores(questions: Sequence[Question], answers: Answers) -> dict[Axis, AxisScore]:
    """{axis: its score}, for the axes that have a question."""
    return {axis: score(some, answers) for axis, some in by_axis(questions).items()}


def by_axis(questions: Sequence[Question]) -> dict[Axis, list[Question]]:
    """In the order of the axes, then of the version."""
    ordered = sorted(questions, key=lambda one: one.position)
    found = {axis: [one for one in ordered if one.axis is axis] for axis in Axis}
    return {axis: some for axis, some in found.items() if some}


def unclear(questions: Sequence[Question], answers: Answers) -> list[Question]:
    """Those answered « Je ne sais pas », in their order."""
    return [one for some in by_axis(questions).values() for one in some if answers.get(one.key, 0) is None]


def priorities(questions: Sequence[Question], answers: Answers) -> list[Question]:
    """The lowest answer of each of the three lowest axes; an axis without a score, or without a fault, gives none."""
    found = scores(questions, answers)
    scored = sorted(
        ((one.score, axis) for axis, one in found.items() if one.score is not None and one.score < 100),
        key=lambda row: row[0],
    )
    of = by_axis(questions)
    return [_lowest(of[axis], answers) for _score, axis in scored[:PRIORITIES]]


def _lowest(questions: Sequence[Question], answers: Answers) -> Question:
    """Of equals the one that weighs more, then the first."""
    known = [(value, -one.weight, one) for one in questions if (value := answers.get(one.key)) is not None]
    return min(known, key=lambda row: row[:2])[2]


def shared(
    before: Sequence[Question], now: Sequence[Question], answers_before: Answers, answers_now: Answers
) -> list[Question]:
    """The questions that both versions word alike and that somebody could answer at both moments."""
    worded = {(one.key, one.words) for one in before}
    return [
        one
        for one in now
        if (one.key, one.words) in worded
        and answers_before.get(one.key) is not None
        and answers_now.get(one.key) is not None
    ]


def moved(
    before: Sequence[Question], now: Sequence[Question], answers_before: Answers, answers_now: Answers
) -> dict[Axis, Moved]:
    """{axis: how it moved}, over the same questions on both sides."""
    same = {one.key for one in shared(before, now, answers_before, answers_now)}
    found = {}
    for axis, some in by_axis(now).items():
        kept = [one for one in some if one.key in same]
        then, today = score(kept, answers_before), score(kept, answers_now)
        found[axis] = Moved(then.score, today.score, len(kept), len(some))
    return found


def shown(axes: Mapping[Axis, Moved]) -> dict[str, list[int]]:
    """{axis: [before, now]} of the axes that have both."""
    return {
        axis.value: [one.before, one.now]
        for axis, one in axes.items()
        if one.before is not None and one.now is not None
    }


def sms_block(answers: Answers, mended: Collection[str] = ()) -> list[str]:
    """The questions that withhold the text to everybody: answered « Non, rien », and not mended since."""
    return [key for key in SMS_KEYS if answers.get(key) == 0 and key not in mended]


def differ(by_person: Mapping[str, Answer]) -> bool:
    """Whether people who answered one question said different things; who does not know contradicts nobody."""
    return len(known(by_person)) > 1


def known(by_person: Mapping[str, Answer]) -> set[int]:
    """What was said to one question, « Je ne sais pas » aside."""
    return {value for value in by_person.values() if value is not None}
