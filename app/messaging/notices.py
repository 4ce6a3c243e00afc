"""One message to one phone: a code, a note to a volunteer."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import secrets
from app.accounts.models import Space
from app.audiences.recipients import Recipient
from app.consent.families import Family
from app.consent.hours import HoursException
from app.french.language import _
from app.messaging import mailings, messages
from app.messaging.messages import Window
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
    expires_at: datetime | None = None,
    exception: HoursException | None = None,
    priority: int = 5,
    sender: str = "",
) -> Message:
    """Queue one message in a mailing of its own; ``expires_at`` is when it means nothing any more."""
    mailing = mailings.open(
        session, space, family=family, sender=sender, priority=priority, exception=exception, now=now
    )
    window = Window(now, expires_at)
    messages.write(session, mailing, [recipient], space=space, body=body, window=window, settings=settings, now=now)
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
