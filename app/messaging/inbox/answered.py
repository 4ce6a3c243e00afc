"""Which text of ours a reply may answer.

Nothing in an SMS says it: « OUI » after two texts is for a person to ask about.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database.ids import SpaceId
from app.logs import mask
from app.messaging.models import Message, Reply

WITHIN = timedelta(days=14)
"""A text older than that is seldom what somebody answers."""
MAX_SHOWN = 2
"""Of each reply: one text, or several, and a person decides."""
_MAX_READ = 1000
_MAX_CHARACTERS = 90


@dataclass(frozen=True)
class Text:
    """One text that had left before the reply came: its first words, without its personal link."""

    words: str
    at: datetime


def texts_before(session: Session, space_id: SpaceId, replies: Iterable[Reply]) -> Mapping[int, Sequence[Text]]:
    """By reply, the latest texts sent to its phone before it came, of different mailings, the latest first."""
    shown = list(replies)
    if not shown:
        return {}
    rows = session.execute(
        select(Message.phone, Message.mailing_id, Message.body, Message.claimed_at)
        .where(
            Message.space_id == space_id,
            Message.phone.in_({reply.phone for reply in shown}),
            Message.carrier_sid.is_not(None),
            Message.claimed_at >= min(reply.at for reply in shown) - WITHIN,
            Message.claimed_at <= max(reply.at for reply in shown),
        )
        .order_by(Message.claimed_at.desc(), Message.id.desc())
        .limit(_MAX_READ)
    ).all()
    found: dict[int, Sequence[Text]] = {}
    for reply in shown:
        by_mailing: dict[int, Text] = {}
        for phone, mailing_id, body, at in rows:
            if at and phone == reply.phone and reply.at - WITHIN <= at <= reply.at:
                by_mailing.setdefault(mailing_id, Text(_first_words(body), at))
        found[reply.id] = list(by_mailing.values())[:MAX_SHOWN]
    return found


def _first_words(body: str) -> str:
    words = mask(" ".join(body.split()))
    return words if len(words) <= _MAX_CHARACTERS else f"{words[: _MAX_CHARACTERS - 1]}…"
