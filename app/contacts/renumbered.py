"""What the rooms above do when somebody's number changes: what was refused at the one of before holds at the new one.

Assembly hands ``Renumbered`` to the database, whose sessions carry it (``Database.handed``); without it nobody is told.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.principal import Principal
from app.contacts.models import Contact


@dataclass(frozen=True)
class Renumbered:
    """``follow`` is given the contact with the new number, and the fingerprint of the one of before."""

    follow: Callable[[Session, Contact, str, Principal, datetime], None]


def tell(session: Session, contact: Contact, was: str, by: Principal, now: datetime) -> None:
    """The contact has another number than that of the fingerprint ``was``."""
    found = session.info.get(Renumbered)
    if isinstance(found, Renumbered):
        found.follow(session, contact, was, by, now)
