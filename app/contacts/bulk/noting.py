"""What many people's cards are made to say at once: which fields, what they say then, and what they said before.

A value is kept as JSON holds it: for a field of every card what its column holds; for one of the space's own, the rows
of ``contact_values`` as [text key, text, number, ISO day]. None is a field that says nothing.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.contacts.bulk import choosing
from app.contacts.bulk.models import SHOWN_CHARACTERS, BulkEdit
from app.contacts.fields import BY_NAME, Field, Kind, of_kinds
from app.contacts.models import Contact
from app.contacts.naming import search_keys, tidy
from app.contacts.profile import values
from app.contacts.profile.models import ContactField, FieldType
from app.contacts.profile.reading import Value, plain, revived, shown
from app.database.ids import SpaceId
from app.errors import RuleBroken
from app.french.language import _
from app.french.typography import set_type

KINDS = (Kind.LINE, Kind.CHOICE, Kind.SEVERAL, Kind.MAYBE)
"""Of the fields that many people may share a value of: nobody's name, e-mail, birth or note."""
OWN = "custom."
VALUE_CHARACTERS = 500


@dataclass(frozen=True)
class Target:
    """A field that may be noted of many people: one of every card, or one of the space's own."""

    key: str
    label: str
    field: Field | None = None
    own: ContactField | None = None

    @property
    def options(self) -> list[tuple[str, str]]:
        """(code, label) of what it may say; none for a text, a number and a date."""
        if self.field is not None:
            return self.field.choices
        return [(one, one) for one in self.own.choices] if self.own is not None else []

    @property
    def is_several(self) -> bool:
        """Whether several of the options may hold."""
        kind = self.field.kind if self.field else self.own.type if self.own else None
        return kind in (Kind.SEVERAL, FieldType.CHOICES)

    @property
    def input(self) -> str:
        """How a form asks for it: ``date``, ``number``, ``text``, or ``options``."""
        if self.options:
            return "options"
        return self.own.type.value if self.own is not None and self.own.type is not FieldType.CHOICE else "text"

    def shown(self, kept: Any) -> str:
        """A value as people read it; "" for none."""
        if kept is None:
            return ""
        if self.field is not None:
            return self.field.shown(kept)
        return shown(self.own.type, _revived(kept)) if self.own is not None else ""


def targets(session: Session, space_id: SpaceId) -> list[Target]:
    """Every field that may be noted of many, in the order of forms."""
    kept = [Target(one.name, set_type(one.title), field=one) for one in of_kinds(*KINDS)]
    return [*kept, *(_of_own(one) for one in values.of_space(session, space_id))]


def get(session: Session, space_id: SpaceId, key: str) -> Target:
    """The field of this key. Raises RuleBroken, tied to ``field``, for one that may not be noted so."""
    found = next((one for one in targets(session, space_id) if one.key == key), None)
    if found is None:
        sentence = _("Choisissez un renseignement.")
        raise RuleBroken("field_missing", sentence, fields={"field": sentence})
    return found


def read(target: Target, typed: Sequence[str]) -> Any:
    """The value of what was typed or ticked. Raises RuleBroken, tied to ``value``."""
    said = [text for one in typed if (text := tidy(one))]
    if not said:
        sentence = _("Écrivez une valeur ; pour n'en laisser aucune, choisissez « Effacer un renseignement ».")
        raise RuleBroken("value_missing", sentence, fields={"value": sentence})
    if target.own is not None:
        rows = values.checked(target.own, said if target.is_several else said[0][:VALUE_CHARACTERS], "value")
        return _plain(rows)
    return _read_column(target, said)


def differing(
    session: Session, space_id: SpaceId, target: Target, kept: Any, ids: Collection[int], *, lock: bool = False
) -> dict[int, Any]:
    """{contact id: what the field says now} of those of whom it does not say ``kept``.

    ``lock``: and nobody says otherwise before the transaction ends; a card's form holds the card, whatever it writes.
    """
    if lock:
        choosing.hold(session, space_id, ids)
    if target.own is not None:
        wanted = {(one, target.own.id): _revived(kept) for one in ids}
        return {key[0]: _plain(before) for key, (before, _after) in values.differing(session, wanted).items()}
    blank, column = _blank(target), getattr(Contact, target.key)
    value = blank if kept is None else kept
    query = select(Contact.id, column).where(Contact.space_id == space_id, Contact.id.in_(ids)).order_by(Contact.id)
    return {one: None if was == blank else was for one, was in session.execute(query) if was != value}


def write(session: Session, space_id: SpaceId, target: Target, wanted: Mapping[int, Any], *, now: datetime) -> None:
    """Make the field say this of these contacts: {contact id: value}."""
    if target.own is not None:
        values.write(session, {(one, target.own.id): _revived(kept) for one, kept in wanted.items()})
        alike = {"": list(wanted)}
    else:
        alike = _alike(wanted)
    for key, ids in alike.items():
        new: dict[str, Any] = {"updated_at": now}
        if target.own is None:
            kept = wanted[ids[0]] if key else None
            new[target.key] = _blank(target) if kept is None else kept
            new |= search_keys(new)
        mine = update(Contact).where(Contact.space_id == space_id, Contact.id.in_(ids)).values(new)
        session.execute(mine, execution_options={"synchronize_session": False})
    session.expire_all()


def undo(
    session: Session, edit: BulkEdit, before: Mapping[int, Any], held: Sequence[int], *, now: datetime
) -> list[int]:
    """Give each of the ``held`` contacts what the field said ``before``, where it still says what the change wrote.

    The ids of those.
    """
    target = of_edit(session, edit)
    others = differing(session, edit.space_id, target, edit.value, held)
    back: dict[int, Any] = {one: before[one] for one in held if one not in others}
    write(session, edit.space_id, target, back, now=now)
    return list(back)


def of_edit(session: Session, edit: BulkEdit) -> Target:
    """The field that a change was about, archived since or not."""
    if edit.field in BY_NAME:
        return Target(edit.field, edit.name, field=BY_NAME[edit.field])
    query = select(ContactField).where(ContactField.space_id == edit.space_id)
    return _of_own(session.scalars(query.where(ContactField.id == int(edit.field.removeprefix(OWN)))).one())


def most_said(target: Target, befores: Collection[Any], *, limit: int = 3) -> list[tuple[str, int]]:
    """What is said most among these values, as people read it, and of how many; nothing said left out."""
    return Counter(target.shown(one) for one in befores if one is not None).most_common(limit)


def cut(text: str) -> str:
    """A value's words, as long as a change keeps them."""
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[: SHOWN_CHARACTERS - 1]}…"


def _of_own(own: ContactField) -> Target:
    return Target(f"{OWN}{own.id}", own.label, own=own)


def _read_column(target: Target, said: Sequence[str]) -> Any:
    field = BY_NAME[target.key]
    if field.kind is Kind.LINE:
        if len(said[0]) > field.max:
            sentence = _("C'est trop long : %(most)s caractères au plus.", most=field.max)
            raise RuleBroken("value_too_long", sentence, fields={"value": sentence})
        return said[0]
    if any(one not in dict(field.choices) for one in said):
        sentence = _("Choisissez une des réponses.")
        raise RuleBroken("value_no_choice", sentence, fields={"value": sentence})
    if field.kind is Kind.SEVERAL:
        return sum(one.bit for one in field.options if one.code in said)
    return said[0] == "yes" if field.kind is Kind.MAYBE else said[0]


def _blank(target: Target) -> Any:
    return BY_NAME[target.key].blank


def _alike(wanted: Mapping[int, Any]) -> dict[str, list[int]]:
    """The contacts of each value together, under its words; "" for none."""
    found: dict[str, list[int]] = {}
    for one, kept in wanted.items():
        found.setdefault("" if kept is None else repr(kept), []).append(one)
    return found


def _plain(rows: Sequence[Value]) -> Any:
    return plain(rows) or None


def _revived(kept: Any) -> list[Value]:
    return revived(kept or ())
