"""A rule as the lines of a page: numbered, each « et », « ou » or « sauf », with one condition or several to choose.

Lines are one level deep, whatever the rule allows: what is nested deeper is shown and can be taken out, not edited.
Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from app.audiences.rules import Condition, Group, GroupKind, Rule, canonical
from app.errors import NotFound, RuleBroken
from app.french.language import _


class Joint(StrEnum):
    """How a line changes who is chosen so far."""

    AND = "and"
    """Those of them who are also this."""
    OR = "or"
    """And those who are this, from nobody on."""
    EXCEPT = "except"
    """Without those who are this."""


@dataclass(frozen=True)
class Line:
    """One line; ``choices`` are never empty, and any of them will do."""

    joint: Joint
    choices: tuple[Rule, ...]

    @property
    def is_editable(self) -> bool:
        """Whether a page can edit each of its conditions."""
        return all(isinstance(one, Condition) for one in self.choices)


@dataclass(frozen=True)
class Lines:
    """The lines of a rule. ``from_nobody``: they add people; otherwise they leave some out of everybody."""

    lines: tuple[Line, ...]
    from_nobody: bool = False

    def rule(self) -> Rule:
        """The rule that they say. Raises RuleBroken when no line is left: nothing is never everybody."""
        if not self.lines:
            sentence = _("Il faut au moins une ligne : sans condition, une sélection ne choisit personne.")
            raise RuleBroken("rule_empty", sentence, fields={"rule": sentence})
        kept = [_either(one.choices) for one in self.lines if one.joint is not Joint.EXCEPT]
        if self.from_nobody and not kept:
            sentence = _("En partant de personne, il faut au moins une ligne qui ajoute quelqu'un.")
            raise RuleBroken("rule_empty", sentence, fields={"rule": sentence})
        if self.from_nobody and len(kept) > 1:
            kept = [Group(GroupKind.ANY, tuple(kept))]
        excluded = [choice for one in self.lines if one.joint is Joint.EXCEPT for choice in one.choices]
        none = [Group(GroupKind.NONE, tuple(excluded))] if excluded else []
        return canonical(Group(GroupKind.ALL, (*kept, *none)))

    def stored(self) -> Rule:
        """The same rule with where it starts: from nobody, « any » is outermost, else it never is."""
        rule = self.rule()
        is_any = isinstance(rule, Group) and rule.kind is GroupKind.ANY
        if is_any is self.from_nobody:
            return rule
        return Group(GroupKind.ANY if self.from_nobody else GroupKind.ALL, (rule,))

    def starting(self, *, from_nobody: bool) -> "Lines":
        """The same lines from nobody, each adding its people, or from everybody, each leaving some out.

        Not the same people: those of any line become those of every line, or the other way round. A line of several
        choices adds each by a line of its own.
        """
        if from_nobody is self.from_nobody:
            return self
        left_out = [one for one in self.lines if one.joint is Joint.EXCEPT]
        kept = [one.choices for one in self.lines if one.joint is not Joint.EXCEPT]
        if from_nobody:
            kept = [(choice,) for choices in kept for choice in choices]
        joint = Joint.OR if from_nobody else Joint.AND
        return Lines((*(Line(joint, choices) for choices in kept), *left_out), from_nobody=from_nobody)

    def until(self, count: int) -> "Lines":
        """The first ``count`` lines: what remains after each is what their rule keeps."""
        return replace(self, lines=self.lines[:count])

    def line(self, at: int) -> Line:
        """The line of this place, from 0. Raises NotFound."""
        if not 0 <= at < len(self.lines):
            raise NotFound("line_unknown", _("Cette ligne n'y est plus."))
        return self.lines[at]

    def adding(self, condition: Rule, joint: Joint, *, beside: int | None = None) -> "Lines":
        """With one line more, or one choice more on the line ``beside``."""
        if beside is None:
            if self.from_nobody and joint is Joint.AND:
                joint = Joint.OR
            added = Line(joint, (condition,))
            before = [one for one in self.lines if one.joint is not Joint.EXCEPT or joint is Joint.EXCEPT]
            after = [one for one in self.lines if one not in before]
            return replace(self, lines=(*before, added, *after))
        line = self.line(beside)
        return self._with(beside, replace(line, choices=(*line.choices, condition)))

    def gathered(self) -> "Lines":
        """The same people said from everybody: what was added, as one line of choice, before what is left out."""
        if not self.from_nobody:
            return self
        added = [one for one in self.lines if one.joint is not Joint.EXCEPT]
        choices = tuple(choice for one in added for choice in one.choices)
        left_out = [one for one in self.lines if one.joint is Joint.EXCEPT]
        return Lines((*((Line(Joint.AND, choices),) if choices else ()), *left_out))

    def replacing(self, at: int, choice: int, condition: Rule) -> "Lines":
        """With another condition in the place of one."""
        line = self.line(at)
        self._check(line, choice)
        return self._with(at, replace(line, choices=(*line.choices[:choice], condition, *line.choices[choice + 1 :])))

    def without(self, at: int, choice: int | None = None) -> "Lines":
        """Without a line, or without one of its choices."""
        line = self.line(at)
        if choice is not None:
            self._check(line, choice)
        left = () if choice is None else (*line.choices[:choice], *line.choices[choice + 1 :])
        if left:
            return self._with(at, replace(line, choices=left))
        return replace(self, lines=(*self.lines[:at], *self.lines[at + 1 :]))

    def _with(self, at: int, line: Line) -> "Lines":
        return replace(self, lines=(*self.lines[:at], line, *self.lines[at + 1 :]))

    def _check(self, line: Line, choice: int) -> None:
        if not 0 <= choice < len(line.choices):
            raise NotFound("line_unknown", _("Cette ligne n'y est plus."))


def lines_of(rule: Rule) -> Lines:
    """The lines of a rule, simplified: from nobody where its outermost group is « any », from everybody otherwise."""
    from_nobody = isinstance(rule, Group) and rule.kind is GroupKind.ANY
    rule = canonical(rule)
    inside = rule.rules if isinstance(rule, Group) and rule.kind is GroupKind.ALL else (rule,)
    left_out = [one for one in inside if _is_none(one)]
    kept = [one for one in inside if not _is_none(one)]
    if not from_nobody or not kept:
        return Lines(tuple(line for one in inside for line in _lines(one)))
    added = kept[0] if len(kept) == 1 else Group(GroupKind.ALL, tuple(kept))
    choices = added.rules if isinstance(added, Group) and added.kind is GroupKind.ANY else (added,)
    adding = [Line(Joint.OR, (one,)) for one in choices]
    return Lines((*adding, *(line for one in left_out for line in _lines(one))), from_nobody=True)


def _is_none(rule: Rule) -> bool:
    return isinstance(rule, Group) and rule.kind is GroupKind.NONE


def _lines(rule: Rule) -> Sequence[Line]:
    if isinstance(rule, Group) and rule.kind is GroupKind.NONE:
        return [Line(Joint.EXCEPT, (one,)) for one in rule.rules]
    if isinstance(rule, Group) and rule.kind is GroupKind.ANY:
        return [Line(Joint.AND, rule.rules)]
    return [Line(Joint.AND, (rule,))]


def _either(choices: tuple[Rule, ...]) -> Rule:
    return choices[0] if len(choices) == 1 else Group(GroupKind.ANY, choices)
