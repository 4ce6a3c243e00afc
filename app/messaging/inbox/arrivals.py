"""The carrier's reports as its callbacks bring them: to their message, or among the strays of nobody's."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database.ids import MessageId
from app.messaging import receipts
from app.messaging.inbox.spool import Spool
from app.messaging.models import Message
from app.messaging.receipts import Report


@dataclass(frozen=True)
class Arrival:
    """One signed report: the message that its URL names, the account that speaks.

    ``message_id`` is None when nobody has looked for the message yet, or when there is none.
    """

    public_id: str
    account_sid: str
    report: Report
    message_id: MessageId | None = None


def record(session: Session, arrived: Sequence[Arrival], *, now: datetime) -> None:
    """Keep each, in the order they came, and move its message. One on a message that is no more is a stray."""
    ids = _ids(session, {one.public_id for one in arrived if one.message_id is None})
    known: list[tuple[MessageId, Report]] = []
    for one in arrived:
        message_id = one.message_id or ids.get(one.public_id)
        if message_id is None:
            receipts.keep_stray(session, one.public_id, one.account_sid, one.report, now=now)
        else:
            known.append((message_id, one.report))
    receipts.record_in_order(session, known, now=now)


def _ids(session: Session, public_ids: set[str]) -> dict[str, MessageId]:
    if not public_ids:
        return {}
    found = session.execute(select(Message.public_id, Message.id).where(Message.public_id.in_(public_ids)))
    return {row.public_id: row.id for row in found}


def _pack(one: Arrival) -> dict[str, Any]:
    return {"public_id": one.public_id, "account_sid": one.account_sid, "report": asdict(one.report)}


def _unpack(said: dict[str, Any]) -> Arrival:
    """Its message is looked for again: it may be gone by now."""
    return Arrival(said["public_id"], said["account_sid"], Report(**said["report"]))


SPOOL = Spool("receipts", _pack, _unpack)
"""Reports that met a busy database."""
