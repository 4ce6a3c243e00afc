"""Whom a change of many people is about, and what it may be about."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, select, true
from sqlalchemy.orm import Session

from app.contacts import service
from app.contacts.bulk.models import Change
from app.contacts.models import Contact, ContactList, Tag
from app.contacts.service import Filter
from app.database.ids import SegmentId, SpaceId
from app.errors import RuleBroken
from app.french.language import _

MAX_PEOPLE = 10_000
ETAG_SIGNS = 32
MAX_ARCHIVED = 1_000
"""What waits for each of them is taken back one by one, and everybody else who writes waits."""


@dataclass(frozen=True)
class Choice:
    """Whom: those ticked, or else all that a search finds, of those whom a saved rule keeps.

    ``chosen`` is the condition on ``Contact`` of the rule ``segment_id``, compiled.
    """

    which: Filter = field(default_factory=Filter)
    ids: Sequence[int] = ()
    segment_id: SegmentId | None = None
    chosen: ColumnElement[bool] = field(default_factory=true)

    def select(self, space_id: SpaceId, *columns: Any) -> Select[Any]:
        """A query of these people, nobody archived."""
        found = service.matching(select(*columns), space_id, Filter() if self.ids else self.which)
        return found.where(Contact.id.in_(self.ids)) if self.ids else found.where(self.chosen)


@dataclass(frozen=True)
class Seen:
    """How many people a choice is, and what tells it from the same choice a moment later.

    Beyond ``MAX_PEOPLE`` nobody is counted but one more.
    """

    people: int
    etag: str

    @property
    def is_more(self) -> bool:
        """Whether they are more than are done at once, whatever the change."""
        return self.people > MAX_PEOPLE


def look(session: Session, space_id: SpaceId, choice: Choice) -> Seen:
    """What the choice is now."""
    ids = sorted(session.scalars(choice.select(space_id, Contact.id).limit(MAX_PEOPLE + 1)))
    who = hashlib.sha256(",".join(map(str, ids)).encode()).hexdigest()
    return Seen(len(ids), f"{len(ids)}-{who[:ETAG_SIGNS]}")


def ids_of(session: Session, space_id: SpaceId, choice: Choice) -> Sequence[int]:
    """The contacts of the choice."""
    return session.scalars(choice.select(space_id, Contact.id).order_by(Contact.id)).all()


def hold(session: Session, space_id: SpaceId, ids: Collection[int]) -> list[int]:
    """Keep these cards from changing until the transaction ends, in the order of their ids; those not merged away."""
    cards = select(Contact.id, Contact.merged_into_id).where(Contact.space_id == space_id, Contact.id.in_(ids))
    rows = session.execute(cards.order_by(Contact.id).with_for_update()).all()
    return [row.id for row in rows if row.merged_into_id is None]


def check(change: Change, people: int) -> None:
    """Raises RuleBroken for nobody, and for more than are done at once."""
    if not people:
        raise RuleBroken("nobody_chosen", _("Cette sélection ne contient personne."))
    limit = MAX_ARCHIVED if change is Change.ARCHIVE else MAX_PEOPLE
    if people > MAX_PEOPLE:
        raise RuleBroken(
            "too_many_chosen",
            _(
                "Plus de %(people)s personnes, c'est trop à la fois : %(n)s au plus. Affinez la recherche.",
                people=MAX_PEOPLE,
                n=limit,
            ),
        )
    if people > limit:
        raise RuleBroken(
            "too_many_chosen",
            _(
                "%(people)s personnes, c'est trop à la fois : %(n)s au plus. Affinez la recherche.",
                people=people,
                n=limit,
            ),
        )


def names(session: Session, space_id: SpaceId) -> tuple[list[str], list[tuple[int, str]]]:
    """The tags and the lists that a change may be about, by name."""
    worn = session.scalars(select(Tag.name).where(Tag.space_id == space_id).order_by(Tag.name)).all()
    made = select(ContactList.id, ContactList.name).where(ContactList.space_id == space_id).order_by(ContactList.name)
    return list(worn), [(row.id, row.name) for row in session.execute(made)]
