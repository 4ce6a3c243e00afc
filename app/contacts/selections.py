"""The saved rules of a space, for the pages of contacts: rules are made in a room above.

Assembly hands ``Selections`` to the database, whose sessions carry it (``Database.handed``); without it there are none.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, false
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.database.ids import SegmentId


@dataclass(frozen=True)
class Selections:
    """``named``: {id: name} of the space's saved rules that are whole. ``keeps``: whom the rule of an id keeps at an
    instant, one condition on ``Contact``; raises NotFound, or RuleBroken for one to be mended."""

    named: Callable[[Session, Space], Mapping[int, str]]
    keeps: Callable[[Session, Space, SegmentId, datetime], ColumnElement[bool]]


def selections_of(session: Session) -> Selections:
    """What the session's database was handed."""
    found = session.info.get(Selections)
    return found if isinstance(found, Selections) else _NONE


_NONE = Selections(named=lambda _session, _space: {}, keeps=lambda _session, _space, _id, _now: false())
