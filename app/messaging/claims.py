"""A message in one dispatcher's hand: whether its person still wants it, and how long it may be there."""

from collections.abc import Callable, Collection, Sequence
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


_STRICTEST_LAST = (consent.NO_CONSENT, consent.ONLY_MISSIONS, consent.OPTED_OUT)


@dataclass(frozen=True)
class Calls:
    """What the room above says of messages of service mailings: ``among`` gives those that call somebody all the same.

    Assembly hands it to the database (``Database.handed``); without it every message is of its mailing's family.
    """

    among: Callable[[Session, SpaceId, Collection[MessageId]], set[MessageId]]


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
    return bool(refused(session, claimed.space_id, row.family, [row.Message]))


def refused(session: Session, space_id: SpaceId, family: Family, messages: Sequence[Message]) -> dict[MessageId, str]:
    """Which of these messages of one mailing of ``family`` their people want no more, and why: {id: reason}.

    Their phone does not want them, or their person has refused them at the number that their card has by now. What
    informs those who signed up may call others by the same text: whoever wants their missions alone is not called.
    """
    asked = Family.CHARITABLE if family is Family.SERVICE else family
    blocked = consent.blocked(session, space_id, asked, {one.fingerprint for one in messages})
    today = _phones_of_today(session, space_id, messages)
    moved = consent.refusing(session, space_id, asked, set(today.values())) if today else {}
    reasons: dict[MessageId, str] = {}
    for one in messages:
        said = [word for word in (blocked.get(one.fingerprint), moved.get(today.get(one.id, ""))) if word]
        if said:
            reasons[one.id] = max(said, key=_STRICTEST_LAST.index)
    if family is not Family.SERVICE:
        return reasons
    unsure = {one for one, reason in reasons.items() if reason == consent.ONLY_MISSIONS}
    informing = unsure - calls_among(session, space_id, unsure)
    return {one: reason for one, reason in reasons.items() if one not in informing}


def _phones_of_today(session: Session, space_id: SpaceId, messages: Sequence[Message]) -> dict[MessageId, str]:
    """The fingerprint of the present phone of those whose card has another than their message: {message id: it}."""
    ids = {one.contact_id for one in messages if one.contact_id is not None}
    cards = select(Contact.id, Contact.fingerprint).where(Contact.space_id == space_id, Contact.id.in_(ids))
    today = {row.id: row.fingerprint for row in session.execute(cards)} if ids else {}
    return {
        one.id: today[one.contact_id]
        for one in messages
        if one.contact_id in today and today[one.contact_id] != one.fingerprint
    }


def calls_among(session: Session, space_id: SpaceId, message_ids: Collection[MessageId]) -> set[MessageId]:
    """Which of these messages call their people, though their mailing informs those who signed up."""
    handed = session.info.get(Calls)
    return handed.among(session, space_id, message_ids) if isinstance(handed, Calls) and message_ids else set()
