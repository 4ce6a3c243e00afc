"""Where a list of people goes on."""

import base64
import json
from typing import NamedTuple

from app.contacts.finding.typed import LAST
from app.contacts.models import Contact
from app.errors import RuleBroken
from app.french.language import _
from app.web.schemas import LAST_ROW


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
    said = json.dumps(at if at.word else at[:2], ensure_ascii=False)
    return base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")


def place(cursor: str) -> Place:
    """The place that an address says. Raises RuleBroken for what no page wrote, or no database could look for."""
    try:
        sort, contact_id, *word = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, RecursionError):
        raise _unreadable() from None
    is_row = type(contact_id) is int and 0 <= contact_id <= LAST_ROW  # 0: before everybody of a word
    if not is_row or len(word) > 1 or not all(map(_is_key, (sort, *word))):
        raise _unreadable()
    return Place(sort, contact_id, *word)


def _is_key(said: object) -> bool:
    """Whether a sort key or a word may be so: ``LAST`` is after all words."""
    return isinstance(said, str) and (said == LAST or said.isprintable())


def _unreadable() -> RuleBroken:
    return RuleBroken("cursor_unreadable", _("Cette suite de liste n'est pas lisible : repartez du début."))
