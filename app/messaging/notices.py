"""One letter to one phone: a code, a note to a volunteer."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from app.accounts import secrets
from app.accounts.models import Space
from app.consent.families import Family
from app.messaging import letters
from app.messaging.letters import Recipient, Window
from app.messaging.models import Gate, Mailing, Message
from app.messaging.status import FINAL
from app.settings import Settings

QUIET_AFTER = timedelta(days=2)
"""How long after its latest letter was written a mailing may be closed."""


def send(
    session: Session,
    space: Space,
    recipient: Recipient,
    *,
    body: str,
    family: Family,
    settings: Settings,
    now: datetime,
    valid_for: timedelta,
    ignores_hours: bool = False,
    priority: int = 5,
    sender: str = "",
) -> Message:
    """Queue one letter in a mailing of its own."""
    mailing = Mailing(
        space_id=space.id,
        sender=sender or space.sender,
        family=family,
        priority=priority,
        ignores_hours=ignores_hours,
        served_at=now,
        created_at=now,
    )
    session.add(mailing)
    session.flush()
    window = Window(now, now + valid_for)
    letters.write(session, mailing, [recipient], space=space, body=body, window=window, settings=settings, now=now)
    return session.scalars(select(Message).where(Message.mailing_id == mailing.id)).one()


def send_code(session: Session, space: Space, *, phone: str, body: str, settings: Settings, now: datetime) -> Message:
    """Text a one-time code at once, whatever the hour: its reader is waiting for it."""
    recipient = Recipient(None, phone, secrets.fingerprint(phone, key=settings.fingerprint_key))
    return send(
        session,
        space,
        recipient,
        body=body,
        family=Family.SERVICE,
        settings=settings,
        now=now,
        valid_for=timedelta(minutes=15),
        ignores_hours=True,
        priority=0,
    )


def close_quiet(session: Session, *, now: datetime) -> None:
    """Close mailings whose letters are all final and old, so that the dispatcher stops looking at them.

    One without a letter has not begun: its owner still writes into it, days from now perhaps.
    """
    its_letters = select(Message.id).where(Message.mailing_id == Mailing.id)
    busy = its_letters.where(or_(Message.status.not_in(FINAL), Message.created_at > now - QUIET_AFTER))
    session.execute(
        update(Mailing)
        .where(Mailing.gate == Gate.OPEN, Mailing.created_at < now - QUIET_AFTER)
        .where(its_letters.exists(), ~busy.exists())
        .values(gate=Gate.CLOSED)
    )
