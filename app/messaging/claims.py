"""A message in one dispatcher's hand, and how long it may be there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.carrier.carriers import CarrierAccount
from app.carrier.protocol import Outgoing
from app.consent import service as consent
from app.consent.families import Family
from app.contacts.models import Contact
from app.database.ids import MailingId, MessageId, SpaceId
from app.messaging.models import Mailing, MailingState, Message
from app.messaging.restore import halt
from app.settings import Settings

STEP_BACK_S = 1.0
"""So little may a clock go back when it is set right, and a claim still be fresh."""


@dataclass(frozen=True)
class Claimed:
    """A message that one dispatcher alone holds, with all it takes to send it."""

    message_id: MessageId
    mailing_id: MailingId
    space_id: SpaceId
    account: CarrierAccount
    text: Outgoing
    claimed_at: datetime


class Unclaimable(Exception):
    """A mailing whose turn fails, by its own rows: the others go on without it. Its cause tells why."""

    def __init__(self, mailing_id: MailingId) -> None:
        super().__init__(f"mailing {mailing_id}")
        self.mailing_id = mailing_id


def is_too_old(claimed: Claimed, *, settings: Settings, now: datetime) -> bool:
    """Whether a claim has been held so long that others may take its dispatcher for dead: it must not be sent.

    A machine that slept wakes with old claims in hand, which a reconciler may have concluded about meanwhile. A clock
    that went back since the claim says nothing of how long that was.
    """
    held_s = (now - claimed.claimed_at).total_seconds()
    return not -STEP_BACK_S <= held_s <= settings.doubt_after_s - settings.carrier_timeout_s


def is_unwanted(session: Session, claimed: Claimed) -> bool:
    """Whether its mailing was paused or ended since the claim, or all sending, or its reader said no: back, unsent."""
    row = session.execute(
        select(Mailing.state, Mailing.family, Message)
        .join(Mailing, Mailing.id == Message.mailing_id)
        .where(Message.id == claimed.message_id)
    ).one_or_none()
    if row is None or row.state is not MailingState.OPEN or session.scalar(select(halt.is_halted())):
        return True
    return bool(unwanted(session, claimed.space_id, row.family, [row.Message]))


def unwanted(session: Session, space_id: SpaceId, family: Family, messages: Sequence[Message]) -> dict[MessageId, str]:
    """Which of these messages must not leave, and why: {message id: reason}.

    Their phone does not want them, or their person has refused them at the number that their card has by now.
    """
    ids = {one.contact_id for one in messages if one.contact_id is not None}
    cards = select(Contact.id, Contact.fingerprint).where(Contact.space_id == space_id, Contact.id.in_(ids))
    today = {row.id: row.fingerprint for row in session.execute(cards)} if ids else {}
    blocked = consent.blocked(session, space_id, family, {one.fingerprint for one in messages})
    moved = {today[one.contact_id] for one in messages if today.get(one.contact_id, one.fingerprint) != one.fingerprint}
    refused = consent.refusing(session, space_id, family, moved) if moved else {}
    reasons = {one.id: blocked.get(one.fingerprint) or refused.get(today.get(one.contact_id, "")) for one in messages}
    return {message_id: reason for message_id, reason in reasons.items() if reason}
