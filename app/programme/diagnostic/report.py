"""What the page of a diagnostic says: one sentence, the axes, three priorities, what to ask and to whom. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from app.database.ids import ToolId
from app.french.language import _, ngettext
from app.french.naming import joined
from app.programme.diagnostic import axes, radar, rules
from app.programme.diagnostic.axes import LONG, SHORT, Axis
from app.programme.diagnostic.radar import Radar
from app.programme.diagnostic.rules import Question
from app.programme.diagnostic.service import Scores


@dataclass(frozen=True)
class Line:
    """An axis of the table. ``before`` is None at the start, and where too few questions were answered both times."""

    axis: Axis
    name: str
    before: int | None
    now: int | None
    counted: int
    of: int

    @property
    def band(self) -> str:
        return axes.band(self.now) if self.now is not None else ""


@dataclass(frozen=True)
class Priority:
    """What to do first in an axis, and what was answered."""

    question: Question
    axis: str
    answer: str
    is_solid: bool
    """Whether its axis stands at 50 or more: no tool is proposed then."""


@dataclass(frozen=True)
class Offer:
    """A tool of the catalogue that answers a question. ``stands`` is where its recommendation is, empty of none."""

    tool_id: ToolId
    name: str
    slug: str
    why: str
    stands: str
    may_recommend: bool


@dataclass(frozen=True)
class Report:
    """One or two settled diagnostics: ``before`` is None while there is only one."""

    now: Scores
    before: Scores | None = None

    @cached_property
    def lines(self) -> Sequence[Line]:
        if self.before is None:
            return [
                Line(axis, LONG[axis], None, one.score, one.answered, one.of) for axis, one in self.now.axes.items()
            ]
        moved = rules.moved(self.before.questions, self.now.questions, self.before.answers, self.now.answers)
        return [Line(axis, LONG[axis], one.before, one.now, one.compared, one.of) for axis, one in moved.items()]

    @property
    def counted(self) -> int:
        """How many questions the figures stand on."""
        return sum(one.counted for one in self.lines)

    @cached_property
    def radar(self) -> Radar:
        now = {one.axis: one.now for one in self.lines}
        return radar.draw(now, {one.axis: one.before for one in self.lines} if self.before is not None else None)

    @cached_property
    def priorities(self) -> Sequence[Priority]:
        found = rules.priorities(self.now.questions, self.now.answers)
        return [
            Priority(one, SHORT[one.axis], axes.ANSWERS[axes.sent(self.now.answers[one.key])], self._is_solid(one.axis))
            for one in found
        ]

    def _is_solid(self, axis: Axis) -> bool:
        score = self.now.axes[axis].score
        return score is not None and score >= 50

    @cached_property
    def unclear(self) -> Sequence[Question]:
        return rules.unclear(self.now.questions, self.now.answers)

    @property
    def has_scores(self) -> bool:
        return any(one.now is not None for one in self.lines)

    @cached_property
    def sentence(self) -> str:
        """What the drawing shows, in words."""
        known = {one.axis: one.now for one in self.lines if one.now is not None}
        if not known:
            if self.before is None:
                return _("Trop peu de réponses pour un score")
            return _("Trop peu de réponses communes pour comparer")
        if self.before is None:
            return _start(known)
        gains = {one.axis: one.now - one.before for one in self.lines if one.now is not None and one.before is not None}
        return _way(gains, known)


NAMED_MAX = 3
"""More axes than that at one place are counted and not named."""


def _start(known: Mapping[Axis, int]) -> str:
    highest, lowest = _at(known, max(known.values())), _at(known, min(known.values()))
    if highest == lowest:
        return _("Tout avance du même pas")
    if len(highest) > NAMED_MAX:
        return _("%(n)s axes vont du même pas, ", n=len(highest)) + _waiting(lowest)
    ahead = ngettext(
        "%(who)s est le plus avancé, ", "%(who)s sont les plus avancés, ", len(highest), who=_named(highest)
    )
    return ahead + _waiting(lowest)


def _way(gains: Mapping[Axis, int], known: Mapping[Axis, int]) -> str:
    best, lowest = _at(gains, max(gains.values())), _at(known, min(known.values()))
    if max(gains.values()) <= 0:
        return _("Rien n'a encore avancé, %(low)s d'abord", low=_named(lowest))
    ahead = ngettext("%(who)s a le plus avancé, ", "%(who)s ont le plus avancé, ", len(best), who=_named(best))
    if set(best) <= set(lowest):
        return ahead + ngettext("et reste le plus bas", "et restent les plus bas", len(best))
    return ahead + _waiting([axis for axis in lowest if axis not in best])


def _waiting(lowest: Sequence[Axis]) -> str:
    if len(lowest) > NAMED_MAX:
        return _("les %(n)s autres attendent", n=len(lowest))
    return ngettext("%(who)s attend", "%(who)s attendent", len(lowest), who=_named(lowest))


def _at(found: Mapping[Axis, int], value: int) -> list[Axis]:
    return [axis for axis, one in found.items() if one == value]


def _named(places: Sequence[Axis]) -> str:
    """« Former, Mobiliser et Gouverner »."""
    return joined([SHORT[axis] for axis in places])
