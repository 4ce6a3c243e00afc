"""What the floors above say of a contact: may we text them? Assembly says who knows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.contacts import lists, tags
from app.contacts.models import Contact, ContactList
from app.contacts.profile import values
from app.contacts.profile.reading import SKILLS
from app.contacts.profile.values import Said
from app.web.seams import Seam

REACHABLE = "reachable"


@dataclass(frozen=True)
class Badge:
    """A contact's state in a list: a word for programs, French words, and how grave it looks.

    ``kind`` is a class of the stylesheet: ``failed``, ``waiting``, ``arrived``, ``doubt``.
    """

    state: str
    words: str
    kind: str = "waiting"


@dataclass(frozen=True)
class Action:
    """A button that POSTs to ``address``; ``kind`` is the button's: ``quiet``, ``danger``…"""

    label: str
    address: str
    kind: str = "quiet"
    is_managers: bool = False
    """Only whoever manages the space may press it."""


@dataclass(frozen=True)
class Panel:
    """A block of the contact's page."""

    title: str
    sentences: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()
    badge: Badge | None = None
    links: tuple[tuple[str, str], ...] = ()
    """(words, address) of the pages that say more."""
    forms: tuple[tuple[str, str], ...] = ()
    """The same of the pages that change something: for whoever may."""


def _no_badges(_session: Session, _space: Space, _contacts: Sequence[Contact]) -> Mapping[int, Badge]:
    return {}


def _no_panels(_session: Session, _space: Space, _contact: Contact) -> Sequence[Panel]:
    return ()


def _no_warnings(_text: str) -> Sequence[str]:
    return ()


def _nothing_to_take_back(_session: Session, _contact: Contact, _now: datetime) -> None:
    pass


Column = Callable[[Session, Space, Sequence[Contact]], Mapping[int, str]]
"""What a column of an export says of these contacts, in French words by contact id; nothing for those left out."""


@dataclass(frozen=True)
class Provider:
    """What one feature above knows of contacts."""

    badges: Callable[[Session, Space, Sequence[Contact]], Mapping[int, Badge]] = field(default=_no_badges)
    """Whom to mark in lists, by contact id; those absent have nothing to say."""
    panels: Callable[[Session, Space, Contact], Sequence[Panel]] = field(default=_no_panels)
    warnings: Callable[[str], Sequence[str]] = field(default=_no_warnings)
    """French sentences about a note or a tag somebody wrote; they warn and refuse nothing."""
    columns: Mapping[str, Column] = field(default_factory=dict)
    """Columns of an export: {name: its words by contact id}."""
    take_back: Callable[[Session, Contact, datetime], None] = field(default=_nothing_to_take_back)
    """What the feature had under way for somebody who is about to be removed or archived."""
    forget: Callable[[Session, Contact, datetime], None] = field(default=_nothing_to_take_back)
    """What the feature knows of somebody who is about to be erased, where no key of the database takes it along."""


PROVIDERS: Seam[Sequence[Provider]] = Seam("contact panels")
"""Who speaks on the contact pages, in this order."""


def badges(session: Session, space: Space, contacts: Sequence[Contact]) -> dict[int, Badge]:
    """Every provider's badges together; the first that marks a contact has the word."""
    found: dict[int, Badge] = {}
    for provider in PROVIDERS.read():
        found = {**provider.badges(session, space, contacts), **found}
    return found


def panels(session: Session, space: Space, contact: Contact) -> list[Panel]:
    """Every provider's panels, in their order."""
    return [panel for provider in PROVIDERS.read() for panel in provider.panels(session, space, contact)]


def warnings(*texts: str) -> list[str]:
    """What every provider has to say of these texts."""
    return [sentence for provider in PROVIDERS.read() for text in texts if text for sentence in provider.warnings(text)]


def columns() -> dict[str, Column]:
    """Every provider's columns of an export, in their order."""
    return {name: said for provider in PROVIDERS.read() for name, said in provider.columns.items()}


def take_back(session: Session, contact: Contact, *, now: datetime) -> None:
    """Let every provider stop what it had under way for a contact about to be removed."""
    for provider in PROVIDERS.read():
        provider.take_back(session, contact, now)


def forget(session: Session, contact: Contact, *, now: datetime) -> None:
    """The same for one about to be erased, of whom nothing personal stays in any room."""
    take_back(session, contact, now=now)
    for provider in PROVIDERS.read():
        provider.forget(session, contact, now)


@dataclass(frozen=True)
class Described:
    """A contact with all that stands beside it in a list."""

    contact: Contact
    tags: Sequence[str]
    lists: Sequence[ContactList]
    badge: Badge | None
    noted: Sequence[Said] = ()
    """What the space's own fields say, in their order, skills aside."""
    skills: Sequence[str] = ()

    @property
    def custom(self) -> Mapping[str, str]:
        """{label: what it says}."""
        return {one.field.label: one.text for one in self.noted}

    @property
    def fields(self) -> Mapping[str, Any]:
        """{name of the field: its value by type}, for programs."""
        return {one.field.name: one.typed for one in self.noted}

    @property
    def consent(self) -> str:
        """The state for programs."""
        return self.badge.state if self.badge else REACHABLE


def described(session: Session, space: Space, contacts: Sequence[Contact]) -> list[Described]:
    """These contacts with their tags, lists, fields and badges: one query each for all of them."""
    ids = [contact.id for contact in contacts]
    worn, on, marks = tags.of_contacts(session, ids), lists.of_contacts(session, ids), badges(session, space, contacts)
    said = values.of_contacts(session, space.id, ids)
    return [_described(each, worn[each.id], on[each.id], marks.get(each.id), said[each.id]) for each in contacts]


def _described(
    contact: Contact, tags: Sequence[str], lists: Sequence[ContactList], badge: Badge | None, said: Sequence[Said]
) -> Described:
    skills = [value.text for one in said if one.field.name == SKILLS for value in one.values]
    return Described(contact, tags, lists, badge, [one for one in said if one.field.name != SKILLS], skills)
