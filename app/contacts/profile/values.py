"""What the fields of a space say of its people: read for a page of them, written for one or for a batch."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, delete, func, insert, select
from sqlalchemy.orm import Session

from app.contacts.models import Contact
from app.contacts.naming import fold, tidy
from app.contacts.profile.models import ContactField, ContactValue, FieldType
from app.contacts.profile.reading import SKILLS, SKILLS_LABEL, Typed, Value, field_name, read, shown
from app.database.engine import insert_missing
from app.database.ids import SpaceId
from app.errors import RuleBroken
from app.french.language import _

_TABLE = cast(Table, ContactValue.__table__)
CHOICE_CHARACTERS = 60
MAX_SKILLS = 300
"""In one space: forms and rules show them all."""
Rows = Mapping[tuple[int, int], Sequence[Value]]
"""{(contact id, field id): its values}."""


@dataclass(frozen=True)
class Said:
    """A field with what it says of one person."""

    field: ContactField
    values: Sequence[Value]

    @property
    def text(self) -> str:
        """As people read and type it."""
        return shown(self.field.type, self.values)

    @property
    def typed(self) -> Any:
        """For programs: a number, an ISO date, a text, a list of choices."""
        if self.field.type is FieldType.CHOICES:
            return [one.text for one in self.values]
        [one] = self.values
        return one.number if one.number is not None else one.day.isoformat() if one.day else one.text


def of_space(session: Session, space_id: SpaceId) -> Sequence[ContactField]:
    """The fields in use, in their order; skills are none of them."""
    query = select(ContactField).where(ContactField.space_id == space_id, ContactField.archived_at.is_(None))
    return session.scalars(
        query.where(ContactField.name != SKILLS).order_by(ContactField.position, ContactField.id)
    ).all()


def of_contacts(session: Session, space_id: SpaceId, contact_ids: Collection[int]) -> Mapping[int, list[Said]]:
    """What is known of each of these contacts, skills included, in the order of the fields."""
    found: dict[int, list[Said]] = {contact_id: [] for contact_id in contact_ids}
    query = select(ContactField).where(ContactField.space_id == space_id, ContactField.archived_at.is_(None))
    fields = session.scalars(query.order_by(ContactField.position, ContactField.id)).all()
    if not fields or not found:
        return found
    rows = rows_of(session, contact_ids, [one.id for one in fields])
    for field in fields:
        order = {fold(choice): at for at, choice in enumerate(field.choices)}
        for contact_id, said in found.items():
            if values := rows.get((contact_id, field.id)):
                values = sorted(values, key=lambda one: order.get(fold(one.text), 0))
                said.append(Said(field, values))
    return found


def named(
    session: Session, space_id: SpaceId, labels: Iterable[str], *, now: datetime, kind: FieldType = FieldType.TEXT
) -> Mapping[str, ContactField]:
    """The field of each label or of another spelling of it, made if absent, taken out of the archives."""
    names = {label: field_name(label) for label in labels if tidy(label)}
    found = _known(session, space_id, names.values())
    missing = {name: label for label, name in names.items() if name not in found}
    if missing:
        last = session.scalar(select(func.max(ContactField.position)).where(ContactField.space_id == space_id)) or 0
        rows = [
            {"space_id": space_id, "name": name, "label": tidy(label)[:60], "type": kind, "choices": [],
             "position": last + at, "created_at": now}
            for at, (name, label) in enumerate(missing.items(), start=1)
        ]  # fmt: skip
        unique = [ContactField.space_id, ContactField.name]
        insert_missing(session, ContactField, rows, unique=unique, returning=ContactField.id)
        found = _known(session, space_id, names.values())
    for field in found.values():
        field.archived_at = None
    return {label: found[name] for label, name in names.items()}


def as_named(session: Session, space_id: SpaceId, labels: Iterable[str]) -> Mapping[str, ContactField]:
    """As ``named``, without making anything: a missing field is one of text that no table has, of a negative id."""
    names = {label: field_name(label) for label in labels if tidy(label)}
    found = _known(session, space_id, names.values())
    for at, (label, name) in enumerate(names.items(), start=1):
        if name not in found:
            found[name] = ContactField(id=-at, name=name, label=tidy(label)[:60], type=FieldType.TEXT, choices=[])
    return {label: found[name] for label, name in names.items()}


def skills_field(session: Session, space_id: SpaceId, *, now: datetime) -> ContactField:
    """The space's field of skills, made on first use."""
    found = _known(session, space_id, [SKILLS])
    if SKILLS not in found:
        row = {"space_id": space_id, "name": SKILLS, "label": SKILLS_LABEL, "type": FieldType.CHOICES, "choices": [],
               "position": 0, "created_at": now}  # fmt: skip
        unique = [ContactField.space_id, ContactField.name]
        insert_missing(session, ContactField, [row], unique=unique, returning=ContactField.id)
        found = _known(session, space_id, [SKILLS])
    return found[SKILLS]


def find_skills(session: Session, space_id: SpaceId) -> ContactField | None:
    """The space's field of skills, if anybody was said to have one."""
    return _known(session, space_id, [SKILLS]).get(SKILLS)


def skills_of(session: Session, space_id: SpaceId) -> Sequence[str]:
    """Every skill that somebody of the space was said to have."""
    field = find_skills(session, space_id)
    return [] if field is None else field.choices


def with_choices(field: ContactField, names: Iterable[str]) -> None:
    """Add to a field's choices those it lacks: skills grow as people are described."""
    known = {fold(one) for one in field.choices}
    new: dict[str, str] = {}
    for one in names:
        if fold(one) not in known:
            new.setdefault(fold(one), tidy(one)[:CHOICE_CHARACTERS])
    if new:
        field.choices = [*field.choices, *new.values()]  # another list, else the change is not seen


def put(session: Session, contact: Contact, typed: Mapping[str, Typed], *, now: datetime) -> bool:
    """Make this all that is noted of a contact, by label, skills aside; whether it changed.

    A label unknown so far is a new field of text. Raises RuleBroken, tied to ``custom.<label>``.
    """
    fields = named(session, contact.space_id, typed, now=now)
    wanted: dict[tuple[int, int], list[Value]] = {
        (contact.id, one.id): [] for one in of_space(session, contact.space_id)
    }
    for label, field in fields.items():
        wanted[contact.id, field.id] = checked(field, typed[label], f"custom.{label}")
    return bool(write(session, wanted))


def put_skills(session: Session, contact: Contact, names: Sequence[str], *, now: datetime) -> bool:
    """Make these the skills of a contact; whether that changed them."""
    if not names and SKILLS not in _known(session, contact.space_id, [SKILLS]):
        return False
    field = skills_field(session, contact.space_id, now=now)
    return bool(write(session, {(contact.id, field.id): able(field, names)}))


def able(field: ContactField, names: Iterable[str]) -> list[Value]:
    """The values of these skills, those unknown so far made known. Raises RuleBroken for one too long, or too many."""
    names = list(names)
    if long := next((name for name in names if len(tidy(name)) > CHOICE_CHARACTERS), None):
        sentence = _("« %(skill)s… » est trop long pour une compétence : %(n)s caractères au plus.",
                     skill=long[:40], n=CHOICE_CHARACTERS)  # fmt: skip
        raise RuleBroken("skill_too_long", sentence, fields={"skills": sentence})
    if len({*map(fold, field.choices), *map(fold, names)}) > max(MAX_SKILLS, len(field.choices)):
        sentence = _("Vous notez déjà %(n)s compétences, le plus possible : reprenez une de celles-là.", n=MAX_SKILLS)
        raise RuleBroken("too_many_skills", sentence, fields={"skills": sentence})
    with_choices(field, names)
    return checked(field, names, "skills")


def checked(field: ContactField, typed: Typed, place: str) -> list[Value]:
    """As ``read``; the refusal is tied to ``place`` and names the field."""
    try:
        return read(field.type, field.choices, typed)
    except RuleBroken as refusal:
        sentence = f"{field.label} : {refusal.sentence}"
        raise RuleBroken(refusal.code, sentence, fields={place: refusal.sentence}) from None


def write(session: Session, wanted: Rows) -> set[int]:
    """Replace the values of these contacts' fields: a few statements, however many; the ids of those that changed."""
    changed = differing(session, wanted)
    by_field: dict[int, list[int]] = {}
    for (contact_id, field_id), (before, _after) in changed.items():
        if before:
            by_field.setdefault(field_id, []).append(contact_id)
    for field_id, contact_ids in by_field.items():
        gone = (ContactValue.field_id == field_id, ContactValue.contact_id.in_(contact_ids))
        session.execute(delete(ContactValue).where(*gone), execution_options={"synchronize_session": False})
    if rows := [_row(key, one) for key, (_before, after) in changed.items() for one in after]:
        session.execute(insert(_TABLE), rows)
    return {contact_id for contact_id, _field in changed}


def differing(session: Session, wanted: Rows) -> dict[tuple[int, int], tuple[Sequence[Value], Sequence[Value]]]:
    """What ``write`` would change: {its key: (values now, values then)}."""
    known = rows_of(session, {one for one, _field in wanted}, {one for _contact, one in wanted})
    both = {key: (known.get(key, ()), values) for key, values in wanted.items()}
    return {key: (before, after) for key, (before, after) in both.items() if set(before) != set(after)}


def unite(session: Session, rows: Rows) -> set[int]:
    """Add these choices to those known of the contacts; none at all forgets them. The ids of those that changed."""
    return write(session, united(session, rows))


def united(session: Session, rows: Rows) -> Rows:
    """These choices with those known of the contacts; none at all stays none."""
    known = rows_of(session, {one for one, _field in rows}, {one for _contact, one in rows})
    wanted: dict[tuple[int, int], Sequence[Value]] = {}
    for key, said in rows.items():
        before = {one.text_key: one for one in known.get(key, ())}
        wanted[key] = list(({one.text_key: one for one in said} | before).values()) if said else []
    return wanted


def add(session: Session, rows: Rows) -> None:
    """Write the values of contacts that have none: one statement."""
    if found := [_row(key, one) for key, values in rows.items() for one in values]:
        session.execute(insert(_TABLE), found)


def _row(key: tuple[int, int], one: Value) -> dict[str, Any]:
    contact_id, field_id = key
    return {"contact_id": contact_id, "field_id": field_id, "text_key": one.text_key, "text": one.text,
            "number": one.number, "day": one.day}  # fmt: skip


def _known(session: Session, space_id: SpaceId, names: Iterable[str]) -> dict[str, ContactField]:
    query = select(ContactField).where(ContactField.space_id == space_id, ContactField.name.in_(list(names)))
    return {one.name: one for one in session.scalars(query)}


def rows_of(
    session: Session, contact_ids: Collection[int], field_ids: Collection[int]
) -> dict[tuple[int, int], list[Value]]:
    """{(contact id, field id): what the field says of the contact}; nothing where it says nothing."""
    found: dict[tuple[int, int], list[Value]] = {}
    table = _TABLE.c
    query = select(table.contact_id, table.field_id, table.text_key, table.text, table.number, table.day)
    query = query.where(table.contact_id.in_(list(contact_ids)), table.field_id.in_(list(field_ids)))
    for contact_id, field_id, *value in session.execute(query):
        found.setdefault((contact_id, field_id), []).append(Value(*value))
    return found
