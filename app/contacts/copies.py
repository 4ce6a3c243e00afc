"""A copy of a practice space has the model's people, fields, lists and tags as they stand.

Not those archived, nor the files they came from. What is kept of their history comes as it stands, so that « pas
contactés depuis 3 mois » means in the copy whom it meant in the model.
"""

from sqlalchemy import ColumnElement, and_, select

from app.accounts.copies import Copied, of_space
from app.accounts.models import Space
from app.contacts.archiving import PRESENT
from app.contacts.history_models import ContactActivity
from app.contacts.models import Contact, ContactList, ContactTag, ListMember, Tag
from app.contacts.profile.models import ContactField, ContactValue


def _present(model: Space) -> ColumnElement[bool]:
    return and_(Contact.space_id == model.id, PRESENT)


def _on_lists(model: Space) -> ColumnElement[bool]:
    return ListMember.list_id.in_(select(ContactList.id).where(ContactList.space_id == model.id))


def _noted(model: Space) -> ColumnElement[bool]:
    return ContactValue.field_id.in_(select(ContactField.id).where(ContactField.space_id == model.id))


def _tagged(model: Space) -> ColumnElement[bool]:
    return ContactTag.tag_id.in_(select(Tag.id).where(Tag.space_id == model.id))


COPIED = (
    Copied(table=Contact, rows=_present),
    Copied(table=ContactActivity, rows=of_space(ContactActivity), keys={"contact_id": Contact}),
    Copied(table=ContactList, rows=of_space(ContactList)),
    Copied(table=Tag, rows=of_space(Tag)),
    Copied(table=ContactField, rows=of_space(ContactField)),
    Copied(table=ContactValue, rows=_noted, keys={"field_id": ContactField, "contact_id": Contact}),
    Copied(table=ListMember, rows=_on_lists, keys={"list_id": ContactList, "contact_id": Contact}),
    Copied(table=ContactTag, rows=_tagged, keys={"tag_id": Tag, "contact_id": Contact}),
)
