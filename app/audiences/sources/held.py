"""Where the database holds a field: in a contact's own row, or in rows of another table that name the contact."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.sql.elements import SQLColumnExpression

from app.contacts.models import Contact

Column = SQLColumnExpression[Any]


@dataclass(frozen=True)
class Own:
    """A column of ``contacts``, or an expression over its columns."""

    column: Column

    def any(self, condition: ColumnElement[bool]) -> ColumnElement[bool]:
        """Whether the contact's row meets a condition."""
        return condition

    def ids(self, _condition: ColumnElement[bool]) -> Select[int] | None:
        """None: reading contacts by it is reading contacts."""
        return None


@dataclass(frozen=True)
class Beside:
    """A column of another table: ``contact_id`` is there the contact's, ``scope`` what else its rows must be."""

    column: Column
    contact_id: Column
    scope: Callable[[], tuple[ColumnElement[bool], ...]] = tuple

    def any(self, condition: ColumnElement[bool]) -> ColumnElement[bool]:
        """Whether one of the contact's rows there meets a condition."""
        found = select(1).where(self.contact_id == Contact.id, *self.scope(), condition)
        return found.correlate(Contact).exists()

    def ids(self, condition: ColumnElement[bool]) -> Select[int]:
        """The contacts of the rows that meet it."""
        return select(self.contact_id).where(*self.scope(), condition)


Held = Own | Beside
