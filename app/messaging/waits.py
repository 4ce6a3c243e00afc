"""Messages that the carrier would not take yet: queued again for later, their senders held meanwhile."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.database.ids import MailingId
from app.messaging import rates
from app.messaging.claims import Claimed
from app.messaging.models import Message
from app.messaging.rates import Wait
from app.messaging.status import Status
from app.messaging.tallies import Change, note


def hand_back(session: Session, waits: Mapping[Claimed, Wait], *, now: datetime) -> dict[MailingId, int]:
    """Queue again messages that surely did not leave, each after its wait; what they give back to their mailings' caps.

    Each by its own claim: an answer written again, because the database fell silent in its first writing, may find the
    message in other hands by then. Whoever calls holds back their senders afterwards, with ``slow_down``.
    """
    alike: dict[tuple[float, datetime], list[int]] = {}
    for one, wait in waits.items():
        alike.setdefault((wait.seconds, one.claimed_at), []).append(one.message_id)
    given_back: dict[MailingId, int] = {}
    for (wait_s, claimed_at), ids in sorted(alike.items()):
        rows = session.execute(
            update(Message)
            .where(Message.id.in_(ids), Message.status == Status.SENDING, Message.claimed_at == claimed_at)
            .values(status=Status.QUEUED, claimed_at=None, not_before=now + timedelta(seconds=wait_s))
            .returning(Message.space_id, Message.mailing_id, Message.price_micros)
        ).all()
        note(session, [Change(row.space_id, row.mailing_id, Status.SENDING, Status.QUEUED) for row in rows])
        for row in rows:
            given_back[row.mailing_id] = given_back.get(row.mailing_id, 0) + row.price_micros
    return given_back


def slow_down(session: Session, waits: Mapping[Claimed, Wait], *, now: datetime) -> None:
    """Hold the senders of messages that the carrier would not take yet, for as long as it asks."""
    longest: dict[tuple[int, str], Wait] = {}
    for one, wait in waits.items():
        whose = (one.space_id, one.text.sender)
        longest[whose] = max(longest.get(whose, wait), wait, key=lambda each: each.seconds)
    for space_id, sender in sorted(longest):
        space = session.get_one(Space, space_id)
        rates.hold(rates.lock(session, space, sender, now=now), longest[space_id, sender], now=now)
