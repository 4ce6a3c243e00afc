"""What programs are told of a message: what became of it, once nothing more is awaited."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database.ids import MessageId, SpaceId
from app.hooks import emitting
from app.hooks.events import Kind
from app.messaging.models import Message
from app.messaging.status import FINAL, Status


def tell_final(session: Session, changes: Iterable[tuple[MessageId, SpaceId, Status]], *, now: datetime) -> None:
    """Of those whose status is final now. One that a late receipt changes again is told again.

    A space without subscriptions costs one small question for a batch of receipts.
    """
    ended = {message_id: space_id for message_id, space_id, reached in changes if reached in FINAL}
    hooks = emitting.listening(session, ended.values(), Kind.MESSAGE_FINAL) if ended else {}
    wanted = [message_id for message_id, space_id in ended.items() if space_id in hooks]
    if not wanted:
        return
    events: dict[SpaceId, list[dict[str, Any]]] = {}
    for row in session.execute(select(*_COLUMNS).where(Message.id.in_(wanted), Message.space_id.in_(hooks))):
        data = {name: value for name, value in row._mapping.items() if name not in ("id", "space_id")}
        events.setdefault(row.space_id, []).append({"message_id": row.id, **data, "at": now.isoformat()})
    emitting.write(session, hooks, Kind.MESSAGE_FINAL, events, now=now)


_COLUMNS = (
    Message.id,
    Message.space_id,
    Message.contact_id,
    Message.status,
    Message.error_code,
    Message.reason,
    Message.attempt,
    Message.parts,
    Message.price_micros,
)
"""What the API shows of a message, less its number and its words."""
