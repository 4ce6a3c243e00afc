"""Columns of skills and of an association's own: what a batch of rows says by them, read by the fields' types, written
at once."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.contacts.importing.entries import Entry
from app.contacts.importing.sentences import change
from app.contacts.profile import values
from app.contacts.profile.models import ContactField, FieldType
from app.contacts.profile.reading import SKILLS, SKILLS_LABEL, Value, parted, shown
from app.database.ids import SpaceId


class Noted:
    """The fields that a batch speaks of, made where they are missing, and what it says by them."""

    def __init__(
        self, session: Session, space_id: SpaceId, entries: Sequence[Entry], *, now: datetime, is_trial: bool = False
    ) -> None:
        """``is_trial``: nothing is made, a missing field is one of text."""
        labels = dict.fromkeys(label for entry in entries for label in entry.custom)
        self._session = session
        self._fields: Mapping[str, ContactField] = {}
        if labels and is_trial:
            self._fields = values.as_named(session, space_id, labels)
        elif labels:
            self._fields = values.named(session, space_id, labels, now=now)
        self._said: dict[int, list[tuple[ContactField, list[Value]]]] = {}
        self._skills: ContactField | None = None
        self._able: dict[int, list[Value]] = {}
        if any(entry.skills for entry in entries) and not is_trial:
            self._skills = values.skills_field(session, space_id, now=now)
        elif any(entry.skills is not None for entry in entries):
            self._skills = (
                _tried(values.find_skills(session, space_id)) if is_trial else values.find_skills(session, space_id)
            )

    def read(self, entry: Entry) -> None:
        """Raises RuleBroken for a cell that its field's type cannot hold."""
        if entry.custom:
            self._said[entry.number] = [
                (field, values.checked(field, entry.custom[label], label))
                for label, field in self._fields.items()
                if label in entry.custom
            ]
        if self._skills is not None and entry.skills is not None:
            self._able[entry.number] = values.able(self._skills, parted(entry.skills, self._skills.choices))

    def write(self, people: Sequence[tuple[Entry, dict[str, Any]]], new_ids: Collection[int]) -> set[int]:
        """Keep it beside the contacts that the rows became; the ids of those, met before, whom it changed."""
        rows, able = self._rows(people), self._able_rows(people)
        values.add(self._session, {key: said for key, said in (rows | able).items() if key[0] in new_ids})
        met = {key: said for key, said in rows.items() if key[0] not in new_ids}
        more = {key: said for key, said in able.items() if key[0] not in new_ids}
        changed = values.write(self._session, met) if met else set()
        return changed | values.unite(self._session, more) if more else changed

    def changes(self, people: Sequence[tuple[Entry, dict[str, Any]]]) -> Mapping[int, list[str]]:
        """What ``write`` would change of people known already, « Taille : M → L », by contact id."""
        fields = {field.id: field for field in (*self._fields.values(), *([self._skills] if self._skills else []))}
        wanted = {**self._rows(people), **values.united(self._session, self._able_rows(people))}
        found: dict[int, list[str]] = {}
        for (contact_id, field_id), both in values.differing(self._session, wanted).items():
            field = fields[field_id]
            found.setdefault(contact_id, []).append(change(field.label, *(shown(field.type, one) for one in both)))
        return found

    def _rows(self, people: Sequence[tuple[Entry, dict[str, Any]]]) -> dict[tuple[int, int], list[Value]]:
        return {
            (record["id"], field.id): said
            for entry, record in people
            for field, said in self._said.get(entry.number, ())
        }

    def _able_rows(self, people: Sequence[tuple[Entry, dict[str, Any]]]) -> dict[tuple[int, int], list[Value]]:
        return {
            (record["id"], self._skills.id): self._able[entry.number]
            for entry, record in people
            if self._skills is not None and entry.number in self._able
        }


def _tried(known: ContactField | None) -> ContactField:
    """The field of skills for a trial: a copy of the space's, or one that no table has, of a negative id."""
    id, choices = (known.id, list(known.choices)) if known is not None else (-1_000_000, [])
    return ContactField(id=id, name=SKILLS, label=SKILLS_LABEL, type=FieldType.CHOICES, choices=choices)
