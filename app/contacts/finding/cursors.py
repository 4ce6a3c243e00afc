"""Where a list of people, by name, goes on."""

import base64
import binascii
import json

from app.contacts.models import Contact
from app.errors import RuleBroken
from app.french.language import _


def cursor(contact: Contact) -> str:
    """The place after a contact, for an address."""
    return base64.urlsafe_b64encode(json.dumps([contact.sort_key, contact.id]).encode()).decode().rstrip("=")


def place(cursor: str) -> tuple[str, int]:
    """(sort key, id) of the contact it stands after. Raises RuleBroken."""
    try:
        sort, contact_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return str(sort), int(contact_id)
    except (binascii.Error, ValueError, TypeError):
        raise RuleBroken(
            "cursor_unreadable", _("Cette suite de liste n'est pas lisible : repartez du début.")
        ) from None
