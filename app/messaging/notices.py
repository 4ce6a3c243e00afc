"""One letter to one phone: a code, a note to a volunteer."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import secrets
from app.accounts.models import Space
from app.consent.families import Family
from app.messaging import letters, mailings
from app.messaging.letters import Recipient, Window
from app.messaging.models import Message
from app.settings import Settings


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
    mailing = mailings.open(
        session, space, family=family, sender=sender, priority=priority, ignores_hours=ignores_hours, now=now
    )
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
