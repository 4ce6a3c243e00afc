"""How fields of each type compare, for the database and in memory. Both say yes or no of anybody, never « unknown ».

Text is compared folded, in the form that we stored; ``%`` and ``_`` are letters like others.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Float, Select, and_, false, literal, not_

from app.audiences.fields import Ask, Context
from app.audiences.sources.held import Column, Held
from app.contacts.naming import fold

_SIGNS = re.compile(r"[0-9]*[%_]+[0-9]*")
"""What folding would lose of « 50% » and « taille_2 »: looked for as it is written."""
_NEGATIVE = "not_"


class Plain(ABC):
    """A field with one value or none: a subclass says what its positive operators ask of a value that is known.

    « Not » something is everybody else, those of whom nothing is known too.
    """

    held: Held

    def known(self) -> ColumnElement[bool]:
        """That the row holds a value."""
        return self.held.column.is_not(None)

    def is_known(self, fact: Any) -> bool:
        """The same in memory."""
        return fact is not None

    @abstractmethod
    def asks(self, ask: Ask) -> ColumnElement[bool]:
        """What a positive operator asks of a value."""

    @abstractmethod
    def meets(self, fact: Any, ask: Ask) -> bool:
        """The same in memory."""

    def sql(self, ask: Ask) -> ColumnElement[bool]:
        if ask.operator == "unknown":
            return not_(self.held.any(self.known()))
        if ask.operator.startswith(_NEGATIVE):
            return not_(self.sql(_positive(ask)))
        return self.held.any(self._row(ask))

    def ids(self, ask: Ask) -> Select[int] | None:
        is_negative = ask.operator == "unknown" or ask.operator.startswith(_NEGATIVE)
        return None if is_negative else self.held.ids(self._row(ask))

    def holds(self, fact: Any, ask: Ask) -> bool:
        if ask.operator.startswith(_NEGATIVE):
            return not self.holds(fact, _positive(ask))
        if ask.operator in ("known", "unknown"):
            return self.is_known(fact) is (ask.operator == "known")
        return self.is_known(fact) and self.meets(fact, ask)

    def _row(self, ask: Ask) -> ColumnElement[bool]:
        return self.known() if ask.operator == "known" else and_(self.known(), self.asks(ask))


def _positive(ask: Ask) -> Ask:
    return replace(ask, operator=ask.operator.removeprefix(_NEGATIVE))


def lowered(text: str) -> str:
    """Lower case for A to Z alone, as ``AsciiLower`` does in both databases: e-mail addresses, codes."""
    return text.translate(_LOWER)


_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


@dataclass(frozen=True)
class TextIn(Plain):
    """Words. ``held`` is the folded form, ``raw`` what was typed, « » where unknown; ``folded`` folds as was stored."""

    held: Held
    raw: Column
    folded: Callable[[str], str] = fold
    of_digits: Column | None = None
    """The same without what costs time and changes no digit, for a value of digits alone."""

    def known(self) -> ColumnElement[bool]:
        return self.raw != ""

    def is_known(self, fact: str) -> bool:
        return bool(fact)

    def asks(self, ask: Ask) -> ColumnElement[bool]:
        key, signs, column = self.folded(ask.value), self._signs(ask.value), self.held.column
        if self.of_digits is not None and key.isdigit():
            column = self.of_digits
        if not key and not signs:
            return false()  # signs that nobody folds into anything
        compared = {
            "equals": lambda: column == key,
            "contains": lambda: column.contains(key, autoescape=True),
            "starts_with": lambda: column.startswith(key, autoescape=True),
        }[ask.operator]()
        return and_(compared, *(self.raw.contains(one, autoescape=True) for one in signs))

    def meets(self, fact: str, ask: Ask) -> bool:
        key, signs, text = self.folded(ask.value), self._signs(ask.value), self.folded(fact)
        if not (key or signs) or not all(one in fact for one in signs):
            return False
        return {"equals": text == key, "contains": key in text, "starts_with": text.startswith(key)}[ask.operator]

    def _signs(self, typed: str) -> list[str]:
        return _SIGNS.findall(typed) if self.folded is fold else []


@dataclass(frozen=True)
class NumberIn(Plain):
    """A number, None where unknown. « Under » and « over » leave it out, « between » has both ends in."""

    held: Held

    def asks(self, ask: Ask) -> ColumnElement[bool]:
        if ask.operator == "between":
            low, high = ask.value
            return and_(self._compared(">=", low), self._compared("<=", high))
        return self._compared({"equals": "=", "under": "<", "over": ">"}[ask.operator], ask.value)

    def _compared(self, sign: str, value: float) -> ColumnElement[bool]:
        # a column of whole numbers would have PostgreSQL round what it is compared with
        return self.held.column.op(sign, is_comparison=True)(
            literal(value, Float) if isinstance(value, float) else value
        )

    def meets(self, fact: float, ask: Ask) -> bool:
        if ask.operator == "between":
            low, high = ask.value
            return bool(low <= fact <= high)
        return bool({"equals": fact == ask.value, "under": fact < ask.value, "over": fact > ask.value}[ask.operator])


@dataclass(frozen=True)
class DayIn(Plain):
    """A day, or an instant read as the civil day of the space's zone; None where unknown, or never.

    « Within N days » counts whole civil days back from today, today in; what is to come is not within.
    """

    held: Held
    is_instant: bool = True

    def asks(self, ask: Ask) -> ColumnElement[bool]:
        column, one_day = self.held.column, timedelta(days=1)
        if ask.operator == "before":
            return column < self._start(ask.value, ask.context)
        if ask.operator == "after":
            return column >= self._start(ask.value + one_day, ask.context)
        today = ask.context.today
        first, end = today - timedelta(days=ask.value), today + one_day
        return and_(column >= self._start(first, ask.context), column < self._start(end, ask.context))

    def _start(self, day: date, context: Context) -> date:
        return datetime.combine(day, time(), context.zone) if self.is_instant else day

    def meets(self, fact: date, ask: Ask) -> bool:
        day = fact.astimezone(ask.context.zone).date() if isinstance(fact, datetime) else fact
        if ask.operator == "within_days":
            return timedelta(0) <= ask.context.today - day <= timedelta(days=ask.value)
        return bool(day < ask.value if ask.operator == "before" else day > ask.value)


@dataclass(frozen=True)
class ChoiceIn(Plain):
    """One of a closed list, « » or None where unknown."""

    held: Held

    def known(self) -> ColumnElement[bool]:
        return and_(self.held.column.is_not(None), self.held.column != "")

    def is_known(self, fact: str | None) -> bool:
        return bool(fact)

    def asks(self, ask: Ask) -> ColumnElement[bool]:
        return self.held.column == ask.value if ask.operator == "equals" else self.held.column.in_(ask.value)

    def meets(self, fact: str, ask: Ask) -> bool:
        return bool(fact == ask.value if ask.operator == "equals" else fact in ask.value)


@dataclass(frozen=True)
class YesNoIn(Plain):
    """Yes, no, or None where unknown."""

    held: Held

    def asks(self, ask: Ask) -> ColumnElement[bool]:
        return self.held.column.is_(ask.operator == "true")

    def meets(self, fact: bool, ask: Ask) -> bool:
        return fact is (ask.operator == "true")


class Several(ABC):
    """Any number of a closed list: a subclass says how to ask for one of some, and for any at all.

    « Has » several is having one of them at least; « has not » is having none, those of whom nothing is known too.
    """

    @abstractmethod
    def one_of(self, ask: Ask) -> ColumnElement[bool]:
        """Having one of the values."""

    @abstractmethod
    def some(self, ask: Ask) -> ColumnElement[bool]:
        """Having any."""

    def sql(self, ask: Ask) -> ColumnElement[bool]:
        found = self.some(ask) if ask.operator in ("known", "unknown") else self.one_of(ask)
        return found if ask.operator in ("has", "known") else not_(found)

    def ids(self, _ask: Ask) -> Select[int] | None:
        return None

    def holds(self, fact: frozenset[str | int], ask: Ask) -> bool:
        found = bool(fact) if ask.operator in ("known", "unknown") else not fact.isdisjoint(ask.value)
        return found is (ask.operator in ("has", "known"))


@dataclass(frozen=True)
class SeveralIn(Several):
    """One row beside the contact for each value."""

    held: Held

    def one_of(self, ask: Ask) -> ColumnElement[bool]:
        return self.held.any(self.held.column.in_(ask.value))

    def some(self, _ask: Ask) -> ColumnElement[bool]:
        return self.held.any(self.held.column.is_not(None))

    def ids(self, ask: Ask) -> Select[int] | None:
        if ask.operator == "has":
            return self.held.ids(self.held.column.in_(ask.value))
        return self.held.ids(self.held.column.is_not(None)) if ask.operator == "known" else None
