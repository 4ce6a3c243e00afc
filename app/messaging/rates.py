"""How fast a sender may go: one row a sender, so that the limit holds across machines (a generic cell rate)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, update
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.carrier.codes import Action, Explanation, explain
from app.database.engine import insert_missing
from app.database.ids import SpaceId
from app.messaging.models import Mailing, MailingState, Message, SenderRate
from app.messaging.status import Status

BURST = timedelta(seconds=1)
"""Nobody takes more than one second's worth at a time."""
LONGEST_UNSAID = timedelta(minutes=5)
"""A sender that waits longer without the carrier's reason was written by a clock that was ahead: it is free."""


@dataclass(frozen=True)
class Wait:
    """For how many ``seconds`` the carrier would take nothing; ``code`` is its reason, None when it gave none."""

    seconds: float
    code: int | None = None


def is_free(now: datetime) -> ColumnElement[bool]:
    """The condition that a mailing's sender may hand over a text: a sender that waits holds up nobody else."""
    return ~exists().where(
        and_(
            SenderRate.space_id == Mailing.space_id,
            SenderRate.sender == Mailing.sender,
            SenderRate.free_at > now,
            or_(SenderRate.held_code.is_not(None), SenderRate.free_at <= now + LONGEST_UNSAID),
        )
    )


def lock(session: Session, space: Space, sender: str, *, now: datetime) -> SenderRate:
    """The sender's row, held until the transaction ends."""
    _make(session, space, sender, now)
    return session.scalars(_row(space, sender).with_for_update()).one()


def try_lock(session: Session, space: Space, sender: str, *, now: datetime) -> SenderRate | None:
    """The same without waiting: None while another claim holds it. Claims that never wait never lock each other."""
    query = _row(space, sender).with_for_update(skip_locked=True)
    rate = session.scalar(query)
    if rate is None and _make(session, space, sender, now):
        rate = session.scalar(query)
    return rate


def slots(rate: SenderRate, space: Space, *, now: datetime) -> int:
    """How many texts may be handed over now."""
    free_at = _free_at(rate, now)
    if free_at > now:
        return 0
    waited_s = (now - max(free_at, _earliest(space, now))).total_seconds()
    return int(waited_s * space.rate_per_s + 1e-6) + 1


def take(rate: SenderRate, space: Space, count: int, *, now: datetime) -> None:
    """Use ``count`` of the slots."""
    rate.free_at = max(_free_at(rate, now), _earliest(space, now)) + timedelta(seconds=count / space.rate_per_s)
    rate.held_code = None


def hold(rate: SenderRate, wait: Wait, *, now: datetime) -> None:
    """Nothing more from this sender for a while: the carrier asked to slow down."""
    until = now + timedelta(seconds=wait.seconds)
    if until > _free_at(rate, now):
        rate.free_at, rate.held_code = until, wait.code


def held_by(session: Session, space_id: SpaceId, sender: str, *, now: datetime) -> Explanation | None:
    """What the carrier said that keeps this sender waiting, in words for people; None when there is nothing to say."""
    code = session.scalar(
        select(SenderRate.held_code).where(
            SenderRate.space_id == space_id, SenderRate.sender == sender, SenderRate.free_at > now
        )
    )
    said = explain(code) if code is not None else None
    return said if said and said.sentence else None


def held_among(session: Session, mailing_ids: Iterable[int], *, now: datetime) -> dict[int, Explanation]:
    """The open ones of these mailings whose sender waits, each with what the carrier said, for people."""
    rows = session.execute(
        select(Mailing.id, SenderRate.held_code)
        .join(SenderRate, and_(SenderRate.space_id == Mailing.space_id, SenderRate.sender == Mailing.sender))
        .where(Mailing.id.in_(mailing_ids), Mailing.state == MailingState.OPEN)
        .where(SenderRate.free_at > now, SenderRate.held_code.is_not(None))
    )
    said = {row.id: explain(row.held_code) for row in rows}
    return {mailing_id: one for mailing_id, one in said.items() if one.sentence}


def lift_day_limit(session: Session, space_id: SpaceId, *, now: datetime) -> bool:
    """The carrier takes today what it had put off until tomorrow: all of it leaves. Whether anything waited so."""
    held = session.execute(
        select(SenderRate.free_at, SenderRate.held_code).where(
            SenderRate.space_id == space_id, SenderRate.held_code.is_not(None), SenderRate.free_at > now
        )
    ).all()
    put_off = [row.free_at for row in held if explain(row.held_code).action is Action.POSTPONE]
    if not put_off:
        return False
    # Messages before senders, as everywhere. One that waited for its hour instead is put off again when it is claimed.
    refused = session.scalars(
        select(Message.id)
        .where(Message.space_id == space_id, Message.status == Status.QUEUED)
        .where(Message.not_before > now, Message.not_before <= max(put_off))
        .order_by(Message.id)
        .with_for_update()
    ).all()
    session.execute(update(Message).where(Message.id.in_(refused)).values(not_before=now))
    free_all(session, space_id, now=now)
    return True


def free_all(session: Session, space_id: SpaceId, *, now: datetime) -> None:
    """Let every sender of a space go on: whatever it waited for is over."""
    held = select(SenderRate.sender).where(SenderRate.space_id == space_id, SenderRate.free_at > now)
    for sender in session.scalars(held.order_by(SenderRate.sender).with_for_update()).all():
        session.execute(
            update(SenderRate)
            .where(SenderRate.space_id == space_id, SenderRate.sender == sender)
            .values(free_at=now, held_code=None)
        )


def _free_at(rate: SenderRate, now: datetime) -> datetime:
    is_stray = rate.held_code is None and rate.free_at > now + LONGEST_UNSAID
    return now if is_stray else rate.free_at


def _earliest(space: Space, now: datetime) -> datetime:
    """A sender that rested long has its whole burst, and no more."""
    return now - BURST + timedelta(seconds=1 / space.rate_per_s)


def _row(space: Space, sender: str) -> Select[SenderRate]:
    return select(SenderRate).where(SenderRate.space_id == space.id, SenderRate.sender == sender)


def _make(session: Session, space: Space, sender: str, now: datetime) -> bool:
    return bool(
        insert_missing(
            session,
            SenderRate,
            [{"space_id": space.id, "sender": sender, "free_at": _earliest(space, now)}],
            unique=[SenderRate.space_id, SenderRate.sender],
            returning=SenderRate.space_id,
        )
    )
