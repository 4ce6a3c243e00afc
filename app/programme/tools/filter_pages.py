"""The filters of the catalogue as its page shows them: each word with its count, and the way without it."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from app.french.language import _
from app.programme.tools import rules
from app.programme.tools.rules import Choice, Traits
from app.programme.tools.schemas import FILTERS, arguments


@dataclass(frozen=True)
class Option:
    """One word of a filter: how many tools it would show, and whether it is chosen."""

    word: str
    label: str
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class Group:
    """The words of one kind, under ``name`` in the address."""

    name: str
    legend: str
    options: list[Option]


@dataclass(frozen=True)
class Filters:
    """What is chosen among the tools that are offered."""

    choice: Choice
    tools: Sequence[Traits]

    @property
    def groups(self) -> list[Group]:
        """Every filter, with the count of each word beside the others that are chosen."""
        return [
            Group(
                name,
                legend,
                [
                    Option(
                        one.value,
                        label,
                        rules.count(self.tools, self.choice, kind, one),
                        one in getattr(self.choice, kind),
                    )
                    for one, label in known.items()
                ],
            )
            for kind, (name, legend, known) in FILTERS.items()
        ]

    @property
    def is_any(self) -> bool:
        """Whether something is chosen."""
        return bool(self.choice.kinds)

    @property
    def words(self) -> str:
        """« pour former ou mobiliser, licence : libre »: what follows the count of tools. Empty for no filter."""
        return ", ".join(self._said(kind) for kind in self.choice.kinds)

    @property
    def purpose(self) -> str:
        """« pour former ou mobiliser »; empty where no purpose is chosen."""
        return self._said("purposes") if self.choice.purposes else ""

    @property
    def ways_out(self) -> list[tuple[str, str, int]]:
        """Where nothing is found, a link a filter to take off: (what it says, address, how many tools it shows)."""
        return [
            (self._said(kind), url_for("tools.browse", **arguments(self.choice.without(kind))), count)
            for kind, count in rules.helped_by(self.tools, self.choice)
        ]

    def _said(self, kind: str) -> str:
        _name, legend, known = FILTERS[kind]
        *first, last = [label.lower() for one, label in known.items() if one in getattr(self.choice, kind)]
        words = _("%(first)s ou %(last)s", first=", ".join(first), last=last) if first else last
        if kind == "purposes":
            return _("pour %(words)s", words=words)
        return _("%(legend)s : %(words)s", legend=legend.lower(), words=words)
