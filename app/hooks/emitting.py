"""Writing down what happened for those who want to hear of it: called by the rooms above, in their own transaction."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, insert, select
from sqlalchemy.orm import Session

from app.accounts import secrets
from app.accounts.models import Mode, Space
from app.database.functions import among_ids
from app.database.ids import SpaceId
from app.hooks.events import Kind
from app.hooks.models import Delivery, DeliveryState, Hook

PREFIX = "evt_"
_HOOKS, _SPACES = cast(Table, Hook.__table__), cast(Table, Space.__table__)
_LISTENING = (  # prepared once: it is asked with every few receipts
    select(_HOOKS.c.space_id, _HOOKS.c.id, _HOOKS.c.events)
    .join(_SPACES, _SPACES.c.id == _HOOKS.c.space_id)
    .where(among_ids(_HOOKS.c.space_id, "ids"), _HOOKS.c.is_on, _HOOKS.c.removed_at.is_(None))
    .where(_SPACES.c.mode == Mode.LIVE)
)


def has_listeners(space_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether anybody subscribed to anything of a space: where nobody did, nothing more is asked."""
    hooks = _HOOKS.alias("heard")
    heard = hooks.c.space_id == space_id, hooks.c.is_on, hooks.c.removed_at.is_(None)
    return select(hooks.c.id).where(*heard).exists()


def listening(session: Session, space_ids: Iterable[SpaceId], kind: Kind) -> dict[SpaceId, list[int]]:
    """Who wants to hear of it, {space id: hook ids}. A practice space has nobody: nothing of it leaves."""
    found: dict[SpaceId, list[int]] = {}
    for row in session.execute(_LISTENING, {"ids": sorted(set(space_ids))}):
        if kind.value in row.events:
            found.setdefault(row.space_id, []).append(row.id)
    return found


def emit(session: Session, space_id: SpaceId, kind: Kind, *, now: datetime, **data: Any) -> None:
    """One event. ``data`` are ids, figures and words of ours; instants as text."""
    write(session, listening(session, [space_id], kind), kind, {space_id: [data]}, now=now)


def write(
    session: Session,
    hooks: Mapping[SpaceId, list[int]],
    kind: Kind,
    events: Mapping[SpaceId, list[dict[str, Any]]],
    *,
    now: datetime,
) -> None:
    """Many at once, {space id: their data}, for ``hooks`` as ``listening`` found them."""
    rows = []
    for space_id, found in events.items():
        for data in found if space_id in hooks else ():
            public_id = PREFIX + secrets.new_token()[:24]
            same = {"space_id": space_id, "public_id": public_id, "kind": kind, "data": data, "attempts": 0}
            times = {"next_at": now, "created_at": now}
            rows += [
                {**same, **times, "hook_id": hook_id, "state": DeliveryState.PENDING, "problem": ""}
                for hook_id in hooks[space_id]
            ]
    if rows:
        session.execute(insert(Delivery), rows)
