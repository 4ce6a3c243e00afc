"""The thirty seconds after « Envoyer » in which all of it may still be stopped: of any mailing, whoever owns it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.database.ids import ContactId, MailingId
from app.messaging import mailings, validity, withdrawal
from app.messaging.messages import Window
from app.messaging.models import Mailing, MailingState, Message
from app.messaging.restore import halt
from app.messaging.status import Status

AFTERTHOUGHT = timedelta(seconds=30)
"""How long whoever sends may change their mind; a choice of the house."""
UNSENT = (Status.QUEUED, Status.WITHDRAWN)
"""Messages that have not left, and were in no dispatcher's hand."""


@dataclass(frozen=True)
class Leaving:
    """A mailing of which nothing has left yet, for ``templates/components/leaving.html``.

    ``people`` of them wait, at ``price_micros``. ``departure`` says when, in words, while the hours hold it or a stop
    of all sending; otherwise it leaves at ``leaves_at``, ``seconds_left`` after ``now``, and zero is « at any moment ».
    """

    mailing_id: MailingId
    people: int
    price_micros: int
    leaves_at: datetime
    seconds_left: int
    departure: str
    now: datetime


def window(now: datetime, *, expires_at: datetime | None = None, late: timedelta | None = None) -> Window:
    """For ``post`` and ``messages.write``: nothing leaves before the time to think again is over."""
    return Window(now + AFTERTHOUGHT, expires_at, late)


def leaving(session: Session, space: Space, mailing_ids: Collection[MailingId], *, now: datetime) -> Sequence[Leaving]:
    """Those of these mailings of the space that are open and of which nothing has left, the oldest first."""
    left = select(Message.mailing_id).where(Message.mailing_id.in_(mailing_ids), Message.status.not_in(UNSENT))
    rows = session.execute(
        select(Mailing, func.count(), func.sum(Message.price_micros), func.min(Message.not_before))
        .join(Message, Message.mailing_id == Mailing.id)
        .where(Mailing.space_id == space.id, Mailing.id.in_(mailing_ids), Mailing.state == MailingState.OPEN)
        .where(Message.status == Status.QUEUED, Mailing.id.not_in(left))
        .group_by(Mailing.id)
        .order_by(Mailing.id)
    ).all()
    stopped = halt.said(session, now=now, zone=ZoneInfo(space.zone)) if rows else ""
    return [
        Leaving(
            mailing_id=mailing.id,
            people=people,
            price_micros=int(price),
            leaves_at=leaves_at,
            seconds_left=max(0, ceil((leaves_at - now).total_seconds())),
            departure=stopped or validity.departure(mailing, space, max(leaves_at, now)),
            now=now,
        )
        for mailing, people, price, leaves_at in rows
    ]


def stop(session: Session, space: Space, mailing_id: MailingId, *, now: datetime) -> tuple[list[ContactId], bool]:
    """Cancel a mailing of the space, and take back at once what waits in it: (whose messages, whether none had left).

    Its owner forgets that it wrote to these contacts. What a dispatcher holds at this instant has left. A mailing that
    is over, or not of the space, changes nothing: ([], False).
    """
    of_space = select(Mailing.id).where(Mailing.space_id == space.id, Mailing.id == mailing_id)
    if session.scalar(of_space) is None or not mailings.cancel(session, [mailing_id]):
        return [], False
    its = select(Message.contact_id, Message.status).where(
        Message.space_id == space.id, Message.mailing_id == mailing_id
    )
    waiting = session.execute(its.where(Message.status == Status.QUEUED).with_for_update(key_share=True)).all()
    withdrawal.take_back(session, mailing_ids=[mailing_id], reason=withdrawal.CANCELLED, now=now)
    others = session.scalar(its.where(Message.status.not_in(UNSENT)).with_only_columns(func.count()))
    return [row.contact_id for row in waiting if row.contact_id is not None], not others
