"""Claim and settle: the two short transactions around the carrier's call."""

import logging
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Select, Table, Update, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.accounts import spaces
from app.accounts.models import Mode, Space
from app.carrier.carriers import is_fiction
from app.consent import hours
from app.consent.families import Family
from app.database.bulk import Together
from app.database.functions import among_ids
from app.database.ids import MailingId, MessageId
from app.errors import AppError
from app.messaging import attempts, rates, withdrawal
from app.messaging.applying import StatusChange, apply_changes
from app.messaging.claims import Claimed, Unclaimable, Waiting, is_gone, refused, take_in_hand
from app.messaging.inbox import replies
from app.messaging.models import Mailing, MailingState, Message
from app.messaging.restore import halt
from app.messaging.status import Status
from app.messaging.tallies import Change, note_beside
from app.messaging.validity import Times
from app.settings import Settings

log = logging.getLogger(__name__)

_MESSAGES = cast(Table, Message.__table__)
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
        except OperationalError:  # the database's own trouble, and no row's
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
    held = _lock_open(session, mailing_id)
    if held is None:
        return []
    mailing, space = held
    rate = rates.try_lock(session, space, mailing.sender, now=now)
    limit = practice if space.mode is Mode.PRACTICE else limit
    free = min(limit, rates.slots(rate, space, now=now)) if rate else 0
    if rate is None or free == 0:
        return []
    times = Times(mailing, space, now)
    leaving = _take_messages(session, mailing, space, times, free, now=now)
    if not leaving:
        mailing.served_at = now
        return []
    _mark(session, mailing, times, leaving, now=now)
    rates.take(rate, space, len(leaving), now=now)
    account, address = spaces.account_of(space, settings), settings.public_url
    worth = ((message, times.seconds_left(message)) for message in leaving)
    return [take_in_hand(mailing, one, account, address=address, valid_for_s=left_s, now=now) for one, left_s in worth]


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


def _lock_open(session: Session, mailing_id: MailingId) -> tuple[Mailing, Space] | None:
    """The mailing as it is at this very instant, and its space, unless it is held or was just paused."""
    found = session.execute(
        select(Mailing, Space)
        .join(Space, Space.id == Mailing.space_id)
        .where(Mailing.id == mailing_id, Mailing.state == MailingState.OPEN)
        .with_for_update(of=Mailing, skip_locked=True, key_share=True)
    ).one_or_none()
    return (found[0], found[1]) if found else None


def _take_messages(
    session: Session, mailing: Mailing, space: Space, times: Times, limit: int, *, now: datetime
) -> list[Waiting]:
    """Up to ``limit`` messages that may leave; those before them that may not are withdrawn or put off."""
    for _round in range(ROUNDS):
        messages = _lock_messages(session, mailing.id, limit, now)
        leaving = _sift(session, mailing, space, times, messages, now=now)
        if leaving or len(messages) < limit:
            return leaving
    return []


# Its columns and no object: a claim reads hundreds of rows, and the ORM's work on them cost more than their queries.
_TAKEN = (
    Message.id,
    Message.space_id,
    Message.public_id,
    Message.contact_id,
    Message.is_personal,
    Message.phone,
    Message.fingerprint,
    Message.zone,
    Message.body,
    Message.price_micros,
    Message.not_after,
    Message.attempt,
)


def _lock_messages(session: Session, mailing_id: MailingId, limit: int, now: datetime) -> Sequence[Waiting]:
    return session.execute(
        select(*_TAKEN)
        .where(Message.mailing_id == mailing_id, Message.status == Status.QUEUED, Message.not_before <= now)
        .order_by(Message.not_before, Message.id)
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True)
    ).all()


def _mark(session: Session, mailing: Mailing, times: Times, messages: Sequence[Waiting], *, now: datetime) -> None:
    """Claimed ``now``, with what they cost and the turn that their mailing had."""
    is_renewed = any(times.last_moment(one) != one.not_after for one in messages)
    names = ("status", "claimed_at", *(["not_after"] if is_renewed else []))
    claimed = {"status": Status.SENDING, "claimed_at": now}
    rows = [{"id": one.id, **claimed, "not_after": times.last_moment(one)} for one in messages]
    turn = {"spent_micros": mailing.spent_micros + sum(one.price_micros for one in messages), "served_at": now}
    written = Together(session)
    written.update(Message, rows, names=names)
    written.update(Mailing, [{"id": mailing.id, **turn}], names=tuple(turn))
    note_beside(written, [Change(mailing.space_id, mailing.id, Status.QUEUED, Status.SENDING, len(messages))])
    written.write()
    session.expire(mailing, list(turn))


def _sift(
    session: Session, mailing: Mailing, space: Space, times: Times, messages: Sequence[Waiting], *, now: datetime
) -> list[Waiting]:
    """The messages that may leave now; the others are withdrawn, or wait for their next opening."""
    unwanted = refused(session, space.id, mailing.family, messages)
    needless = attempts.withdraw_needless(session, messages, now=now)
    unread = _unread(session, mailing, messages)
    leaving: list[Waiting] = []
    gone: dict[MessageId, StatusChange] = {}
    later: dict[datetime, list[MessageId]] = {}
    spent_so_far, cap = mailing.spent_micros, mailing.cap_micros
    for message in messages:
        if message.id in needless:
            continue
        reason = unwanted.get(message.id) or _wrong_world(space, message.phone)
        reason = reason or (withdrawal.REMOVED if is_gone(message) else None)
        opens_at, until = _times(times, message, now)
        if message.phone in unread:
            opens_at = max(opens_at, now + UNREAD_WAIT)
        if not reason and until - opens_at < hours.A_MINUTE:
            reason = withdrawal.TOO_LATE
        spent = spent_so_far + message.price_micros
        if not reason and opens_at <= now and cap is not None and spent > cap:
            reason = withdrawal.OVER_CAP
        if reason:
            gone[message.id] = StatusChange(Status.WITHDRAWN, reason=reason)
        elif opens_at > now:
            later.setdefault(opens_at, []).append(message.id)
        else:
            spent_so_far = spent
            leaving.append(message)
    for opens_at, ids in later.items():
        session.execute(_these(ids).values(not_before=opens_at))
    if gone:
        apply_changes(session, gone, now=now)
    return leaving


def _unread(session: Session, mailing: Mailing, messages: Sequence[Waiting]) -> set[str]:
    """The phones whose perhaps-objection nobody has read yet: all but service texts wait until somebody does."""
    if mailing.family is Family.SERVICE or not messages:
        return set()
    return replies.pressing_among(session, mailing.space_id, {message.phone for message in messages})


def _wrong_world(space: Space, phone: str) -> str | None:
    if space.mode is Mode.PRACTICE:
        return None if is_fiction(phone) else withdrawal.REAL
    return withdrawal.FICTION if is_fiction(phone) else None


def _times(times: Times, message: Waiting, now: datetime) -> tuple[datetime, datetime]:
    """When it may leave and its last moment. One whose hours cannot be read is put off, and holds up no other."""
    try:
        return times.slot(message.zone).opens_at, times.last_moment(message)
    except (AppError, KeyError, ValueError):  # no hour is ever open, or the zone is none that this machine knows
        log.exception("hours_unreadable", extra={"message_id": message.id})
        return now + UNREADABLE, message.not_after


def _these(message_ids: list[MessageId]) -> Update:
    return update(_MESSAGES).where(among_ids(_MESSAGES.c.id, message_ids))
