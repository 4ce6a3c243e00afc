"""What a rule may speak of: one entry a field, read by the form, the sentence, the SQL and the oracle alike.

A room declares its entries (its name, type, how it compares) and assembly hands them down; ``Fields`` are those of one
space, its custom fields among them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select

from app.audiences import operators as every_operator
from app.audiences import rules
from app.audiences.operators import FieldType, Operator, Takes
from app.audiences.rules import Condition, Fault, Near, Rule, Value
from app.audiences.values import MAX_NUMBER, Choice, Limits, quoted, read_value
from app.contacts.naming import fold, twin_key
from app.database.ids import SpaceId
from app.errors import RuleBroken
from app.french.language import _


class Question(StrEnum):
    """By which question the page offers a field."""

    WHO = "who"
    WHERE = "where"
    DID = "did"
    SAID = "said"


QUESTION_WORDS = {
    Question.WHO: _("qui ils sont"),
    Question.WHERE: _("où ils sont"),
    Question.DID: _("ce qu'ils ont fait"),
    Question.SAID: _("ce qu'ils ont dit"),
}


@dataclass(frozen=True)
class Context:
    """When and where a rule is asked. ``segments`` are the space's own rules by id, for the rules that name them."""

    space_id: SpaceId
    zone: ZoneInfo
    now: datetime
    segments: Mapping[int, Rule] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The civil day in the space's zone."""
        return self.now.astimezone(self.zone).date()


@dataclass(frozen=True)
class Ask:
    """What one condition asks of its field."""

    operator: str
    value: Any
    context: Context


class Comparing(Protocol):
    """How a field compares, twice: for the database and in memory. Both always say yes or no, never unknown."""

    def sql(self, ask: Ask, /) -> ColumnElement[bool]:
        """A condition on the row of ``Contact``."""

    def ids(self, ask: Ask, /) -> Select[int] | None:
        """The contacts it keeps, read from another table than theirs; None where that is not how it is kept."""

    def holds(self, fact: Any, ask: Ask, /) -> bool:
        """The same of what is known of one person: ``fact`` is what ``evaluating.Person`` holds of the field."""


@dataclass(frozen=True)
class SegmentField:
    """One thing that a rule may speak of.

    ``name`` is how rules hold it, ``label`` how people read it in a sentence (« code postal »), without article nor
    capital. ``phrases`` say an operator in a sentence of their own, « de moins de %(value)s ans »; the others are said
    by the label and the operator; « fact » and « no_fact » tell what is known of one person (``facts``). ``unknown``
    ends « … ou » for those of whom nothing is known.
    """

    name: str
    label: str
    question: Question
    type: FieldType
    comparing: Comparing
    alias: str = ""
    """How programs write it where rules hold an id: « custom.permis » for « custom.#12 »."""
    choices: tuple[Choice, ...] = ()
    shows_labels: bool = False
    """Whether programs read a choice by its label rather than its code, as they do the names of ids."""
    min: float = -MAX_NUMBER
    max: float = MAX_NUMBER
    only: tuple[str, ...] = ()
    """The operators it has of its type's; none: every one."""
    unit: str = ""
    """« ans », « fois »; none for a bare number."""
    unknown: str = _("n'est pas renseigné")
    phrases: Mapping[str, str] = field(default_factory=dict)
    find_place: Callable[[str], str | None] = lambda _typed: None
    """The postcode of a place, by its code or the name of its town."""

    @property
    def public_name(self) -> str:
        """Its name for programs."""
        return self.alias or self.name

    @property
    def operators(self) -> tuple[Operator, ...]:
        """What may be asked of it."""
        return tuple(one for one in every_operator.OPERATORS[self.type] if not self.only or one.name in self.only)

    def operator(self, name: str) -> Operator | None:
        """The one of that name, if it has it."""
        return next((one for one in self.operators if one.name == name), None)

    @cached_property
    def limits(self) -> Limits:
        """What a value beside it may be."""
        by_value = {one.value: one for one in self.choices}
        by_key = {fold(one.label) or twin_key(one.label): one for one in reversed(self.choices)}
        ids = {fold(str(one.value)): one for one in self.choices}

        def find_choice(typed: str) -> Choice | None:
            return by_key.get(fold(typed) or twin_key(typed)) or ids.get(fold(typed))

        return Limits(self.min, self.max, by_value, find_choice, self.find_place)


class Fields(Mapping[str, SegmentField]):
    """The fields of one space, by the name that rules hold, in the order of the page."""

    def __init__(self, entries: Iterable[SegmentField]) -> None:
        self._by_name = {one.name: one for one in entries}
        self._by_alias = {_alias_key(one.alias): one for one in self._by_name.values() if one.alias}

    def __getitem__(self, name: str) -> SegmentField:
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)

    def find(self, name: str) -> SegmentField | None:
        """The field of that name, as rules or as programs write it."""
        return self._by_name.get(name) or self._by_alias.get(_alias_key(name))

    def read(self, data: Mapping[str, Any]) -> Condition:
        """A condition as people, programs or the database give it, its names turned to ids. Raises Fault."""
        name, operator_name = data.get("field"), data.get("is")
        field = self.find(name) if isinstance(name, str) else None
        if field is None:
            raise Fault("field", _("« %(name)s » n'est pas un champ que nous connaissons.", name=quoted(name)))
        operator = field.operator(operator_name) if isinstance(operator_name, str) else None
        if operator is None:
            known = ", ".join(f"« {one.name} »" for one in field.operators)
            raise Fault("is", _("Choisissez l'une de ces comparaisons : %(known)s.", known=known))
        return Condition(field.name, operator.name, read_value(operator.takes, data.get("value"), field.limits))

    def parse(self, data: object) -> Rule:
        """The tree of a rule as JSON holds it. Raises RuleBroken with a sentence by place."""
        return rules.parse(data, self.read)

    def load(self, data: object) -> Rule:
        """The tree of a rule that was stored, even where a piece of it has gone since: see ``holes``."""
        return rules.parse(data, self._load)

    def holes(self, rule: Rule) -> dict[str, str]:
        """What is missing from a stored rule: a sentence by place; none while it is whole.

        A rule with a hole chooses nobody, whatever the rest of it says.
        """
        try:
            self.parse(rules.to_json(rule))
        except RuleBroken as refusal:
            return refusal.fields
        return {}

    def show(self, rule: Rule) -> dict[str, Any]:
        """The rule as programs read it: names where the database holds ids, but of what is gone."""
        if isinstance(rule, rules.Group):
            return {rule.kind.value: [self.show(one) for one in rule.rules]}
        shown = rules.to_json(rule)
        field = self.get(rule.field)
        if field is None:
            return shown
        shown["field"] = field.public_name
        operator = field.operator(rule.operator)
        if operator is not None and operator.takes in (Takes.CHOICE, Takes.CHOICES):
            shown["value"] = _named(field, shown.get("value"))
        return shown

    def _load(self, data: Mapping[str, Any]) -> Condition:
        try:
            return self.read(data)
        except Fault:
            return Condition(str(data.get("field")), str(data.get("is")), _kept(data.get("value")))


def _kept(value: Any) -> Value:
    """A value of which nobody knows any more what it was, so that it is written again as it stood."""
    if isinstance(value, dict):
        return Near(str(value.get("of")), value["km"] if isinstance(value.get("km"), int) else 0)
    if value is None:
        return None
    values = value if isinstance(value, list) else [value]
    return tuple(one for one in values if isinstance(one, str | int | float))


def _named(field: SegmentField, value: Any) -> Any:
    if isinstance(value, list):
        return [_named(field, one) for one in value]
    choice = field.limits.choices.get(value)
    return choice.label if choice is not None and (isinstance(value, int) or field.shows_labels) else value


def _alias_key(name: str) -> str:
    room, dot, rest = name.partition(".")
    return f"{room}.{fold(rest) or twin_key(rest)}" if dot else name
