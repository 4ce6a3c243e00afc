"""Imports at work: one batch of rows at a time, each with its own mark of how far the file has come."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts import activity, spaces
from app.accounts.models import Mode, Space
from app.accounts.principal import Principal
from app.accounts.secrets import fingerprint
from app.contacts import acts
from app.contacts.importing import consents, list_of_file, storage
from app.contacts.importing.columns import AGREED, CONSENT, ONLY_MISSIONS, PHONES
from app.contacts.importing.entries import Entry, Skipped
from app.contacts.importing.plan import plan
from app.contacts.importing.sentences import second_names
from app.contacts.importing.uploads import content_of, mapping_of, sheet_in
from app.contacts.models import Import, ImportRow, ImportStatus
from app.contacts.pairs import proposing as pairs
from app.contacts.pairs.models import PairReason
from app.database.bulk import write_rows
from app.database.engine import plan_anew
from app.database.ids import ImportId, SpaceId
from app.french.language import _

BATCH = 2000
"""Rows of one transaction: SQLite's other writers wait for it."""
MAX_TRIES = 5
"""A fault of ours does not mend itself: reading a large file again at each tick would slow everybody else's."""
WAITING = (ImportStatus.PENDING, ImportStatus.RUNNING)

Plan = Sequence[Entry | Skipped]
OptedOut = Callable[[Session, SpaceId, Collection[str]], set[str]]
"""(session, space id, fingerprints) -> those that want no SMS."""


def waiting(session: Session, *, limit: int) -> list[ImportId]:
    """Imports that have rows left to store: spaces in turn, those with few rows first, the oldest always among them."""
    rest = Import.rows_total - Import.rows_done
    turn = func.row_number().over(partition_by=Import.space_id, order_by=(rest, Import.id))
    left = select(Import.id).where(Import.status.in_(WAITING))
    found = list(session.scalars(left.order_by(turn, rest, Import.id).limit(limit)))
    oldest = session.scalar(left.order_by(Import.id).limit(1))
    return found if oldest is None or oldest in found else [*found[: limit - 1], oldest]


def plan_of(session: Session, import_id: ImportId, *, mapping: Mapping[int, str] | None = None) -> Plan:
    """What each row of the import becomes: the same at every reading. Raises RuleBroken for an unreadable file.

    ``mapping`` is another than the import's own, for a page that asks what it would do.
    """
    one = session.get_one(Import, import_id)
    mode = session.get_one(Space, one.space_id).mode
    mapping = mapping_of(one) if mapping is None else mapping
    return plan_in(content_of(session, one), one, mapping, mode=mode, is_objections=one.is_objections)


def plan_in(content: bytes, one: Import, mapping: Mapping[int, str], *, mode: Mode, is_objections: bool) -> Plan:
    """The same, of the file's bytes: slow, and asks nothing of the database."""
    if is_objections:
        mapping = {at: field for at, field in mapping.items() if field in PHONES}
    return plan(sheet_in(content, one), mapping, mode=mode, now=one.created_at)


def next_rows(session: Session, import_id: ImportId, steps: Plan, *, size: int = BATCH) -> Plan:
    """What the next batch would store, read before anybody waits for it."""
    done = session.get_one(Import, import_id).rows_done
    return steps[done : done + size]


def claim(session: Session, import_id: ImportId) -> Import | None:
    """The import, held until the end of this transaction; None when it is another's or has no rows left."""
    plan_anew(session)
    return session.scalar(
        select(Import).where(Import.id == import_id, Import.status.in_(WAITING)).with_for_update(skip_locked=True)
    )


def run_batch(
    session: Session,
    one: Import,
    steps: Plan,
    *,
    key: str,
    opted_out: OptedOut,
    object_to: consents.ObjectTo,
    agree: consents.Agree | None = None,
    now: datetime,
    size: int = BATCH,
) -> None:
    """Store the next ``size`` rows of a claimed import, and finish it after the last.

    Rows, refusals, counts and ``rows_done`` share the caller's transaction: whatever stops it, none counts twice.
    """
    batch = steps[one.rows_done : one.rows_done + size]
    spaces.lock(session, one.space_id)
    entries = [step for step in batch if isinstance(step, Entry)]
    if one.is_objections:
        stored = storage.find(session, one.space_id, entries, key=key)
    else:
        stored = storage.store(session, one.space_id, entries, key=key, now=now)
    skipped = [*(step for step in batch if isinstance(step, Skipped)), *stored.refused]
    _keep(session, one, skipped)
    list_of_file.put_on(session, one, stored.added, stored.met, by=author(one), now=now)
    known = {phone: contact_id for contact_id, phone in stored.people}
    objecting = {fingerprint(step.phone, key=key) for step in batch if _objects(step, one)}
    silent = opted_out(session, one.space_id, {*known, *objecting})
    if new := {phone: known.get(phone) for phone in sorted(objecting - silent)}:
        object_to(session, one.space_id, new, wording=_wording(one), by=author(one), now=now)
    _note_consents(session, one, batch, known, object_to, agree, key=key, now=now)
    _count(one, stored, skipped, silent, len(new))
    _propose_pairs(session, one, stored, now=now)
    _tell_brought_back(session, one, stored.brought_back, now=now)
    one.status, one.tries = ImportStatus.RUNNING, 0
    one.rows_total, one.rows_done = len(steps), one.rows_done + len(batch)
    if one.rows_done >= len(steps):
        one.left = list_of_file.follow(session, one, steps, by=author(one), now=now)
        _finish(session, one, now=now)


def _note_consents(
    session: Session,
    one: Import,
    batch: Plan,
    known: Mapping[str, int],
    object_to: consents.ObjectTo,
    agree: consents.Agree | None,
    *,
    key: str,
    now: datetime,
) -> None:
    """What the columns say of texts of missions and of sales, after those who want no SMS at all."""
    by = author(one)
    if ONLY_MISSIONS in one.mapping.values():
        wording = _columns_said(one, [ONLY_MISSIONS])
        consents.note_missions(session, one, batch, known, object_to, key=key, wording=wording, by=by, now=now)
    if agree is not None and AGREED in one.mapping.values():
        wording = _columns_said(one, [AGREED])
        consents.note_sales(session, one, batch, known, agree, key=key, wording=wording, by=by, now=now)


def _count(one: Import, stored: storage.Stored, skipped: Sequence[Skipped], silent: set[str], objected: int) -> None:
    one.opted_out += sum(phone in silent for _, phone in stored.people)
    one.objected += objected
    doubles = sum(step.is_duplicate for step in skipped)
    one.created += stored.created
    one.updated += stored.updated
    one.unchanged += stored.unchanged
    one.duplicates += doubles
    one.refused += len(skipped) - doubles


def refuse(session: Session, one: Import, reason: str, *, now: datetime) -> None:
    """Give up a file that does not read. What was stored of it stays."""
    one.status, one.reason, one.finished_at = ImportStatus.REFUSED, reason, now
    activity.record(session, one.space_id, acts.IMPORT_REFUSED, by=author(one), now=now, subject_id=one.id)


def note_error(session: Session, one: Import, *, now: datetime) -> None:
    """Count an error of ours; after ``MAX_TRIES`` in a row the import is given up. What was stored of it stays."""
    one.tries += 1
    if one.tries >= MAX_TRIES:
        reason = _(
            "Cet import s'est arrêté plusieurs fois sur une erreur de notre côté. Ce qui est entré est gardé. "
            "Enregistrez la liste au format CSV, puis importez-la de nouveau."
        )
        refuse(session, one, reason, now=now)


def author(one: Import) -> Principal:
    """Who asked for the import: what jobs do of it is theirs."""
    return Principal(one.principal, one.principal_id, one.principal_name)


def _objects(step: Entry | Skipped, one: Import) -> bool:
    """Whether the phone of this row wants no SMS."""
    return step.objects or (one.is_objections and isinstance(step, Entry))


def _wording(one: Import) -> str:
    """Where the objection was read: the file, and its columns that say so."""
    if one.is_objections:
        return _("Fichier « %(file)s », liste de personnes qui ne veulent plus de SMS", file=one.file_name)
    return _columns_said(one, CONSENT)


def _columns_said(one: Import, fields: Collection[str]) -> str:
    said = [at for at, field in mapping_of(one).items() if field in fields]
    columns = ", ".join(name for at, name in enumerate(one.header or []) if at in said)
    return _("Fichier « %(file)s », colonne « %(columns)s »", file=one.file_name, columns=columns)


def _keep(session: Session, one: Import, skipped: Sequence[Skipped]) -> None:
    rows = [
        {"number": step.number, "is_duplicate": step.is_duplicate, "cells": step.cells, "reason": step.reason}
        for step in skipped
    ]
    write_rows(session, ImportRow, rows, names=("number", "is_duplicate", "cells", "reason"), import_id=one.id)


def _tell_brought_back(session: Session, one: Import, contact_ids: Sequence[int], *, now: datetime) -> None:
    one.brought_back += len(contact_ids)
    for contact_id in contact_ids:
        activity.record(
            session, one.space_id, acts.CONTACT_BROUGHT_BACK, by=author(one), now=now, subject_id=contact_id
        )


def _propose_pairs(session: Session, one: Import, stored: storage.Stored, *, now: datetime) -> None:
    """But those of one whole name and postcode, whom ``_finish`` looks up once."""
    people = {PairReason.PHONE: stored.sharing, PairReason.EMAIL: stored.seen}
    one.second_names += pairs.propose_sharing(
        session, one.space_id, people, added=stored.added, since=one.created_at, now=now
    )


def _finish(session: Session, one: Import, *, now: datetime) -> None:
    one.status, one.finished_at = ImportStatus.FINISHED, now
    if one.created or one.updated:
        pairs.propose_names(session, one.space_id, now=now)
    if one.second_names:
        one.warnings = [*one.warnings, second_names(one.second_names)]
    activity.record(
        session,
        one.space_id,
        acts.IMPORT_FINISHED,
        by=author(one),
        now=now,
        subject_id=one.id,
        rows=one.rows_total,
        created=one.created,
        updated=one.updated,
        unchanged=one.unchanged,
        duplicates=one.duplicates,
        refused=one.refused,
    )
