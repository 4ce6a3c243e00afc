"""A copy of a practice space for one seat: what each feature declares that it takes, and none of the room's acts.

Every feature whose rows a practice space holds lies below this one, so that their declarations are listed here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, insert, inspect, select
from sqlalchemy.orm import Session

from app.accounts import spaces
from app.accounts.copies import Copied, Copying, Values
from app.accounts.models import Mode, Space
from app.accounts.principal import Principal
from app.audiences import copies as audiences
from app.campaigns import copies as campaigns
from app.consent import copies as consent
from app.contacts import copies as contacts
from app.events import copies as events
from app.messaging import copies as messaging
from app.settings import Settings
from app.signup import copies as sign_up
from app.workshops.models import Workshop

COPIED: Sequence[Copied] = (
    *contacts.COPIED,
    *consent.COPIED,
    *audiences.COPIED,
    *messaging.COPIED,
    *events.COPIED,
    *campaigns.COPIED,
    *sign_up.COPIED,
)
"""Tables in the order in which their rows name each other: a copy is read and written from first to last."""
_NAMED = frozenset(table for one in COPIED for table in (*one.keys.values(), *((one.table,) if one.is_named else ())))
"""Tables whose new ids others need."""
_SETTINGS = ("contact_name", "contact_phone", "zone", "hours_hold", "rate_per_s")


@dataclass(frozen=True)
class Taken:
    """The rows of a model, read and not yet written anywhere: {column: value} for each, table by table."""

    model_id: int
    found: Sequence[Sequence[Values]]


def take_model(session: Session, workshop: Workshop) -> Taken | None:
    """The rows of a copy to come; None while there is nothing to copy.

    For whoever reads them in a snapshot, before the writer's turn: one moment of a space where others are at work.
    """
    model = session.get(Space, workshop.model_space_id) if workshop.model_space_id else None
    return None if model is None else _take(session, model)


def copy_space(
    session: Session,
    model: Space,
    rows: Taken | None,
    *,
    name: str,
    settings: Settings,
    by: Principal,
    now: datetime,
) -> Space:
    """A new practice space with the ``rows`` of ``model``, in an account of its own at the simulator.

    Without rows, or with those of a model that has been replaced since, they are read here.
    """
    if rows is None or rows.model_id != model.id:
        rows = _take(session, model)
    copy = spaces.make(
        session,
        name=name,
        mode=Mode.PRACTICE,
        settings=settings,
        by=by,
        now=now,
        sender=model.sender,
        two_way=model.two_way,
    )
    for column in _SETTINGS:
        setattr(copy, column, getattr(model, column))
    copying = Copying(copy.id, now)
    for copied, found in zip(COPIED, rows.found, strict=True):
        _write(session, copied, found, copying)
    return copy


def _take(session: Session, model: Space) -> Taken:
    return Taken(model.id, [_read(session, one, model) for one in COPIED])


def _read(session: Session, copied: Copied, model: Space) -> list[Values]:
    """Plain rows: making an object of each took longer than all the rest of a copy."""
    table = inspect(copied.table).local_table
    found = session.execute(select(*table.c).where(copied.rows(model)).order_by(*table.primary_key))
    return [dict(row._mapping) for row in found]


def _write(session: Session, copied: Copied, rows: Sequence[Values], copying: Copying) -> None:
    table = cast(Table, copied.table.__table__)
    kept = [(row.get("id", 0), values) for row in rows if (values := _turned(table, copied, row, copying)) is not None]
    new = [values for _id, values in kept]
    if not new:
        return
    if copied.prepare is not None:
        copied.prepare(session, new, copying)
    if copied.table not in _NAMED:
        session.execute(insert(table), new)
        return
    ids: Any = session.scalars(insert(table).returning(table.c.id, sort_by_parameter_order=True), new)
    copying.ids[copied.table] = dict(zip((model_id for model_id, _values in kept), ids, strict=True))
    if copied.finish is not None:
        copied.finish(session, copying)


def _turned(table: Table, copied: Copied, row: Values, copying: Copying) -> Values | None:
    """The row with its keys led to the copy; None when it needs one that was not taken."""
    values = {name: value for name, value in row.items() if name != "id"}
    if "space_id" in values:
        values["space_id"] = copying.space_id
    for column, named in copied.keys.items():
        values[column] = copying.turn(named, row[column])
        if values[column] is None and not table.c[column].nullable:
            return None
    return values
