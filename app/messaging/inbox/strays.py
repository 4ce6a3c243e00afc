"""Texts to a number that no space owns, from phones nobody has texted: kept whole, and read by whoever runs the place.

A STOP among them is an objection that no rule can place: it must not end as a line of a log.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.accounts.principal import Principal
from app.database.engine import insert_missing
from app.errors import NotFound
from app.french.language import _
from app.messaging.inbox.replies import Incoming, meaning_of
from app.messaging.models import StrayReply

KEPT = timedelta(days=30)
SHOWN = 50


def keep(session: Session, incoming: Incoming, *, now: datetime) -> None:
    """Keep a text to nobody; the same one given twice is kept once."""
    row = {
        "account_sid": incoming.account_sid[:40],
        "carrier_sid": incoming.carrier_sid,
        "phone": incoming.phone[:24],
        "number": incoming.to[:24],
        "body": incoming.body,
        "meaning": meaning_of(incoming).value,
        "at": now,
        "handled_by": "",
    }
    insert_missing(
        session, StrayReply, [row], unique=[StrayReply.account_sid, StrayReply.carrier_sid], returning=StrayReply.id
    )


def unread(session: Session) -> Sequence[StrayReply]:
    """Those nobody has read, the oldest first, ``SHOWN`` at most."""
    query = select(StrayReply).where(StrayReply.handled_at.is_(None)).order_by(StrayReply.id).limit(SHOWN)
    return session.scalars(query).all()


def count_unread(session: Session) -> int:
    return int(session.scalar(select(func.count(StrayReply.id)).where(StrayReply.handled_at.is_(None))) or 0)


def handle(session: Session, stray_id: int, *, by: Principal, now: datetime) -> None:
    """Note that somebody read it and did what there was to do. Raises NotFound."""
    stray = session.get(StrayReply, stray_id, with_for_update=True)
    if stray is None:
        raise NotFound("reply_unknown", _("Cette réponse n'existe pas."))
    if stray.handled_at is None:
        stray.handled_at, stray.handled_by = now, by.name


def forget(session: Session, *, now: datetime) -> None:
    """Those read and ``KEPT`` long enough go; one that nobody has read stays."""
    session.execute(delete(StrayReply).where(StrayReply.handled_at < now - KEPT))
