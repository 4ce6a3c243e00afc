"""The questions that tools answer: those of the latest published questionnaire, and those that it no longer asks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.programme.diagnostic.axes import LONG, Axis
from app.programme.diagnostic.models import Questionnaire, QuestionRow

AXES: Mapping[str, str] = {axis.value: words for axis, words in LONG.items()}
"""{first letter of a question's key: its axis}."""


@dataclass(frozen=True)
class Asked:
    """{key: what it is about, in few words}, as the last version that asks it says.

    ``words`` are of the latest version, in its order. ``dropped`` are asked no more: their tools stay in the table for
    the diagnostics that were taken before, and nothing more is added to them.
    """

    words: Mapping[str, str] = field(default_factory=dict)
    dropped: Mapping[str, str] = field(default_factory=dict)

    def words_of(self, question: str) -> str:
        """What a question is about; of one that no version knows, its key."""
        return self.words.get(question) or self.dropped.get(question) or question


def read(session: Session) -> Asked:
    """What is asked now, and what was; nothing before a first version is published."""
    rows = session.execute(
        select(Questionnaire.number, QuestionRow)
        .join(QuestionRow, QuestionRow.questionnaire_id == Questionnaire.id)
        .where(Questionnaire.published_at.is_not(None))
    ).all()
    latest = max((number for number, _row in rows), default=0)
    order = list(Axis)
    said: dict[str, tuple[int, str]] = {}
    for number, row in sorted(rows, key=lambda each: (each[0], order.index(each[1].axis), each[1].position)):
        said.pop(row.key, None)
        said[row.key] = (number, row.short or row.words)
    return Asked(
        {key: words for key, (number, words) in said.items() if number == latest},
        {key: words for key, (number, words) in said.items() if number != latest},
    )


def axis_of(question: str) -> str:
    """The axis of a question by its key: « M » of « M2 »."""
    return question[:1]


def axis_words(axes: Iterable[str]) -> str:
    """« Recruter, Gouverner » of the keys of some axes."""
    return ", ".join(AXES.get(axis, axis) for axis in axes)
