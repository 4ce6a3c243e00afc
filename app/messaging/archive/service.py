"""Closed months out to files: written, on the disk, counted; then, and only then, their rows leave, some at a time.

Killed anywhere, the same command goes on: files that no ``archive.json`` seals are written again, sealed ones are
compared with what was written and the rest of their rows leaves.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.database.engine import Database
from app.database.ids import MailingId
from app.database.labels import find_mark
from app.database.revisions import found_revision
from app.errors import RuleBroken
from app.french.language import _
from app.messaging import tallies
from app.messaging.archive import choosing, files
from app.messaging.archive.files import About, Table, Taken
from app.messaging.models import Mailing, MailingState, Message, Receipt
from app.messaging.status import Status

MAILINGS, ROWS = 100, 2_000
"""Read together: the mailings of one look, the messages of one page of it. Memory holds one page."""
REMOVED = 1_000
"""Messages of one transaction: a moment's wait for whoever writes."""
_MESSAGE = (
    "mailing_id", "id", "attempt", "is_latest", "created_at", "claimed_at", "settled_at", "status", "reason",
    "error_code", "parts", "price_micros", "carrier_sid",
)  # fmt: skip
_RECEIPT = ("message_id", "word", "error_code", "source", "at")
_MAILING = ("id", "space", "sender", "family", "created_at", "price_micros", *(status.value for status in Status))


@dataclass(frozen=True)
class Archived:
    """What became of one month. ``changed`` mailings moved after their files were written, and stay."""

    month: str
    place: Path
    messages: int
    mailings: int
    changed: int


Stop = Callable[[], bool]


def take(
    database: Database, folder: Path, *, until: str, now: datetime, stop: Stop = lambda: False
) -> Iterator[Archived]:
    """Archive each month up to ``until``, the oldest first; first of all, what an earlier command did not finish.

    ``stop`` is asked between two transactions. Raises RuleBroken, before anything, for a month that is too near.
    """
    least = choosing.months_ago(choosing.LEAST_MONTHS, now=now)
    if until > least:
        sentence = _("Trop récent : %(month)s est le dernier mois qui peut sortir aujourd'hui.", month=least)
        raise RuleBroken("archive_too_recent", sentence)
    limit = choosing.first_of(choosing.following(until))
    with files.alone(folder):
        for place in files.unfinished(folder):
            yield remove(database, place, now=now, stop=stop)
        done = ""
        while not stop():
            with database.snapshot() as session:
                month = choosing.oldest(session, until=limit)
            if month is None or month <= done:
                return  # what is left of a month changed meanwhile: another day's
            yield remove(database, write(database, folder, month, until=limit, now=now), now=now, stop=stop)
            done = month


def write(database: Database, folder: Path, month: str, *, until: datetime, now: datetime) -> Path:
    """The files of a month, sealed; where."""
    place = files.begin(folder, month)
    with database.snapshot() as session:
        ids = choosing.of_month(session, month, until=until)
    tables = {
        "mailings.csv": Table(place / "mailings.csv", _MAILING),
        "messages.csv": Table(place / "messages.csv", _MESSAGE),
        "receipts.csv": Table(place / "receipts.csv", _RECEIPT),
    }
    taken: list[Taken] = []
    for some in (ids[at : at + MAILINGS] for at in range(0, len(ids), MAILINGS)):
        with database.snapshot() as session:  # a look each: closed mailings move no more, and no reader stays long
            taken += _write_some(session, some, tables)
    about = About(
        month=month,
        written_at=now.isoformat(timespec="seconds"),
        revision=found_revision(database) or "",
        key=find_mark(database),
        files={name: table.end() for name, table in tables.items()},
        mailings=taken,
    )
    files.seal(place, about)
    return place


def _write_some(session: Session, ids: Sequence[MailingId], tables: dict[str, Table]) -> list[Taken]:
    messages: Counter[int] = Counter()
    receipts: Counter[int] = Counter()
    columns = [getattr(Message, name) for name in _MESSAGE]
    last = 0
    while True:
        page = session.execute(
            select(*columns).where(Message.mailing_id.in_(ids), Message.id > last).order_by(Message.id).limit(ROWS)
        ).all()
        if not page:
            break
        last = page[-1].id
        tables["messages.csv"].add([_spelt(row) for row in page])
        mailing_of = {row.id: row.mailing_id for row in page}
        said = session.execute(
            select(*(getattr(Receipt, name) for name in _RECEIPT))
            .where(Receipt.message_id.in_(mailing_of))
            .order_by(Receipt.id)
        ).all()
        tables["receipts.csv"].add([_spelt(row) for row in said])
        messages.update(mailing_of.values())
        receipts.update(mailing_of[row.message_id] for row in said)
    progress = tallies.progress_of(session, ids)
    owners = session.execute(
        select(Mailing, Space.slug).join(Space, Space.id == Mailing.space_id).where(Mailing.id.in_(ids))
    ).all()
    for mailing, slug in owners:
        its = progress[mailing.id]
        counts = [its.counts.get(status, 0) for status in Status]
        row = (mailing.id, slug, mailing.sender, mailing.family, mailing.created_at, its.price_micros, *counts)
        tables["mailings.csv"].add([_spelt(row)])
    return [Taken(one.id, slug, one.created_at.isoformat(), messages[one.id], receipts[one.id]) for one, slug in owners]


def _spelt(row: Sequence[object]) -> list[str]:
    return ["" if one is None else one.isoformat() if isinstance(one, datetime) else str(one) for one in row]


def remove(database: Database, place: Path, *, now: datetime, stop: Stop) -> Archived:
    """Take the rows of a sealed folder out of the database. Raises RuleBroken for a folder of another database."""
    about = files.read(place)
    if about.key != find_mark(database):
        sentence = _("« %(place)s » est l'archive d'une autre base : rien n'est retiré de celle-ci.", place=place)
        raise RuleBroken("archive_foreign", sentence)
    changed = 0
    for taken in about.mailings:
        if stop():
            return Archived(about.month, place, about.messages, len(about.mailings), changed)
        with database.snapshot() as session:
            is_same = _is_same(session, taken)
        if is_same:
            _remove_messages(database, taken, now=now, stop=stop)
        else:
            changed += 1
    if not stop():
        said = {"removed_at": now.isoformat(timespec="seconds"), "mailings_that_changed_and_stay": changed}
        files.conclude(place, files.REMOVED, said)
    return Archived(about.month, place, about.messages, len(about.mailings), changed)


def _is_same(session: Session, taken: Taken) -> bool:
    """Whether the mailing is the one that was written, and holds nothing that the files do not."""
    mailing = session.get(Mailing, taken.mailing_id)
    if (
        mailing is None
        or mailing.state is not MailingState.CLOSED
        or mailing.created_at.isoformat() != taken.created_at
    ):
        return False
    slug = session.scalar(select(Space.slug).where(Space.id == mailing.space_id))
    its = Message.mailing_id == mailing.id
    messages = session.scalar(select(func.count()).where(its)) or 0
    receipts = session.scalar(select(func.count()).select_from(Receipt).join(Message).where(its)) or 0
    return slug == taken.space and messages <= taken.messages and receipts <= taken.receipts


def _remove_messages(database: Database, taken: Taken, *, now: datetime, stop: Stop) -> None:
    """Their receipts, and who shared them, go with them by their keys; tallies stay, so that every count does."""
    its = select(Message.id).where(Message.mailing_id == taken.mailing_id).order_by(Message.id).limit(REMOVED)
    while not stop():
        with database.transaction() as session:
            ids = session.scalars(its).all()
            if not ids:
                archived = update(Mailing).where(Mailing.id == taken.mailing_id).values(archived_at=now)
                session.execute(archived)
                return
            session.execute(delete(Message).where(Message.id.in_(ids)))
