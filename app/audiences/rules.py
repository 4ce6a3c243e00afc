"""A segment's rule as a tree: groups and conditions, read, bounded, simplified and written. Pure.

As JSON a rule is ``{"all": [rules]}``, ``{"any": [rules]}``, ``{"none": [rules]}`` or one condition
``{"field": …, "is": …, "value": …}``. What a field, an operator and a value may be is asked of whoever reads
conditions (``fields.Fields``): here is the shape alone.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from app.errors import RuleBroken
from app.french.language import _

MAX_DEPTH = 8
"""Groups within groups, the outermost counted; a condition adds none."""
MAX_CONDITIONS = 200
_MAX_FAULTS = 20
"""Told at most: whoever has more begins with these."""


class GroupKind(StrEnum):
    """How a group's rules go together: every one, at least one, not a single one."""

    ALL = "all"
    ANY = "any"
    NONE = "none"


@dataclass(frozen=True)
class Near:
    """A disc on the map: ``km`` kilometres at most as the crow flies around the postcode ``of``."""

    of: str
    km: int


Value = str | int | float | date | Near | tuple[str | int | float, ...] | None
"""What a condition compares with. None where the operator takes no value; a tuple for « between » (low, high) and
for a choice of several, sorted and without twins; ids of lists, tags and segments, never their names."""


@dataclass(frozen=True)
class Condition:
    """One line: ``field`` is a name of ``fields.Fields``, ``operator`` one of the field's type."""

    field: str
    operator: str
    value: Value = None


@dataclass(frozen=True)
class Group:
    """Several rules and how they go together; never empty."""

    kind: GroupKind
    rules: tuple["Rule", ...]


Rule = Group | Condition


class Fault(Exception):
    """A condition that cannot be: ``part`` is ``field``, ``is`` or ``value``, ``sentence`` says how to mend it."""

    def __init__(self, part: str, sentence: str) -> None:
        super().__init__(sentence)
        self.part = part
        self.sentence = sentence


ReadCondition = Callable[[Mapping[str, Any]], Condition]
"""From ``{"field", "is", "value"}`` to a condition. Raises Fault."""


def parse(data: object, read: ReadCondition) -> Rule:
    """The tree of a rule as JSON holds it.

    Raises RuleBroken with a sentence by place, ``{"rule.all.1.value": …}``: twenty places at most.
    """
    parsing = _Parsing(read)
    found = parsing.rule(data, "rule", depth=1)
    if found is None or parsing.faults:
        raise RuleBroken("rule_wrong", next(iter(parsing.faults.values())), fields=parsing.faults)
    return found


class _Misplaced(Exception):
    def __init__(self, place: str, sentence: str) -> None:
        super().__init__(sentence)
        self.place = place
        self.sentence = sentence


class _Parsing:
    """One reading: what was wrong so far, by place, and how many conditions there were."""

    def __init__(self, read: ReadCondition) -> None:
        self._read = read
        self._conditions = 0
        self.faults: dict[str, str] = {}

    def rule(self, data: object, place: str, *, depth: int) -> Rule | None:
        """What stands at ``place``; None after a fault, which is kept."""
        try:
            return self._rule(data, place, depth=depth)
        except _Misplaced as fault:
            self.faults.setdefault(fault.place, fault.sentence)
            return None

    def _rule(self, data: object, place: str, *, depth: int) -> Rule:
        if not isinstance(data, Mapping):
            raise _Misplaced(place, _("Écrivez une condition ou un groupe de conditions."))
        kinds = [kind for kind in GroupKind if kind.value in data]
        if not kinds:
            return self._condition(data, place)
        if len(data) > 1:
            raise _Misplaced(place, _("Un groupe ne porte qu'un mot : « all », « any » ou « none »."))
        return self._group(kinds[0], data[kinds[0].value], f"{place}.{kinds[0].value}", depth=depth)

    def _group(self, kind: GroupKind, inside: object, place: str, *, depth: int) -> Rule:
        if not isinstance(inside, list | tuple):
            raise _Misplaced(place, _("Un groupe contient une liste de conditions."))
        if not inside:
            raise _Misplaced(place, _("Ce groupe est vide : ajoutez-lui une condition ou retirez-le."))
        if depth > MAX_DEPTH:
            raise _Misplaced(place, _("Trop de groupes les uns dans les autres : %(n)s au plus.", n=MAX_DEPTH))
        found: list[Rule] = []
        for index, one in enumerate(inside):
            if self._conditions >= MAX_CONDITIONS:
                raise _Misplaced(place, _("Trop de conditions : %(n)s au plus en tout.", n=MAX_CONDITIONS))
            if len(self.faults) >= _MAX_FAULTS:
                break
            read = self.rule(one, f"{place}.{index}", depth=depth + 1)
            found += [read] if read is not None else []
        return Group(kind, tuple(found))

    def _condition(self, data: Mapping[str, Any], place: str) -> Condition:
        self._conditions += 1
        for part in data.keys() - {"field", "is", "value"}:
            raise _Misplaced(place, _("« %(name)s » n'a pas sa place dans une condition.", name=str(part)[:40]))
        try:
            return self._read(data)
        except Fault as fault:
            raise _Misplaced(f"{place}.{fault.part}", fault.sentence) from None


def walk(rule: Rule) -> Iterator[Condition]:
    """Its conditions, in the order they are read."""
    if isinstance(rule, Condition):
        yield rule
        return
    for one in rule.rules:
        yield from walk(one)


SEGMENTS = "segments"
"""The field by which a rule names other rules of the space, by their ids."""


def expand(rule: Rule, segments: Mapping[int, Rule]) -> Rule:
    """The rule with the segments that it names written out, theirs too.

    Segments that name one another in a circle never get here: they are refused, and to be mended.
    """
    if isinstance(rule, Group):
        return Group(rule.kind, tuple(expand(one, segments) for one in rule.rules))
    if rule.field != SEGMENTS:
        return rule
    kind = GroupKind.NONE if rule.operator == "has_not" else GroupKind.ANY
    return Group(kind, tuple(expand(segments[one], segments) for one in named_segments(rule)))


def named_segments(rule: Rule) -> list[int]:
    """The ids of the segments that it names itself, in the order they are read."""
    named = (one.value for one in walk(rule) if one.field == SEGMENTS)
    ids = (one for values in named if isinstance(values, tuple) for one in values)
    return list(dict.fromkeys(one for one in ids if isinstance(one, int)))


def replace_value(rule: Rule, field: str, old: int, new: str) -> Rule:
    """The rule with ``new`` where conditions of this field held ``old`` among their choices."""
    if isinstance(rule, Group):
        return Group(rule.kind, tuple(replace_value(one, field, old, new) for one in rule.rules))
    if rule.field != field or not isinstance(rule.value, tuple):
        return rule
    return Condition(rule.field, rule.operator, tuple(new if one == old else one for one in rule.value))


def canonical(rule: Rule) -> Rule:
    """The simplest rule that keeps the same people: order kept, twins dropped, no group that says nothing.

    « all » in « all » and « any » in « any » are one group, as is « any » in « none »; the « none » of an « all »
    are one, at its end; a group of one is what it holds.
    """
    if isinstance(rule, Condition):
        return rule
    inside: list[Rule] = []
    for one in map(canonical, rule.rules):
        inside += one.rules if isinstance(one, Group) and one.kind is _FLAT[rule.kind] else (one,)
    if rule.kind is GroupKind.ALL:
        inside = _one_exception(inside)
    unique = tuple(dict.fromkeys(inside))
    if len(unique) > 1:
        return Group(rule.kind, unique)
    only = unique[0]
    if rule.kind is not GroupKind.NONE:
        return only
    if isinstance(only, Group) and only.kind is GroupKind.NONE:  # nobody that is none of them: any of them
        return canonical(Group(GroupKind.ANY, only.rules))
    return Group(rule.kind, unique)


_FLAT = {GroupKind.ALL: GroupKind.ALL, GroupKind.ANY: GroupKind.ANY, GroupKind.NONE: GroupKind.ANY}
"""Which groups melt into the one around them."""


def _one_exception(rules: list[Rule]) -> list[Rule]:
    exceptions = [one for one in rules if isinstance(one, Group) and one.kind is GroupKind.NONE]
    if not exceptions:
        return rules
    rest = [one for one in rules if one not in exceptions]
    if len(exceptions) == 1:
        return [*rest, exceptions[0]]
    excluded = dict.fromkeys(one for exception in exceptions for one in exception.rules)
    return [*rest, Group(GroupKind.NONE, tuple(excluded))]


def to_json(rule: Rule) -> dict[str, Any]:
    """The rule as it is stored and as programs read it."""
    if isinstance(rule, Group):
        return {rule.kind.value: [to_json(one) for one in rule.rules]}
    found: dict[str, Any] = {"field": rule.field, "is": rule.operator}
    if rule.value is not None:
        found["value"] = _plain(rule.value)
    return found


def _plain(value: Value) -> Any:
    if isinstance(value, Near):
        return {"of": value.of, "km": value.km}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value) if len(value) > 1 else value[0]
    return value
