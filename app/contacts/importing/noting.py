"""Columns of an association's own: what a batch of rows says by them, read by the fields' types, written at once."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.contacts.importing.entries import Entry
from app.contacts.importing.sentences import change
from app.contacts.profile import values
from app.contacts.profile.models import ContactField
from app.contacts.profile.reading import Value, shown


class Noted:
    """The fields that a batch speaks of, made where they are missing, and what it says by them."""

    def __init__(
        self, session: Session, space_id: int, entries: Sequence[Entry], *, now: datetime, is_trial: bool = False
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

    def read(self, entry: Entry) -> None:
        """Raises RuleBroken for a cell that its field's type cannot hold."""
        if entry.custom:
            self._said[entry.number] = [
                (field, values.checked(field, entry.custom[label], label))
                for label, field in self._fields.items()
                if label in entry.custom
            ]

    def write(self, people: Sequence[tuple[Entry, dict[str, Any]]], new_ids: Collection[int]) -> set[int]:
        """Keep it beside the contacts that the rows became; the ids of those, met before, whom it changed."""
        rows = self._rows(people)
        values.add(self._session, {key: said for key, said in rows.items() if key[0] in new_ids})
        met = {key: said for key, said in rows.items() if key[0] not in new_ids}
        return values.write(self._session, met) if met else set()

    def changes(self, people: Sequence[tuple[Entry, dict[str, Any]]]) -> Mapping[int, list[str]]:
        """What ``write`` would change of people known already, « Taille : M → L », by contact id."""
        fields = {field.id: field for field in self._fields.values()}
        found: dict[int, list[str]] = {}
        for (contact_id, field_id), both in values.differing(self._session, self._rows(people)).items():
            field = fields[field_id]
            found.setdefault(contact_id, []).append(change(field.label, *(shown(field.type, one) for one in both)))
        return found

    def _rows(self, people: Sequence[tuple[Entry, dict[str, Any]]]) -> dict[tuple[int, int], list[Value]]:
        return {
            (record["id"], field.id): said
            for entry, record in people
            for field, said in self._said.get(entry.number, ())
        }
