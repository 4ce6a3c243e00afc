"""A message in one dispatcher's hand: whether its person still wants it, and how long it may be there."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.carrier.carriers import CarrierAccount
from app.carrier.protocol import Outgoing
from app.consent import service as consent
from app.consent.families import Family
from app.contacts.models import Contact
from app.database.functions import among_ids
from app.database.ids import MailingId, MessageId, SpaceId
from app.messaging.models import Mailing, MailingState, Message
from app.messaging.restore import halt
from app.settings import Settings

CALLBACK = "/webhooks/twilio/status/"
STEP_BACK_S = 1.0
"""So little may a clock go back when it is set right, and a claim still be fresh."""


@dataclass(frozen=True, eq=False)  # there is one of each claim: to compare their texts cost a tenth of a settling
class Claimed:
    """A message that one dispatcher alone holds, with all it takes to send it."""

    message_id: MessageId
    mailing_id: MailingId
    space_id: SpaceId
    account: CarrierAccount
    text: Outgoing
    claimed_at: datetime
    priority: int = 5
    """Its mailing's: lower goes first."""


Waiting = Row[*tuple[Any, ...]]
"""A queued message, with those of its columns that a claim reads."""
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


def take_in_hand(
    mailing: Mailing, message: Waiting, account: CarrierAccount, *, address: str, valid_for_s: int, now: datetime
) -> Claimed:
    """A message just claimed; ``address`` is where the carrier brings its receipts."""
    return Claimed(
        message_id=message.id,
        mailing_id=mailing.id,
        space_id=mailing.space_id,
        account=account,
        text=Outgoing(
            sender=mailing.sender,
            phone=message.phone,
            body=message.body,
            callback_url=f"{address.rstrip('/')}{CALLBACK}{message.public_id}",
            valid_for_s=valid_for_s,
        ),
        claimed_at=now,
        priority=mailing.priority,
    )


def is_too_old(held_s: float, *, settings: Settings) -> bool:
    """Whether a claim has been held so long that others may take its dispatcher for dead: it must not be sent.

    A machine that slept wakes with old claims in hand, which a reconciler may have concluded about meanwhile. A clock
    that went back since the claim says nothing of how long that was.
    """
    return not -STEP_BACK_S <= held_s <= settings.doubt_after_s - settings.carrier_timeout_s


def held_for(text: Outgoing, held_s: float) -> Outgoing | None:
    """A claimed text once it was held so long: the carrier counts what it is worth from the call on.

    None when nothing is left of that, as when the evening has come meanwhile: the next claim says what becomes of it.
    """
    if held_s >= max(1, text.valid_for_s):
        return None
    return replace(text, valid_for_s=text.valid_for_s - int(held_s)) if held_s >= 1 else text


def unwanted(session: Session, claims: Iterable[Claimed]) -> set[MessageId]:
    """Whose mailing was paused or ended since the claim, or all sending, or whose reader said no or is gone: back."""
    by_mailing: dict[tuple[SpaceId, MailingId], set[MessageId]] = {}
    for one in claims:
        by_mailing.setdefault((one.space_id, one.mailing_id), set()).add(one.message_id)
    is_halted = session.scalar(select(halt.is_halted()))
    found: set[MessageId] = set()
    for (space_id, mailing_id), ids in by_mailing.items():
        found |= ids if is_halted else _unwanted(session, space_id, mailing_id, ids)
    return found


def _unwanted(session: Session, space_id: SpaceId, mailing_id: MailingId, ids: set[MessageId]) -> set[MessageId]:
    family = session.scalar(
        select(Mailing.family).where(
            Mailing.space_id == space_id, Mailing.id == mailing_id, Mailing.state == MailingState.OPEN
        )
    )
    if family is None:
        return ids
    held = select(Message.id, Message.space_id, Message.fingerprint, Message.contact_id, Message.is_personal).where(
        among_ids(Message.id, ids)
    )
    messages = [one for one in session.execute(held) if one.space_id == space_id and not is_gone(one)]
    return ids - {one.id for one in messages} | refused(session, space_id, family, messages).keys()


def refused(session: Session, space_id: SpaceId, family: Family, messages: Sequence[Waiting]) -> dict[MessageId, str]:
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


def is_gone(message: Waiting) -> bool:
    """Whether it was written for somebody who has been removed since."""
    return message.is_personal and message.contact_id is None


def _phones_of_today(session: Session, space_id: SpaceId, messages: Sequence[Waiting]) -> dict[MessageId, str]:
    """The fingerprint of the present phone of those whose card has another than their message: {message id: it}."""
    ids = {one.contact_id for one in messages if one.contact_id is not None}
    # The space is compared here: where a table was just filled, PostgreSQL would read all of a space for each id.
    cards = select(Contact.id, Contact.space_id, Contact.fingerprint).where(among_ids(Contact.id, ids))
    found = session.execute(cards) if ids else ()
    today = {row.id: row.fingerprint for row in found if row.space_id == space_id}
    return {
        one.id: today[one.contact_id]
        for one in messages
        if one.contact_id in today and today[one.contact_id] != one.fingerprint
    }


def calls_among(session: Session, space_id: SpaceId, message_ids: Collection[MessageId]) -> set[MessageId]:
    """Which of these messages call their people, though their mailing informs those who signed up."""
    handed = session.info.get(Calls)
    return handed.among(session, space_id, message_ids) if isinstance(handed, Calls) and message_ids else set()
