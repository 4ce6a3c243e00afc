"""How a feature declares what a copy of a practice space takes of its tables."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.database.ids import SpaceId
from app.database.tables import Base

Ids = dict[type[Base], dict[int, int]]
"""{table: {id in the model: id in the copy}}."""
Values = dict[str, Any]
"""One row to insert, by column."""


@dataclass(frozen=True)
class Copying:
    """A copy being written: into which space, when, and the ids its rows have been given so far."""

    space_id: SpaceId
    now: datetime
    ids: Ids = field(default_factory=dict)

    def turn(self, table: type[Base], model_id: int | None) -> int | None:
        """The id in the copy of a row of the model; None when the copy has not taken it."""
        return None if model_id is None else self.ids.get(table, {}).get(model_id)


@dataclass(frozen=True, kw_only=True)
class Copied:
    """What a copy takes of one table.

    ``rows`` says which rows of the model, ``keys`` which columns name rows of tables declared before ({column: table}):
    a row that cannot do without one that was not taken stays behind too. ``prepare`` changes what must be the copy's
    own, in all rows at once, before they are written; ``finish`` what names other rows of the same table, after.
    ``is_named``: values that are no key of the database name its rows, so that ``Copying`` must know them.
    """

    table: type[Any]
    rows: Callable[[Space], ColumnElement[bool]]
    keys: Mapping[str, type[Base]] = field(default_factory=dict)
    prepare: Callable[[Session, list[Values], Copying], None] | None = None
    finish: Callable[[Session, Copying], None] | None = None
    is_named: bool = False


def of_space(table: type[Any]) -> Callable[[Space], ColumnElement[bool]]:
    """Every row of ``table`` in the model, as it stands."""

    def rows(model: Space) -> ColumnElement[bool]:
        mine: ColumnElement[bool] = table.space_id == model.id
        return mine

    return rows
