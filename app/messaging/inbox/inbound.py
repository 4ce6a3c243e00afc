"""A text that came back, whoever brought it: to the space it is for, or kept for whoever runs the place."""

import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.messaging.inbox import replies, strays
from app.messaging.inbox.replies import Incoming
from app.messaging.inbox.spool import Spool
from app.settings import Settings

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Text:
    """A text that came back, and the other fields that came with it."""

    incoming: Incoming
    raw: dict[str, str]


def take(
    session: Session,
    incoming: Incoming,
    *,
    settings: Settings,
    now: datetime,
    said_at: datetime | None = None,
    raw: Mapping[str, str] | None = None,
) -> bool:
    """Give a text to its space; whether it was new and a space's."""
    space = replies.space_of(session, incoming, settings=settings)
    if space is None:
        log.warning("reply_to_nobody", extra={"carrier_sid": incoming.carrier_sid})
        strays.keep(session, incoming, now=now)
        return False
    return replies.receive(session, space, incoming, settings=settings, now=now, said_at=said_at, raw=raw) is not None


def _pack(one: Text) -> dict[str, Any]:
    return {"incoming": asdict(one.incoming), "raw": one.raw}


def _unpack(said: dict[str, Any]) -> Text:
    return Text(Incoming(**said["incoming"]), said["raw"])


SPOOL = Spool("inbound", _pack, _unpack)
"""Texts that met a busy database."""
