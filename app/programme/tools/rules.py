"""Filtering, comparing and doubting what is known of tools. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from app.programme.tools.words import Effort, Hosting, Licence, Price, Purpose

COMPARED_MAX = 3
"""Tools side by side."""
FRESH_DAYS = 365
"""For how long a fact that was read is taken as it is."""


@dataclass(frozen=True)
class Traits:
    """What filters read of one tool."""

    purposes: frozenset[Purpose]
    licence: Licence
    price: Price
    hosting: Hosting
    effort: Effort


@dataclass(frozen=True)
class Choice:
    """The filters of the catalogue: several words of one kind widen, several kinds narrow; none of a kind is any."""

    purposes: frozenset[Purpose] = frozenset()
    licences: frozenset[Licence] = frozenset()
    prices: frozenset[Price] = frozenset()
    hostings: frozenset[Hosting] = frozenset()
    efforts: frozenset[Effort] = frozenset()

    def without(self, kind: str) -> "Choice":
        """The same with nothing chosen of this kind."""
        return self._with(kind, frozenset())

    def with_only(self, kind: str, word: object) -> "Choice":
        """The same with this word alone of its kind."""
        return self._with(kind, frozenset({word}))

    def _with(self, kind: str, words: frozenset[Any]) -> "Choice":
        changed: dict[str, Any] = {kind: words}
        return replace(self, **changed)

    @property
    def kinds(self) -> list[str]:
        """The kinds that something is chosen of."""
        return [one.name for one in fields(self) if getattr(self, one.name)]


def fits(tool: Traits, choice: Choice) -> bool:
    """Whether a tool passes every filter. One that runs where one likes passes for either place."""
    runs = {tool.hosting} if tool.hosting is not Hosting.BOTH else set(Hosting)
    return (
        (not choice.purposes or bool(tool.purposes & choice.purposes))
        and (not choice.licences or tool.licence in choice.licences)
        and (not choice.prices or tool.price in choice.prices)
        and (not choice.hostings or bool(runs & choice.hostings))
        and (not choice.efforts or tool.effort in choice.efforts)
    )


def count(tools: Iterable[Traits], choice: Choice, kind: str, word: object) -> int:
    """How many tools one would see with this word alone of its kind, the other kinds as they are chosen."""
    asked = choice.with_only(kind, word)
    return sum(fits(one, asked) for one in tools)


def helped_by(tools: Sequence[Traits], choice: Choice) -> list[tuple[str, int]]:
    """Which kinds of filter to take off when nothing is found: (kind, how many tools one would see), the most first."""
    found = [(kind, sum(fits(one, choice.without(kind)) for one in tools)) for kind in choice.kinds]
    return sorted((row for row in found if row[1]), key=lambda row: -row[1])


def is_stale(read_on: date, *, today: date) -> bool:
    """Whether a fact was read more than a year ago."""
    return (today - read_on).days > FRESH_DAYS


def parted(rows: Mapping[str, Sequence[str]]) -> tuple[dict[str, str], dict[str, Sequence[str]]]:
    """{criterion: what each tool has} as what all have alike, {criterion: word}, and what differs."""
    alike = {name: words[0] for name, words in rows.items() if len(set(words)) == 1}
    return alike, {name: words for name, words in rows.items() if name not in alike}
