"""What a merge moves of the contacts' own tables: lists, tags, and what their fields say."""

from collections.abc import Collection, Hashable

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contacts.merging import choices
from app.contacts.merging.moving import Moved, Moves, Same, Values, by
from app.contacts.models import ContactTag, ListDeparture, ListMember
from app.contacts.profile.models import ContactField, ContactValue, FieldType
from app.database.ids import ContactId


def _left(session: Session, contact_id: ContactId) -> Collection[Hashable]:
    """The lists that somebody took the contact off: the other card does not put them back."""
    return {
        (one,) for one in session.scalars(select(ListDeparture.list_id).where(ListDeparture.contact_id == contact_id))
    }


def _on(session: Session, contact_id: ContactId) -> Collection[Hashable]:
    return {(one,) for one in session.scalars(select(ListMember.list_id).where(ListMember.contact_id == contact_id))}


def _same_value(session: Session) -> Same:
    """Choices add up; of anything else, a contact has one value."""
    many = set(session.scalars(select(ContactField.id).where(ContactField.type == FieldType.CHOICES)))

    def same(row: Values) -> Hashable:
        return (row["field_id"], row["text_key"] if row["field_id"] in many else "")

    return same


MOVES = Moves(
    tables=(
        Moved(table=ListMember, same=by("list_id"), aside=_left),
        Moved(table=ListDeparture, same=by("list_id"), aside=_on),
        Moved(table=ContactTag, same=by("tag_id")),
        Moved(table=ContactValue, same=_same_value),
    ),
    join=choices.exchange,
    parted=choices.give_back,
)
