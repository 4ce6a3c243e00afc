"""Claim and settle: the two short transactions around the carrier's call."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from app.accounts import spaces
from app.accounts.models import Mode, Space
from app.carrier.gate import Account, is_fiction
from app.carrier.protocol import Outgoing
from app.consent import service as consent
from app.consent.hours import is_open, next_opening
from app.messaging import rates, withdrawal
from app.messaging.models import Gate, Mailing, Message
from app.messaging.movement import Move, move
from app.messaging.status import Status
from app.messaging.tallies import Change, note
from app.settings import Settings

CALLBACK = "/webhooks/twilio/status/"
TURNS = 8
"""How many mailings a claim looks at before it gives up this time."""


@dataclass(frozen=True)
class Claimed:
    """A letter that one dispatcher alone holds, with all it takes to send it."""

    message_id: int
    space_id: int
    account: Account
    text: Outgoing


def is_due(session: Session, *, now: datetime) -> bool:
    """Whether some open mailing has a letter to send: cheap, so that an idle dispatcher writes nothing."""
    return session.scalar(_due_mailings(now).with_only_columns(Mailing.id).limit(1)) is not None


def claim(session: Session, *, settings: Settings, now: datetime, limit: int) -> list[Claimed]:
    """Take up to ``limit`` due letters of the mailing whose turn it is, at most one second's worth of its sender.

    What may not leave is dealt with here, last of all: opt-outs and consent, hours and window, cap.
    """
    for mailing in session.scalars(_due_mailings(now).limit(TURNS)).all():
        space = session.get_one(Space, mailing.space_id)
        rate = rates.lock(session, space, mailing.sender, now=now)
        free = min(limit, rates.slots(rate, space, now=now))
        if free == 0:
            continue
        letters = _lock_letters(session, mailing.id, free, now)
        leaving = _sift(session, mailing, space, letters, now=now)
        mailing.served_at = now
        if leaving:
            _mark(session, mailing, leaving, now=now)
            rates.take(rate, space, len(leaving), now=now)
            account = spaces.account_of(space, settings)
            return [_claimed(letter, mailing, account, settings, now) for letter in leaving]
    return []


def hand_back(session: Session, claimed: Sequence[Claimed], *, retry_after_s: float, now: datetime) -> None:
    """Queue again letters that surely did not leave, and slow their sender for as long as the carrier asks."""
    ids = [one.message_id for one in claimed]
    rows = session.execute(
        update(Message)
        .where(Message.id.in_(ids), Message.status == Status.SENDING)
        .values(status=Status.QUEUED, claimed_at=None, not_before=now + timedelta(seconds=retry_after_s))
        .returning(Message.space_id, Message.mailing_id)
    ).all()
    note(session, [Change(row.space_id, row.mailing_id, Status.SENDING, Status.QUEUED) for row in rows])
    for space_id, sender in {(one.space_id, one.text.sender) for one in claimed}:
        space = session.get_one(Space, space_id)
        rates.hold(rates.lock(session, space, sender, now=now), retry_after_s, now=now)


def _due_mailings(now: datetime) -> Select[Mailing]:
    due = select(Message.id).where(
        Message.mailing_id == Mailing.id, Message.status == Status.QUEUED, Message.not_before <= now
    )
    return (
        select(Mailing)
        .where(Mailing.gate == Gate.OPEN, due.exists())
        .order_by(Mailing.priority, Mailing.served_at, Mailing.id)
    )


def _lock_letters(session: Session, mailing_id: int, limit: int, now: datetime) -> Sequence[Message]:
    return session.scalars(
        select(Message)
        .where(Message.mailing_id == mailing_id, Message.status == Status.QUEUED, Message.not_before <= now)
        .order_by(Message.not_before, Message.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()


def _sift(
    session: Session, mailing: Mailing, space: Space, letters: Sequence[Message], *, now: datetime
) -> list[Message]:
    """The letters that may leave now; the others are withdrawn, or wait for their next opening."""
    blocked = consent.blocked(session, space.id, mailing.family, {letter.fingerprint for letter in letters})
    leaving: list[Message] = []
    gone: dict[int, Move] = {}
    for letter in letters:
        reason = blocked.get(letter.fingerprint) or _wrong_world(space, letter.phone)
        opens_at = _opening(mailing, space, letter, now)
        if not reason and opens_at >= letter.not_after:
            reason = withdrawal.TOO_LATE
        spent = mailing.spent_micros + letter.price_micros
        if not reason and opens_at <= now and mailing.cap_micros is not None and spent > mailing.cap_micros:
            reason = withdrawal.OVER_CAP
        if reason:
            gone[letter.id] = Move(Status.WITHDRAWN, reason=reason)
        elif opens_at > now:
            letter.not_before = opens_at
        else:
            mailing.spent_micros = spent
            leaving.append(letter)
    session.flush()
    if gone:
        move(session, gone, now=now)
    return leaving


def _wrong_world(space: Space, phone: str) -> str | None:
    if space.mode is Mode.PRACTICE:
        return None if is_fiction(phone) else withdrawal.REAL
    return withdrawal.FICTION if is_fiction(phone) else None


def _opening(mailing: Mailing, space: Space, letter: Message, now: datetime) -> datetime:
    if mailing.ignores_hours or not space.hours_hold:
        return now
    if is_open(now, family=mailing.family, zone=letter.zone):
        return now
    return next_opening(now, family=mailing.family, zone=letter.zone)


def _mark(session: Session, mailing: Mailing, letters: Sequence[Message], *, now: datetime) -> None:
    for letter in letters:
        letter.status, letter.claimed_at = Status.SENDING, now
    session.flush()
    note(session, [Change(mailing.space_id, mailing.id, Status.QUEUED, Status.SENDING, len(letters))])


def _claimed(letter: Message, mailing: Mailing, account: Account, settings: Settings, now: datetime) -> Claimed:
    return Claimed(
        message_id=letter.id,
        space_id=letter.space_id,
        account=account,
        text=Outgoing(
            sender=mailing.sender,
            phone=letter.phone,
            body=letter.body,
            callback_url=f"{settings.public_url.rstrip('/')}{CALLBACK}{letter.public_id}",
            valid_for_s=int((letter.not_after - now).total_seconds()),
        ),
    )
