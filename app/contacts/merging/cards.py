"""The two cards of a merge: what differs, what the survivor's becomes, what the husk keeps. Mostly pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from app.contacts.fields import FIELDS, Kind
from app.contacts.models import Contact
from app.contacts.naming import name_key, search_keys
from app.contacts.phone import show_phone
from app.french.language import _

PHONE = ("phone", "phone_typed", "fingerprint", "phone_is_parents")
"""What goes with the number."""
CARD = tuple(field.name for field in FIELDS if field.name not in PHONE)
CHOSEN = ("phone", *CARD)
"""What one may choose the loser's of."""
SWAPPED = (*PHONE, "first_name", "name_key")
"""What the husk takes of the survivor's in exchange, so that each number and name still leads to somebody."""

Values = dict[str, Any]


@dataclass(frozen=True)
class Difference:
    """A field of which the two cards say two things, as people read them."""

    name: str
    label: str
    first: str
    second: str


def differences(one: Contact, other: Contact) -> list[Difference]:
    """Where somebody must choose: both say something, and not the same. Notes and free times add up."""
    found = [] if one.phone == other.phone else [_phones(one, other)]
    for field in (field for field in FIELDS if field.name in CARD and field.name not in ADDED):
        mine, theirs = getattr(one, field.name), getattr(other, field.name)
        if mine != theirs and not is_blank(mine) and not is_blank(theirs):
            found.append(Difference(field.name, field.title, field.shown(mine), field.shown(theirs)))
    return found


def _phones(one: Contact, other: Contact) -> Difference:
    return Difference("phone", _("Téléphone"), show_phone(one.phone), show_phone(other.phone))


def merged(survivor: Contact, loser: Contact, chosen: Collection[str]) -> Values:
    """The survivor's card: its own values, the loser's where chosen, and where it says nothing."""
    card: Values = {}
    for name in CARD:
        mine, theirs = getattr(survivor, name), getattr(loser, name)
        if name in ADDED:
            card[name] = ADDED[name](mine, theirs)
        else:
            card[name] = theirs if name in chosen or is_blank(mine) else mine
    who = loser if "phone" in chosen else survivor
    card |= {name: getattr(who, name) for name in PHONE}
    if survivor.phone == loser.phone:
        card["phone_is_parents"] = survivor.phone_is_parents or loser.phone_is_parents
    return card | keys(card)


def husk(survivor: Contact, loser: Contact, card: Mapping[str, Any]) -> Values:
    """What changes of the loser's card: it takes the number and the first name that the survivor gives up.

    It never stays without a name: whoever else came with one to its phone would be taken for it.
    """
    gives_up = card["phone"] != survivor.phone or (survivor.phone, card["name_key"]) == (loser.phone, loser.name_key)
    kept = {name: getattr(survivor if gives_up else loser, name) for name in SWAPPED}
    return kept | {"name_key": kept["name_key"] or nobody(loser)}


def nobody(contact: Contact) -> str:
    """A name key under which nobody is found: no folded name begins with a space."""
    return f" {contact.id}"


def keys(card: Mapping[str, Any]) -> Values:
    """What is looked up by, of a card."""
    return {"name_key": name_key(card["first_name"]), **search_keys(card)}


def is_blank(value: Any) -> bool:
    return value is None or value == ""


def _both_notes(mine: str, theirs: str) -> str:
    return mine if theirs in mine else "\n".join(part for part in (mine, theirs) if part)


_ADDING: Mapping[Kind, Any] = {Kind.PARAGRAPH: _both_notes, Kind.SEVERAL: lambda mine, theirs: mine | theirs}
ADDED = {field.name: _ADDING[field.kind] for field in FIELDS if field.kind in _ADDING}
"""What the two cards say together."""
