"""Between what two cards' own fields say, one value each: what differs, and the other's taken instead, there and back.

A field of several choices is none of these: what the two say adds up.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contacts.merging.cards import CHOSEN, Difference
from app.contacts.merging.models import MergeAction, MergeRow
from app.contacts.merging.moving import Joining, note
from app.contacts.models import Contact
from app.contacts.profile import values
from app.contacts.profile.models import ContactField, FieldType
from app.contacts.profile.reading import Value, plain, revived, shown
from app.database.ids import SpaceId
from app.errors import RuleBroken
from app.french.language import _

OWN = "custom."
"""Before the id of a field of the space's own, among the fields chosen."""
_KIND = "chosen_values"


def differences(session: Session, one: Contact, other: Contact) -> list[Difference]:
    """Where somebody must choose: both fields say something, and not the same."""
    said = values.of_contacts(session, one.space_id, [one.id, other.id])
    theirs = {each.field.id: each.values for each in said[other.id]}
    return [
        Difference(f"{OWN}{each.field.id}", each.field.label, each.text, shown(each.field.type, theirs[each.field.id]))
        for each in said[one.id]
        if each.field.type is not FieldType.CHOICES
        and each.field.id in theirs
        and set(each.values) != set(theirs[each.field.id])
    ]


def names(session: Session, space_id: SpaceId) -> dict[str, str]:
    """{« custom.12 »: « custom.taille »} of the space's fields, archived or not: what programs call each."""
    query = select(ContactField.id, ContactField.name).where(ContactField.space_id == space_id)
    return {f"{OWN}{row.id}": f"{OWN}{row.name}" for row in session.execute(query)}


def check(session: Session, space_id: SpaceId, chosen: Collection[str]) -> None:
    """Raises RuleBroken for a choice that is no field of these cards."""
    ids = {int(name.removeprefix(OWN)) for name in chosen if name.startswith(OWN) and name[len(OWN) :].isdecimal()}
    query = select(ContactField.id).where(ContactField.space_id == space_id, ContactField.id.in_(ids))
    known = {f"{OWN}{one}" for one in session.scalars(query.where(ContactField.type != FieldType.CHOICES))}
    if wrong := sorted(set(chosen) - set(CHOSEN) - known):
        sentence = _("« %(name)s » n'est pas un champ où l'on choisit.", name=wrong[0][:60])
        raise RuleBroken("choice_unknown", sentence, fields={"from_other": sentence})


def exchange(session: Session, joining: Joining) -> None:
    """Before values move: each card says what the other said, of the fields whose value is the other's."""
    for field_id in _chosen(joining):
        mine, theirs = (_said(session, one, field_id) for one in (joining.survivor, joining.loser))
        if not mine or not theirs:
            continue  # there is nothing to choose: whatever is said stays
        values.write(session, {(joining.survivor.id, field_id): theirs, (joining.loser.id, field_id): mine})
        before = {"mine": plain(mine), "theirs": plain(theirs)}
        note(session, joining.merge, _KIND, {"field_id": field_id}, MergeAction.FOLDED, before)


def give_back(session: Session, joining: Joining) -> None:
    """After values went back: each card says its own again; what the survivor's was made to say since stays."""
    query = select(MergeRow).where(MergeRow.merge_id == joining.merge.id, MergeRow.kind == _KIND)
    for row in session.scalars(query):
        field_id = row.key["field_id"]
        mine, theirs = revived(row.before["mine"]), revived(row.before["theirs"])
        wanted: dict[tuple[int, int], list[Value]] = {(joining.loser.id, field_id): theirs}
        if set(_said(session, joining.survivor, field_id)) == set(theirs):
            wanted[joining.survivor.id, field_id] = mine
        values.write(session, wanted)


def _chosen(joining: Joining) -> list[int]:
    return [int(name.removeprefix(OWN)) for name in joining.merge.chosen if name.startswith(OWN)]


def _said(session: Session, contact: Contact, field_id: int) -> list[Value]:
    key: Any = (contact.id, field_id)
    return list(values.rows_of(session, [contact.id], [field_id]).get(key, ()))
