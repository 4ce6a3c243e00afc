"""One letter to one phone: a code, a note to a volunteer."""

from datetime import datetime, timedelta

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from app.accounts import secrets
from app.accounts.models import Space
from app.consent.families import Family
from app.consent.hours import HoursException
from app.language import _
from app.messaging import letters, validity
from app.messaging.letters import Recipient, Window
from app.messaging.models import Gate, Mailing, Message
from app.messaging.status import FINAL
from app.settings import Settings

QUIET_AFTER = timedelta(days=2)
"""How old a mailing is before it may be closed for want of letters."""


def send(
    session: Session,
    space: Space,
    recipient: Recipient,
    *,
    body: str,
    family: Family,
    settings: Settings,
    now: datetime,
    expires_at: datetime | None = None,
    exception: HoursException | None = None,
    priority: int = 5,
    sender: str = "",
) -> Message:
    """Queue one letter in a mailing of its own; ``expires_at`` is when it means nothing any more."""
    mailing = Mailing(
        space_id=space.id,
        sender=sender or space.sender,
        family=family,
        priority=priority,
        served_at=now,
        created_at=now,
    )
    validity.allow(mailing, exception)
    session.add(mailing)
    session.flush()
    window = Window(now, expires_at)
    letters.write(session, mailing, [recipient], space=space, body=body, window=window, settings=settings, now=now)
    return session.scalars(select(Message).where(Message.mailing_id == mailing.id)).one()


def send_code(session: Session, space: Space, *, phone: str, body: str, settings: Settings, now: datetime) -> Message:
    """Text a one-time code at once, whatever the hour: its reader is waiting for it."""
    end = now + timedelta(minutes=15)
    recipient = Recipient(None, phone, secrets.fingerprint(phone, key=settings.fingerprint_key))
    return send(
        session,
        space,
        recipient,
        body=body,
        family=Family.SERVICE,
        settings=settings,
        now=now,
        expires_at=end,
        exception=HoursException(_("la personne qui attend ce code"), end, None),
        priority=0,
    )


def close_quiet(session: Session, *, now: datetime) -> None:
    """Close old mailings whose letters are all final, so that the dispatcher stops looking at them."""
    busy = exists().where(Message.mailing_id == Mailing.id, Message.status.not_in(FINAL))
    session.execute(
        update(Mailing)
        .where(Mailing.gate == Gate.OPEN, Mailing.created_at < now - QUIET_AFTER, ~busy)
        .values(gate=Gate.CLOSED)
    )
