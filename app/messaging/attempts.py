"""Several tries of one text to one phone: a later one never leaves once an earlier one has."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Space
from app.consent import hours
from app.database.ids import MessageId
from app.messaging import messages, tallies, validity, withdrawal
from app.messaging.applying import Applied, StatusChange, apply_changes
from app.messaging.claims import Waiting
from app.messaging.models import Mailing, MailingState, Message
from app.messaging.status import FINAL, Status

LEFT = (Status.ACCEPTED, Status.SENT, Status.DELIVERED)
"""An earlier try in these makes a later one needless."""
_FIRST, _LATER = aliased(Message), aliased(Message)


def take_back(session: Session, steps: Mapping[MessageId, Applied], *, now: datetime) -> None:
    """Withdraw the queued later tries of messages that were given up and have left after all.

    One that a claim holds at this instant is passed over: the claim looks at the earlier try itself.
    """
    revived = [
        message_id
        for message_id, step in steps.items()
        if step.was in FINAL and step.reached is not step.was and step.reached in LEFT
    ]
    if not revived:
        return
    queued = _pairs().where(_FIRST.id.in_(revived)).with_for_update(skip_locked=True, key_share=True, of=_LATER)
    _give_way(session, {row.later_id: row.first_id for row in session.execute(queued)}, now=now)


def withdraw_needless(session: Session, tries: Sequence[Waiting], *, now: datetime) -> set[int]:
    """Of queued messages held by whoever calls, withdraw the tries whose earlier one has left; their ids."""
    later = [one.id for one in tries if one.attempt > 1]
    if not later:
        return set()
    left = session.execute(_pairs().where(_LATER.id.in_(later), _FIRST.status.in_(LEFT)))
    needless = {row.later_id: row.first_id for row in left}
    _give_way(session, needless, now=now)
    return set(needless)


def try_later(session: Session, message_ids: Collection[int], *, now: datetime) -> None:
    """Write one more try of messages that a phone switched off did not take, once each: at the next opening.

    None when that is after the message's own end, which is never later than what it speaks of, nor once its mailing
    is over. A practice space has no hours: its second try leaves at once.
    """
    if not message_ids:
        return
    rows = session.execute(
        select(Message, Mailing, Space)
        .join(Mailing, Mailing.id == Message.mailing_id)
        .join(Space, Space.id == Message.space_id)
        .where(Message.id.in_(message_ids), Message.attempt == 1, Message.is_latest)
        .where(Mailing.state.in_((MailingState.OPEN, MailingState.PAUSED)))
        .order_by(Message.id)
        .execution_options(populate_existing=True)
    ).all()
    for message, mailing, space in rows:
        opens_at = _next_opening(message, mailing, space, now)
        if opens_at < validity.last_moment(mailing, space, message):
            messages.write_again(session, message, now=now, not_before=opens_at)


def _next_opening(message: Message, mailing: Mailing, space: Space, now: datetime) -> datetime:
    """The opening after the present one: a phone that is off is off for a while."""
    if not space.hours_hold:
        return now
    first = hours.slot(mailing.family, message.zone, now)
    return (
        first.opens_at if first.opens_at > now else hours.slot(mailing.family, message.zone, first.closes_at).opens_at
    )


def _pairs() -> Select[int, int]:
    return (
        select(_LATER.id.label("later_id"), _FIRST.id.label("first_id"))
        .join(_FIRST, (_FIRST.mailing_id == _LATER.mailing_id) & (_FIRST.phone == _LATER.phone))
        .where(_LATER.attempt > _FIRST.attempt, _LATER.status == Status.QUEUED)
        .order_by(_LATER.id)
    )


def _give_way(session: Session, first_of: Mapping[MessageId, MessageId], *, now: datetime) -> None:
    """Withdraw later tries, {later id: first id}; the person's state is that of the first one again."""
    if not first_of:
        return
    apply_changes(
        session, {one: StatusChange(Status.WITHDRAWN, reason=withdrawal.FIRST_ARRIVED) for one in first_of}, now=now
    )
    facts = select(Message.id, Message.space_id, Message.mailing_id, Message.status)
    firsts = {row.id: row for row in session.execute(facts.where(Message.id.in_(first_of.values())))}
    session.execute(update(Message).where(Message.id.in_(first_of)).values(is_latest=False))
    session.execute(update(Message).where(Message.id.in_(firsts)).values(is_latest=True))
    tallies.note(
        session,
        [
            tallies.Change(firsts[first].space_id, firsts[first].mailing_id, Status.WITHDRAWN, firsts[first].status)
            for first in first_of.values()
        ],
    )
