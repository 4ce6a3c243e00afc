"""Claim and settle: the two short transactions around the carrier's call."""

import logging
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.accounts import spaces
from app.accounts.models import Mode, Space
from app.carrier.carriers import CarrierAccount, is_fiction
from app.carrier.protocol import Outgoing
from app.consent import hours
from app.consent.families import Family
from app.database.ids import MailingId, MessageId
from app.errors import AppError
from app.messaging import attempts, claims, rates, validity, withdrawal
from app.messaging.applying import StatusChange, apply_changes
from app.messaging.claims import Claimed, Unclaimable
from app.messaging.inbox import replies
from app.messaging.models import Mailing, MailingState, Message
from app.messaging.restore import halt
from app.messaging.status import Status
from app.messaging.tallies import Change, note
from app.settings import Settings

log = logging.getLogger(__name__)

CALLBACK = "/webhooks/twilio/status/"
TURNS = 8
"""How many mailings a claim looks at before it gives up this time."""
UNREAD_WAIT = timedelta(minutes=5)
"""How soon a text is looked at again that waits for a person to read what its phone answered."""
ROUNDS = 20
"""Most batches of blocked messages handled by one claim, so that its transaction stays short."""
UNREADABLE = timedelta(hours=1)


def is_due(session: Session, *, now: datetime, but_practice: bool = False, exclude: Collection[int] = ()) -> bool:
    """Whether some open mailing has a message to send: cheap, so that an idle dispatcher writes nothing."""
    due = _due_mailings(now, but_practice=but_practice, exclude=exclude)
    return session.scalar(due.with_only_columns(Mailing.id).limit(1)) is not None


def claim(
    session: Session,
    *,
    settings: Settings,
    now: datetime,
    limit: int,
    practice_limit: int | None = None,
    exclude: Collection[int] = (),
) -> list[Claimed]:
    """Take up to ``limit`` due messages of the mailing whose turn it is, at most one second's worth of its sender.

    ``practice_limit`` is how many it may be of a practice space; at 0 their mailings are passed over. What may not
    leave is dealt with here, last of all: opt-outs and consent, hours and window, cap. Whatever another transaction
    holds is passed over, never waited for, and so are the mailings of ``exclude``, whose turn has failed.
    Raises Unclaimable for a turn that fails: the transaction is to be given up, the mailing passed over.
    """
    practice = limit if practice_limit is None else min(limit, practice_limit)
    due = _due_mailings(now, but_practice=practice == 0, exclude=exclude)
    for mailing_id in session.scalars(due.with_only_columns(Mailing.id).limit(TURNS)).all():
        try:
            claimed = _serve(session, mailing_id, limit, practice, settings, now)
        except DBAPIError:
            raise
        except Exception as error:
            raise Unclaimable(mailing_id) from error
        if claimed:
            return claimed
    return []


def _serve(
    session: Session, mailing_id: MailingId, limit: int, practice: int, settings: Settings, now: datetime
) -> list[Claimed]:
    """One mailing's turn."""
    mailing = _lock_open(session, mailing_id)
    if mailing is None:
        return []
    space = session.get_one(Space, mailing.space_id)
    rate = rates.try_lock(session, space, mailing.sender, now=now)
    limit = practice if space.mode is Mode.PRACTICE else limit
    free = min(limit, rates.slots(rate, space, now=now)) if rate else 0
    if rate is None or free == 0:
        return []
    leaving = _take_messages(session, mailing, space, free, now=now)
    mailing.served_at = now
    if not leaving:
        return []
    _mark(session, mailing, leaving, now=now)
    rates.take(rate, space, len(leaving), now=now)
    account = spaces.account_of(space, settings)
    worth = {message.id: validity.seconds_left(mailing, space, message, now=now) for message in leaving}
    return [_claimed(message, account, mailing.sender, worth[message.id], settings, now) for message in leaving]


def _due_mailings(now: datetime, *, but_practice: bool = False, exclude: Collection[int] = ()) -> Select[Mailing]:
    """Open mailings with a message to send and a sender free to send it, in the order of their turns."""
    due = select(Message.id).where(
        Message.mailing_id == Mailing.id, Message.status == Status.QUEUED, Message.not_before <= now
    )
    mailings = select(Mailing).where(
        Mailing.state == MailingState.OPEN, due.exists(), rates.is_free(now), ~halt.is_halted()
    )
    if exclude:
        mailings = mailings.where(Mailing.id.not_in(exclude))
    if but_practice:
        live = select(Space.id).where(Space.id == Mailing.space_id, Space.mode != Mode.PRACTICE)
        mailings = mailings.where(live.exists())
    return mailings.order_by(Mailing.priority, Mailing.served_at, Mailing.id)


def _lock_open(session: Session, mailing_id: MailingId) -> Mailing | None:
    """The mailing as it is at this very instant, unless it is held or was just paused."""
    return session.scalar(
        select(Mailing)
        .where(Mailing.id == mailing_id, Mailing.state == MailingState.OPEN)
        .with_for_update(skip_locked=True, key_share=True)
    )


def _take_messages(session: Session, mailing: Mailing, space: Space, limit: int, *, now: datetime) -> list[Message]:
    """Up to ``limit`` messages that may leave; those before them that may not are withdrawn or put off."""
    for _round in range(ROUNDS):
        messages = _lock_messages(session, mailing.id, limit, now)
        leaving = _sift(session, mailing, space, messages, now=now)
        if leaving or len(messages) < limit:
            return leaving
    return []


def _lock_messages(session: Session, mailing_id: MailingId, limit: int, now: datetime) -> Sequence[Message]:
    return session.scalars(
        select(Message)
        .where(Message.mailing_id == mailing_id, Message.status == Status.QUEUED, Message.not_before <= now)
        .order_by(Message.not_before, Message.id)
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True)
    ).all()


def _sift(
    session: Session, mailing: Mailing, space: Space, messages: Sequence[Message], *, now: datetime
) -> list[Message]:
    """The messages that may leave now; the others are withdrawn, or wait for their next opening."""
    blocked = claims.unwanted(session, space.id, mailing.family, messages)
    needless = attempts.withdraw_needless(session, messages, now=now)
    unread = _unread(session, mailing, messages)
    leaving: list[Message] = []
    gone: dict[MessageId, StatusChange] = {}
    for message in messages:
        if message.id in needless:
            continue
        reason = blocked.get(message.id) or _wrong_world(space, message.phone) or _gone(message)
        opens_at, until = _times(mailing, space, message, now)
        if message.phone in unread:
            opens_at = max(opens_at, now + UNREAD_WAIT)
        if not reason and until - opens_at < hours.A_MINUTE:
            reason = withdrawal.TOO_LATE
        spent = mailing.spent_micros + message.price_micros
        if not reason and opens_at <= now and mailing.cap_micros is not None and spent > mailing.cap_micros:
            reason = withdrawal.OVER_CAP
        if reason:
            gone[message.id] = StatusChange(Status.WITHDRAWN, reason=reason)
        elif opens_at > now:
            message.not_before = opens_at
        else:
            mailing.spent_micros, message.not_after = spent, until
            leaving.append(message)
    session.flush()
    if gone:
        apply_changes(session, gone, now=now)
    return leaving


def _unread(session: Session, mailing: Mailing, messages: Sequence[Message]) -> set[str]:
    """The phones whose perhaps-objection nobody has read yet: all but service texts wait until somebody does."""
    if mailing.family is Family.SERVICE or not messages:
        return set()
    return replies.pressing_among(session, mailing.space_id, {message.phone for message in messages})


def _wrong_world(space: Space, phone: str) -> str | None:
    if space.mode is Mode.PRACTICE:
        return None if is_fiction(phone) else withdrawal.REAL
    return withdrawal.FICTION if is_fiction(phone) else None


def _gone(message: Message) -> str | None:
    return withdrawal.REMOVED if message.is_personal and message.contact_id is None else None


def _times(mailing: Mailing, space: Space, message: Message, now: datetime) -> tuple[datetime, datetime]:
    """When it may leave and its last moment. One whose hours cannot be read is put off, and holds up no other."""
    try:
        return validity.slot(mailing, space, message.zone, now).opens_at, validity.last_moment(mailing, space, message)
    except (AppError, KeyError, ValueError):  # no hour is ever open, or the zone is none that this machine knows
        log.exception("hours_unreadable", extra={"message_id": message.id})
        return now + UNREADABLE, message.not_after


def _mark(session: Session, mailing: Mailing, messages: Sequence[Message], *, now: datetime) -> None:
    for message in messages:
        message.status, message.claimed_at = Status.SENDING, now
    session.flush()
    note(session, [Change(mailing.space_id, mailing.id, Status.QUEUED, Status.SENDING, len(messages))])


def _claimed(
    message: Message, account: CarrierAccount, sender: str, valid_for_s: int, settings: Settings, now: datetime
) -> Claimed:
    return Claimed(
        message_id=message.id,
        mailing_id=message.mailing_id,
        space_id=message.space_id,
        account=account,
        text=Outgoing(
            sender=sender,
            phone=message.phone,
            body=message.body,
            callback_url=f"{settings.public_url.rstrip('/')}{CALLBACK}{message.public_id}",
            valid_for_s=valid_for_s,
        ),
        claimed_at=now,
    )
