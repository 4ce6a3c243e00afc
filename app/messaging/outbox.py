"""Claim and settle: the two short transactions around the carrier's call."""

import logging
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.accounts import spaces
from app.accounts.models import Mode, Space
from app.carrier.gate import Account, is_fiction
from app.carrier.protocol import Outgoing
from app.consent import hours
from app.consent import service as consent
from app.consent.families import Family
from app.errors import AppError
from app.messaging import attempts, halting, rates, replies, validity, withdrawal
from app.messaging.claims import Claimed, Unclaimable
from app.messaging.models import Gate, Mailing, Message
from app.messaging.movement import Move, move
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
"""How many handfuls of letters that may not leave a claim puts aside before it lets others write."""
UNREADABLE = timedelta(hours=1)


def is_due(session: Session, *, now: datetime, but_practice: bool = False, passing: Collection[int] = ()) -> bool:
    """Whether some open mailing has a letter to send: cheap, so that an idle dispatcher writes nothing."""
    due = _due_mailings(now, but_practice=but_practice, passing=passing)
    return session.scalar(due.with_only_columns(Mailing.id).limit(1)) is not None


def claim(
    session: Session,
    *,
    settings: Settings,
    now: datetime,
    limit: int,
    practice_limit: int | None = None,
    passing: Collection[int] = (),
) -> list[Claimed]:
    """Take up to ``limit`` due letters of the mailing whose turn it is, at most one second's worth of its sender.

    ``practice_limit`` is how many it may be of a practice space; at 0 their mailings are passed over. What may not
    leave is dealt with here, last of all: opt-outs and consent, hours and window, cap. Whatever another transaction
    holds is passed over, never waited for, and so are the mailings of ``passing``, whose turn has failed.
    Raises Unclaimable for a turn that fails: the transaction is to be given up, the mailing passed over.
    """
    practice = limit if practice_limit is None else min(limit, practice_limit)
    due = _due_mailings(now, but_practice=practice == 0, passing=passing)
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
    session: Session, mailing_id: int, limit: int, practice: int, settings: Settings, now: datetime
) -> list[Claimed]:
    """One mailing's turn."""
    mailing = _lock_open(session, mailing_id)
    if mailing is None:
        return []
    space = session.get_one(Space, mailing.space_id)
    rate = rates.try_lock(session, space, mailing.sender, now=now)
    most = practice if space.mode is Mode.PRACTICE else limit
    free = min(most, rates.slots(rate, space, now=now)) if rate else 0
    if rate is None or free == 0:
        return []
    leaving = _take_letters(session, mailing, space, free, now=now)
    mailing.served_at = now
    if not leaving:
        return []
    _mark(session, mailing, leaving, now=now)
    rates.take(rate, space, len(leaving), now=now)
    account = spaces.account_of(space, settings)
    worth = {letter.id: validity.seconds_left(mailing, space, letter, now=now) for letter in leaving}
    return [_claimed(letter, account, mailing.sender, worth[letter.id], settings, now) for letter in leaving]


def _due_mailings(now: datetime, *, but_practice: bool = False, passing: Collection[int] = ()) -> Select[Mailing]:
    """Open mailings with a letter to send and a sender free to send it, in the order of their turns."""
    due = select(Message.id).where(
        Message.mailing_id == Mailing.id, Message.status == Status.QUEUED, Message.not_before <= now
    )
    mailings = select(Mailing).where(Mailing.gate == Gate.OPEN, due.exists(), rates.is_free(now), ~halting.is_halted())
    if passing:
        mailings = mailings.where(Mailing.id.not_in(passing))
    if but_practice:
        live = select(Space.id).where(Space.id == Mailing.space_id, Space.mode != Mode.PRACTICE)
        mailings = mailings.where(live.exists())
    return mailings.order_by(Mailing.priority, Mailing.served_at, Mailing.id)


def _lock_open(session: Session, mailing_id: int) -> Mailing | None:
    """The mailing as it is at this very instant, unless it is held or was just paused."""
    return session.scalar(
        select(Mailing)
        .where(Mailing.id == mailing_id, Mailing.gate == Gate.OPEN)
        .with_for_update(skip_locked=True, key_share=True)
    )


def _take_letters(session: Session, mailing: Mailing, space: Space, most: int, *, now: datetime) -> list[Message]:
    """Up to ``most`` letters that may leave; those before them that may not are withdrawn or put off."""
    for _round in range(ROUNDS):
        letters = _lock_letters(session, mailing.id, most, now)
        leaving = _sift(session, mailing, space, letters, now=now)
        if leaving or len(letters) < most:
            return leaving
    return []


def _lock_letters(session: Session, mailing_id: int, limit: int, now: datetime) -> Sequence[Message]:
    return session.scalars(
        select(Message)
        .where(Message.mailing_id == mailing_id, Message.status == Status.QUEUED, Message.not_before <= now)
        .order_by(Message.not_before, Message.id)
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True)
    ).all()


def _sift(
    session: Session, mailing: Mailing, space: Space, letters: Sequence[Message], *, now: datetime
) -> list[Message]:
    """The letters that may leave now; the others are withdrawn, or wait for their next opening."""
    blocked = consent.blocked(session, space.id, mailing.family, {letter.fingerprint for letter in letters})
    needless = attempts.withdraw_needless(session, letters, now=now)
    unread = _unread(session, mailing, letters)
    leaving: list[Message] = []
    gone: dict[int, Move] = {}
    for letter in letters:
        if letter.id in needless:
            continue
        reason = blocked.get(letter.fingerprint) or _wrong_world(space, letter.phone) or _gone(letter)
        opens_at, until = _times(mailing, space, letter, now)
        if letter.phone in unread:
            opens_at = max(opens_at, now + UNREAD_WAIT)
        if not reason and until - opens_at < hours.A_MINUTE:
            reason = withdrawal.TOO_LATE
        spent = mailing.spent_micros + letter.price_micros
        if not reason and opens_at <= now and mailing.cap_micros is not None and spent > mailing.cap_micros:
            reason = withdrawal.OVER_CAP
        if reason:
            gone[letter.id] = Move(Status.WITHDRAWN, reason=reason)
        elif opens_at > now:
            letter.not_before = opens_at
        else:
            mailing.spent_micros, letter.not_after = spent, until
            leaving.append(letter)
    session.flush()
    if gone:
        move(session, gone, now=now)
    return leaving


def _unread(session: Session, mailing: Mailing, letters: Sequence[Message]) -> set[str]:
    """The phones whose perhaps-objection nobody has read yet: all but service texts wait until somebody does."""
    if mailing.family is Family.SERVICE or not letters:
        return set()
    return replies.pressing_among(session, mailing.space_id, {letter.phone for letter in letters})


def _wrong_world(space: Space, phone: str) -> str | None:
    if space.mode is Mode.PRACTICE:
        return None if is_fiction(phone) else withdrawal.REAL
    return withdrawal.FICTION if is_fiction(phone) else None


def _gone(letter: Message) -> str | None:
    return withdrawal.REMOVED if letter.is_personal and letter.contact_id is None else None


def _times(mailing: Mailing, space: Space, letter: Message, now: datetime) -> tuple[datetime, datetime]:
    """When it may leave and its last moment. One whose hours cannot be read is put off, and holds up no other."""
    try:
        return validity.slot(mailing, space, letter.zone, now).opens_at, validity.last_moment(mailing, space, letter)
    except (AppError, KeyError, ValueError):  # no hour is ever open, or the zone is none that this machine knows
        log.exception("hours_unreadable", extra={"message_id": letter.id})
        return now + UNREADABLE, letter.not_after


def _mark(session: Session, mailing: Mailing, letters: Sequence[Message], *, now: datetime) -> None:
    for letter in letters:
        letter.status, letter.claimed_at = Status.SENDING, now
    session.flush()
    note(session, [Change(mailing.space_id, mailing.id, Status.QUEUED, Status.SENDING, len(letters))])


def _claimed(
    letter: Message, account: Account, sender: str, valid_for_s: int, settings: Settings, now: datetime
) -> Claimed:
    return Claimed(
        message_id=letter.id,
        mailing_id=letter.mailing_id,
        space_id=letter.space_id,
        account=account,
        text=Outgoing(
            sender=sender,
            phone=letter.phone,
            body=letter.body,
            callback_url=f"{settings.public_url.rstrip('/')}{CALLBACK}{letter.public_id}",
            valid_for_s=valid_for_s,
        ),
        claimed_at=now,
    )
