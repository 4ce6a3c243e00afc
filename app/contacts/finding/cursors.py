"""Where a list of people goes on."""

import base64
import binascii
import json
from typing import NamedTuple

from app.contacts.models import Contact
from app.errors import RuleBroken
from app.french.language import _


class Place(NamedTuple):
    """After a person: in the alphabet's order, or, with a ``word``, in that of the words by which people are met."""

    sort_key: str
    id: int
    word: str = ""


def cursor(contact: Contact) -> str:
    """The place after a contact, for an address."""
    return written(Place(contact.sort_key, contact.id))


def written(at: Place) -> str:
    """A place for an address."""
    return base64.urlsafe_b64encode(json.dumps(at if at.word else at[:2]).encode()).decode().rstrip("=")


def place(cursor: str) -> Place:
    """The place that an address says. Raises RuleBroken."""
    try:
        sort, contact_id, *word = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return Place(str(sort), int(contact_id), str(word[0]) if word else "")
    except (binascii.Error, ValueError, TypeError):
        raise RuleBroken(
            "cursor_unreadable", _("Cette suite de liste n'est pas lisible : repartez du début.")
        ) from None
