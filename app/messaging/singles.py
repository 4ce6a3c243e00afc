"""One text to one contact: the rules of a campaign, for a single message."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.models import Space
from app.accounts.principal import Principal
from app.audiences.recipients import Recipient
from app.consent.families import Family
from app.contacts.archiving import check_present
from app.contacts.models import Contact
from app.messaging import acts, messages
from app.messaging.body.rules import check_body
from app.messaging.messages import Window
from app.messaging.models import Message
from app.messaging.posting import post
from app.settings import Settings


def send(
    session: Session,
    space: Space,
    contact: Contact,
    *,
    body: str,
    family: Family,
    by: Principal,
    settings: Settings,
    now: datetime,
) -> Message:
    """Queue one message for the first allowed instant. Raises RuleBroken for a text or a person that cannot be."""
    check_body(body, two_way=space.two_way)
    check_present(contact)
    mailing = post(
        session,
        space,
        [
            Recipient(
                contact.id,
                contact.phone,
                contact.fingerprint,
                {"prénom": contact.first_name, "nom": contact.last_name},
                birth_year=contact.birth_year,
                phone_is_parents=contact.phone_is_parents,
            )
        ],
        body=body,
        family=family,
        window=Window(now),
        settings=settings,
        now=now,
    )
    message = messages.only(session, mailing)
    activity.record(session, space.id, acts.MESSAGE_SENT, by=by, now=now, subject_id=message.id, contact=contact.id)
    return message
