"""What the rooms above make of the new number of a card: what its person refused follows them, and
what waits for them too.

Assembly hands ``Renumbering`` to the database, whose sessions carry it (``Database.handed``); without it nothing does.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.principal import Principal
from app.contacts.models import Contact


@dataclass(frozen=True)
class Renumbering:
    """``follow``: what was noted of the number before, by its fingerprint, is noted of the card's new one.
    ``told``: the sentences that say so."""

    follow: Callable[[Session, Contact, str, Principal, datetime], None]
    told: Callable[[Session, Contact, str], Sequence[str]]


def follow(session: Session, contact: Contact, before: str, *, by: Principal, now: datetime) -> None:
    """A card has another number than that of the fingerprint ``before``, and is written."""
    found = session.info.get(Renumbering)
    if isinstance(found, Renumbering) and contact.fingerprint != before:
        found.follow(session, contact, before, by, now)


def told(session: Session, contact: Contact, before: str) -> Sequence[str]:
    """What followed a person to their new number, in sentences; none while it is the same."""
    found = session.info.get(Renumbering)
    return (
        found.told(session, contact, before) if isinstance(found, Renumbering) and contact.fingerprint != before else ()
    )
