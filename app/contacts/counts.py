"""How many, as far as a page counts."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import CompoundSelect, ScalarSelect, Select, func, select
from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Count:
    """So many; ``is_more``: at least, and nobody counted further."""

    number: int
    is_more: bool = False

    def at_least(self, seen: int) -> "Count":
        """The same, when ``seen`` of them are on the page."""
        return Count(max(self.number, seen), self.is_more)


def bounded(session: Session, rows: Select[Any] | CompoundSelect[Any], most: int) -> Count:
    """How many rows, read no further than ``most`` and one."""
    return counted_to(session.scalar(select(counting(rows, most))) or 0, most)


def counting(rows: Select[Any] | CompoundSelect[Any], most: int) -> ScalarSelect[int]:
    """The same as a column of another query."""
    return select(func.count()).select_from(rows.limit(most + 1).subquery()).scalar_subquery()


def counted_to(found: int, most: int) -> Count:
    """What was found by ``counting``."""
    return Count(min(found, most), is_more=found > most)
