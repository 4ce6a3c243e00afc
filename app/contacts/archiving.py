"""People archived: nobody chooses them any more, and their story stays.

Whoever chooses people (lists, searches, counts, audiences, invitations, exports, programs) asks for ``PRESENT``;
whoever looks somebody up by id or by phone (links, replies, histories, imports) does not.
"""

from datetime import datetime

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.principal import Principal
from app.contacts import acts
from app.contacts.models import Contact
from app.errors import Conflict
from app.french.language import _

PRESENT: ColumnElement[bool] = Contact.archived_at.is_(None)
"""The one condition of whoever chooses people; a contact merged into another is archived too."""
OLDEST_PRESENT = (Contact.archived_at.is_not(None), Contact.id)
"""The order in which the people of one phone are recognised."""


def archive(session: Session, contact: Contact, *, by: Principal, now: datetime) -> None:
    """Choose them no more. The edge first takes back what waits for them (``panels.take_back``)."""
    if contact.archived_at is None:
        contact.archived_at = contact.updated_at = now
        activity.record(session, contact.space_id, acts.CONTACT_ARCHIVED, by=by, now=now, subject_id=contact.id)


def bring_back(session: Session, contact: Contact, *, by: Principal, now: datetime) -> None:
    """Choose them again. Raises Conflict for somebody who turned out to be another."""
    if contact.merged_into_id is not None:
        raise Conflict("contact_merged", _("Cette fiche a été réunie avec une autre : ouvrez l'autre."))
    if contact.archived_at is not None:
        contact.archived_at, contact.updated_at = None, now
        activity.record(session, contact.space_id, acts.CONTACT_BROUGHT_BACK, by=by, now=now, subject_id=contact.id)


def check_present(contact: Contact) -> None:
    """Raises Conflict for somebody archived, to whom nothing is written."""
    if contact.archived_at is not None:
        raise Conflict(
            "contact_archived", _("Cette personne est archivée : remettez-la dans vos bénévoles avant de lui écrire.")
        )
