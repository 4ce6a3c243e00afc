"""Writing down what happened for those who want to hear of it: called by the rooms above, in their own transaction."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.accounts import secrets
from app.accounts.models import Mode, Space
from app.database.ids import SpaceId
from app.hooks.events import Kind
from app.hooks.models import Delivery, DeliveryState, Hook

PREFIX = "evt_"


def listening(session: Session, space_ids: Iterable[SpaceId], kind: Kind) -> dict[SpaceId, list[int]]:
    """Who wants to hear of it, {space id: hook ids}. A practice space has nobody: nothing of it leaves."""
    query = select(Hook.space_id, Hook.id, Hook.events).join(Space, Space.id == Hook.space_id)
    rows = session.execute(
        query.where(Hook.space_id.in_(set(space_ids)), Hook.is_on, Hook.removed_at.is_(None), Space.mode == Mode.LIVE)
    )
    found: dict[SpaceId, list[int]] = {}
    for row in rows:
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
