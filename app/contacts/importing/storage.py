"""A batch of a file's rows into contacts: a handful of statements, however many rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol, cast

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session

from app.accounts.secrets import fingerprint
from app.contacts import rules, tags
from app.contacts.fields import BLANK
from app.contacts.importing.doubles import together
from app.contacts.importing.entries import Entry, Skipped, skipped
from app.contacts.importing.noting import Noted
from app.contacts.models import Contact
from app.contacts.naming import recognise, search_keys
from app.contacts.pairs.likeness import Said, keeps_its_name, mended
from app.contacts.pairs.sharing import Who
from app.database.bulk import reserve_ids, write_rows
from app.database.functions import among
from app.database.ids import SpaceId
from app.errors import RuleBroken

_TABLE = cast(Table, Contact.__table__)
_KEYS = dict.fromkeys(("name_key", "sort_key", "email_key", "town_key"), "")
_BLANK: dict[str, Any] = {**_KEYS, **BLANK, "archived_at": None}
_KEPT = tuple(_BLANK)
"""What a row may change of a contact."""
_WRITTEN = ("id", "phone", "phone_typed", "fingerprint", *(name for name in _KEPT if name != "archived_at"))
"""Columns in which the contacts of one file differ from the first."""

Record = dict[str, Any]
Known = dict[str, dict[str, Record]]
"""People by phone and name key."""


@dataclass(slots=True)
class Stored:
    """What became of a batch. ``people`` are (contact id, fingerprint) of every row that is somebody."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: list[Skipped] = field(default_factory=list)
    people: list[tuple[int, str]] = field(default_factory=list)
    brought_back: list[int] = field(default_factory=list)
    """Contacts who were archived until the file spoke of them."""
    added: set[int] = field(default_factory=set)
    met: list[int] = field(default_factory=list)
    """Contacts of the file who were known."""
    seen: list[Who] = field(default_factory=list)
    """Those added, and those whose own row the file changed."""
    sharing: list[Who] = field(default_factory=list)
    """Those of them whose phone is somebody else's too."""


@dataclass(slots=True)
class Decided:
    """What a batch makes of whom: those added, those met with whether the row changes them, those refused."""

    added: list[tuple[Entry, Record]] = field(default_factory=list)
    met: list[tuple[Entry, Record, bool]] = field(default_factory=list)
    refused: list[Skipped] = field(default_factory=list)
    brought_back: list[int] = field(default_factory=list)

    @property
    def people(self) -> list[tuple[Entry, Record]]:
        """Every row that is somebody."""
        return [*self.added, *((entry, record) for entry, record, _ in self.met)]


class Reader(Protocol):
    """What reads the columns of an association's own."""

    def read(self, entry: Entry) -> None:
        """Raises RuleBroken for a cell that its field's type cannot hold."""


def store(session: Session, space_id: SpaceId, entries: Sequence[Entry], *, key: str, now: datetime) -> Stored:
    """Add and change the contacts that ``entries`` speak of. The caller holds the space's lock."""
    known = known_at(session, space_id, {entry.phone for entry in entries}) if entries else {}
    entries, doubles = together(entries, led(session, space_id, entries, known), known, now=now)
    noted = Noted(session, space_id, entries, now=now)
    decided = decide(entries, known, noted, key=key, now=now)
    stored = _write(session, space_id, decided, noted, now=now)
    stored.sharing = [who for who in stored.seen if len(known[who.phone]) > 1]
    stored.refused += doubles
    return stored


def decide(entries: Sequence[Entry], known: Known, noted: Reader, *, key: str, now: datetime) -> Decided:
    """Whom each row speaks of among ``known``, who follow, and what it makes of them. Nothing is read nor written."""
    stored = Decided()
    added, met = stored.added, stored.met
    for given in entries:
        there = known.setdefault(given.phone, {})
        before, entry = recognise(there, given.name_key), given
        if before is None and there:
            before, entry = _mended(there, given)
        try:
            after = _merged(before or _BLANK, entry, now)
            noted.read(entry)
        except RuleBroken as refusal:
            stored.refused.append(skipped(entry, refusal.sentence))
            continue
        if before is None:
            after.update(
                phone=entry.phone, phone_typed=entry.phone_typed, fingerprint=fingerprint(entry.phone, key=key)
            )
            added.append((entry, after))
        else:
            there.pop(before["name_key"])
            met.append((entry, after, after != before))
            if before["archived_at"]:
                stored.brought_back.append(before["id"])
        there[after["name_key"]] = after
    return stored


def _write(session: Session, space_id: SpaceId, decided: Decided, noted: Noted, *, now: datetime) -> Stored:
    stored = Stored(refused=decided.refused, brought_back=decided.brought_back)
    added, met = decided.added, decided.met
    _insert(session, space_id, [record for _, record in added], now)
    changed_records = [record for _, record, is_changed in met if is_changed]
    _update(session, changed_records, now)
    stored.added = {record["id"] for _, record in added}
    stored.met = [record["id"] for _, record, _ in met]
    people = decided.people
    changed = _tag(session, space_id, people) | noted.write(people, stored.added)
    stored.created = len(added)
    stored.updated = sum(is_changed or record["id"] in changed for _, record, is_changed in met)
    stored.unchanged = len(met) - stored.updated
    stored.people = [(record["id"], record["fingerprint"]) for _, record in people]
    seen = [*(record for _, record in added), *changed_records]
    stored.seen = [Who(*map(record.__getitem__, Who._fields)) for record in seen]
    return stored


def find(session: Session, space_id: SpaceId, entries: Sequence[Entry], *, key: str) -> Stored:
    """Who is known at these phones, nobody added nor changed: each row counts as unchanged."""
    prints = {fingerprint(entry.phone, key=key) for entry in entries}
    known = select(Contact.id, Contact.fingerprint).where(Contact.space_id == space_id)
    found = session.execute(known.where(among(Contact.fingerprint, prints)))
    return Stored(unchanged=len(entries), people=[(row.id, row.fingerprint) for row in found])


def known_at(session: Session, space_id: SpaceId, phones: set[str], *, kept_still: bool = True) -> Known:
    """Everybody at these phones by phone and name key, those archived last, oldest first.

    ``kept_still``: until the end of the transaction.
    """
    names = ("id", "phone", "fingerprint", "merged_into_id", "created_at", *_KEPT)
    query = select(*(_TABLE.c[name] for name in names)).where(_TABLE.c.space_id == space_id)
    query = query.where(among(_TABLE.c.phone, phones))
    if kept_still:
        query = query.order_by(_TABLE.c.id).with_for_update()  # in the order of whoever else holds many cards
    known: dict[str, dict[str, Record]] = {}
    found = [dict(zip(names, row, strict=True)) for row in map(tuple, session.execute(query))]
    for record in sorted(found, key=lambda one: (one["archived_at"] is not None, one["id"])):
        known.setdefault(record["phone"], {})[record["name_key"]] = record
    return known


def led(
    session: Session, space_id: SpaceId, entries: Sequence[Entry], known: Known, *, kept_still: bool = True
) -> Sequence[Entry]:
    """The rows, those of somebody merged into another made to speak of the other, who keeps their first name."""
    met = [recognise(known.get(entry.phone, {}), entry.name_key) for entry in entries]
    wanted = {one["merged_into_id"] for one in met if one is not None and one["merged_into_id"]}
    if not wanted:
        return entries
    query = select(Contact.id, Contact.phone, Contact.name_key).where(Contact.space_id == space_id)
    others = {row.id: row for row in session.execute(query.where(Contact.id.in_(wanted)))}
    new = {row.phone for row in others.values()} - known.keys()
    known.update(known_at(session, space_id, new, kept_still=kept_still))
    told = []
    for entry, one in zip(entries, met, strict=True):
        other = others.get(one["merged_into_id"]) if one is not None else None
        if other is None:
            told.append(entry)
            continue
        values = {name: value for name, value in entry.values.items() if name != "first_name"}
        told.append(replace(entry, phone=other.phone, name_key=other.name_key, values=values))
    return led(session, space_id, told, known, kept_still=kept_still)  # the other may have been merged in turn


def _mended(there: dict[str, Record], entry: Entry) -> tuple[Record | None, Entry]:
    """Whose first name the row mends, if anyone's, and the row: it says none where the one known is well typed."""
    known = [
        Said(one, one["first_name"], one["last_name"], one["email"])
        for one in there.values()
        if "id" in one and not one["merged_into_id"]
    ]
    words = {name: entry.values.get(name, "") for name in ("first_name", "last_name", "email")}
    before = mended(known, Said(None, **words))
    if before is None or not keeps_its_name(before["first_name"], words["first_name"]):
        return before, entry
    values = {name: value for name, value in entry.values.items() if name != "first_name"}
    return before, replace(entry, name_key=before["name_key"], values=values)


def _merged(before: Record, entry: Entry, now: datetime) -> Record:
    """The contact after the row. Raises RuleBroken for a child's own phone."""
    after = {**before, **entry.values, "archived_at": None}
    if entry.name_key:
        after["name_key"] = entry.name_key
    if entry.values:
        after.update(search_keys(after))
        rules.check_age(after["birth_year"], phone_is_parents=after["phone_is_parents"], now=now)
    return after


def _insert(session: Session, space_id: SpaceId, records: Sequence[Record], now: datetime) -> None:
    """Insert, and give each record its id."""
    for record, contact_id in zip(records, reserve_ids(session, Contact, len(records)), strict=True):
        record.update(id=contact_id, created_at=now)
    same: Record = {"space_id": space_id, "created_at": now, "updated_at": now, "archived_at": None, "custom": {}}
    write_rows(session, Contact, records, names=_WRITTEN, **same)


def _update(session: Session, records: Sequence[Record], now: datetime) -> None:
    if not records:
        return
    statement = update(_TABLE).where(_TABLE.c.id == bindparam("contact_id"))
    values: Record = {name: bindparam(name) for name in _KEPT}
    session.connection().execute(
        statement.values(**values, updated_at=now), [{**record, "contact_id": record["id"]} for record in records]
    )


def _tag(session: Session, space_id: SpaceId, people: Sequence[tuple[Entry, Record]]) -> set[int]:
    wanted = {record["id"]: entry.tags for entry, record in people if entry.tags is not None}
    return tags.add(session, space_id, wanted) if wanted else set()
