"""In-doubt messages: the carrier went silent, or we died in its call. Ask before anything is sent again."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, or_, select, union_all, update
from sqlalchemy.orm import Session

from app.accounts import spaces
from app.accounts.models import Space
from app.carrier.carriers import CarrierAccount
from app.carrier.protocol import LookUp, Sighting
from app.database.ids import MessageId
from app.messaging import messages, spending, withdrawal
from app.messaging.applying import StatusChange, apply_changes
from app.messaging.models import Mailing, MailingState, Message
from app.messaging.receipts import Report, record
from app.messaging.status import Status
from app.settings import Settings

log = logging.getLogger(__name__)

TIMES = 2
"""« Never seen » is believed the second time."""
SKEWED_S = 30.0
"""A carrier whose clock is further from that of our rows proves nothing by what it has not seen: ours may be wrong."""
LONGEST_SILENCE = timedelta(days=4)
"""Nobody asks about a message handed over longer ago: they are most of the table, and no carrier holds one so long."""
SILENT = (Status.ACCEPTED, Status.SENT)


@dataclass(frozen=True)
class InDoubt:
    """One message to ask the carrier about. ``carrier_sid`` is None while we do not know whether it left."""

    message_id: MessageId
    account: CarrierAccount
    phone: str
    body: str
    claimed_at: datetime
    carrier_sid: str | None
    doubts: int


def has_lost_claims(session: Session, *, settings: Settings, now: datetime) -> bool:
    """Whether there is any: cheap, so that an idle tick writes nothing."""
    return session.scalar(_lost(settings, now).limit(1)) is not None


def _lost(settings: Settings, now: datetime) -> Select[MessageId]:
    return select(Message.id).where(
        Message.status == Status.SENDING, Message.claimed_at < now - timedelta(seconds=settings.doubt_after_s)
    )


def notice_lost_claims(session: Session, *, settings: Settings, now: datetime) -> int:
    """Messages claimed longer ago than any request lives: their dispatcher died, and they may have left."""
    lost = session.scalars(_lost(settings, now).limit(500).with_for_update(skip_locked=True, key_share=True)).all()
    apply_changes(session, {message_id: StatusChange(Status.UNKNOWN) for message_id in lost}, now=now)
    return len(lost)


def messages_in_doubt(session: Session, *, settings: Settings, now: datetime, limit: int) -> list[InDoubt]:
    """The messages that it is time to ask about, the longest unasked first and each carrier account in its turn."""
    due = union_all(_in_doubt(settings, now), _silent(settings, now)).subquery()
    turn = func.row_number().over(partition_by=Space.carrier_account_sid, order_by=(due.c.since, due.c.id))
    ranked = select(due.c.id, turn.label("turn")).join(Space, Space.id == due.c.space_id).subquery()
    rows = session.execute(
        select(Message, Space)
        .join(ranked, ranked.c.id == Message.id)
        .join(Space, Space.id == Message.space_id)
        .order_by(ranked.c.turn, Message.claimed_at)
        .limit(limit)
    ).all()
    return [
        InDoubt(
            message_id=message.id,
            account=spaces.account_of(space, settings),
            phone=message.phone,
            body=message.body,
            claimed_at=message.claimed_at or now,
            carrier_sid=message.carrier_sid,
            doubts=message.doubts,
        )
        for message, space in rows
    ]


def _in_doubt(settings: Settings, now: datetime) -> Select[int, int, datetime]:
    after, again = timedelta(seconds=settings.doubt_after_s), timedelta(seconds=settings.doubt_again_s)
    return _since().where(
        Message.status == Status.UNKNOWN,
        Message.claimed_at < now - after,
        or_(Message.asked_at.is_(None), Message.asked_at < now - again),
    )


def _silent(settings: Settings, now: datetime) -> Select[int, int, datetime]:
    silence = timedelta(seconds=settings.ask_after_s)
    return (
        _since()
        .join(Mailing, Mailing.id == Message.mailing_id)
        .where(
            Mailing.state != MailingState.CLOSED,
            Message.status.in_(SILENT),
            Message.claimed_at < now - silence,
            Message.claimed_at > now - LONGEST_SILENCE,
            Message.not_after > now - timedelta(seconds=settings.finish_after_s),
            or_(Message.asked_at.is_(None), Message.asked_at < now - silence),
        )
    )


def _since() -> Select[int, int, datetime]:
    return select(Message.id, Message.space_id, func.coalesce(Message.asked_at, Message.claimed_at).label("since"))


def put_off(session: Session, doubt: InDoubt, *, settings: Settings, now: datetime) -> None:
    """The carrier could not be asked: that proves nothing, and others are asked about first."""
    wait_s = settings.ask_after_s if doubt.carrier_sid else settings.doubt_again_s
    asked_at = now - timedelta(seconds=max(0.0, wait_s - settings.doubt_again_s))
    session.execute(update(Message).where(Message.id == doubt.message_id).values(asked_at=asked_at))


def resolve(session: Session, doubt: InDoubt, found: LookUp, *, now: datetime) -> None:
    """What the carrier's answer means for the message.

    A text of the same words that no other message owns is ours. None at all, twice and after the longest life of a
    request, means that it never left: the next attempt takes over. While the carrier's clock and that of ``now``
    disagree, nobody knows how long a request has lived, and a text not seen stays in doubt.
    """
    message = session.get_one(Message, doubt.message_id, with_for_update={"key_share": True})
    seen = _ours(session, doubt, found.sightings)
    if seen:
        report = Report(seen.status, seen.carrier_sid, seen.error_code, source="look_up")
        record(session, message.id, report, now=now)
        session.execute(update(Message).where(Message.id == message.id).values(asked_at=now))
    elif found.skew_s is not None and abs(found.skew_s) > SKEWED_S:
        log.error("clock_disagrees", extra={"message_id": message.id, "carrier_ahead_s": round(found.skew_s)})
        message.asked_at = now
    elif message.status is Status.UNKNOWN and message.doubts == doubt.doubts:
        message.doubts, message.asked_at = message.doubts + 1, now
        session.flush()
        if message.doubts >= TIMES:
            _conclude_never_left(session, message, now=now)
    else:
        message.asked_at = now


def _ours(session: Session, doubt: InDoubt, sightings: Sequence[Sighting]) -> Sighting | None:
    if doubt.carrier_sid:  # its id says enough: the body may have been redacted since
        return next((one for one in sightings if one.carrier_sid == doubt.carrier_sid), None)
    sids = [sighting.carrier_sid for sighting in sightings]
    taken = set(
        session.scalars(
            select(Message.carrier_sid).where(Message.carrier_sid.in_(sids), Message.id != doubt.message_id)
        )
    )
    return next((one for one in sightings if one.carrier_sid not in taken and _same_words(one.body, doubt.body)), None)


def _same_words(theirs: str, ours: str) -> bool:
    # A carrier may trim a body's edges; the personal link inside makes any two of ours differ.
    return theirs.split() == ours.split()


def _conclude_never_left(session: Session, message: Message, *, now: datetime) -> None:
    state = session.scalar(select(Mailing.state).where(Mailing.id == message.mailing_id))
    goes_again = message.not_after > now and state in (MailingState.OPEN, MailingState.PAUSED)
    why = withdrawal.NEVER_LEFT if goes_again else withdrawal.TOO_LATE
    why = withdrawal.CANCELLED if state is MailingState.CANCELLED else why
    steps = apply_changes(session, {message.id: StatusChange(Status.FAILED, reason=why)}, now=now)
    spending.give_back(session, spending.refunds(steps.values()))
    session.refresh(message)
    if goes_again:
        messages.write_again(session, message, now=now)
