"""Columns of skills and of an association's own: what a batch of rows says by them, read by the fields' types, written
at once."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.contacts.importing.entries import Entry
from app.contacts.profile import values
from app.contacts.profile.models import ContactField
from app.contacts.profile.reading import Value, parted


class Noted:
    """The fields that a batch speaks of, made where they are missing, and what it says by them."""

    def __init__(self, session: Session, space_id: int, entries: Sequence[Entry], *, now: datetime) -> None:
        labels = dict.fromkeys(label for entry in entries for label in entry.custom)
        self._session = session
        self._fields = values.named(session, space_id, labels, now=now) if labels else {}
        self._said: dict[int, list[tuple[ContactField, list[Value]]]] = {}
        self._skills: ContactField | None = None
        self._able: dict[int, list[Value]] = {}
        if any(entry.skills for entry in entries):
            self._skills = values.skills_field(session, space_id, now=now)
        elif any(entry.skills is not None for entry in entries):
            self._skills = values.find_skills(session, space_id)

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
        rows = {
            (record["id"], field.id): said
            for entry, record in people
            for field, said in self._said.get(entry.number, ())
        }
        able = {
            (record["id"], self._skills.id): self._able[entry.number]
            for entry, record in people
            if self._skills is not None and entry.number in self._able
        }
        values.add(self._session, {key: said for key, said in (rows | able).items() if key[0] in new_ids})
        met = {key: said for key, said in rows.items() if key[0] not in new_ids}
        more = {key: said for key, said in able.items() if key[0] not in new_ids}
        changed = values.write(self._session, met) if met else set()
        return changed | values.unite(self._session, more) if more else changed
