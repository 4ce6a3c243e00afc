"""Progress without counting messages: each change of status adds a small row, and the rows add up."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from app.database.bulk import Together
from app.database.ids import MailingId, SpaceId
from app.messaging.models import Mailing, MailingState, Tally
from app.messaging.status import ARRIVED, LOST, MOVING, WAITING, Status

_BLANK: dict[str, Any] = {"was": None, "reached": Status.QUEUED, "people": 0}


@dataclass(frozen=True)
class Change:
    """So many people of a mailing went from one status to another; ``None`` is « not written yet ».

    ``price_micros`` is what the change adds to the price of the mailing, or takes off it.
    """

    space_id: SpaceId
    mailing_id: MailingId
    was: Status | None
    reached: Status
    people: int = 1
    price_micros: int = 0


@dataclass(frozen=True)
class Progress:
    """How many people stand where, each by their latest message, and what it costs."""

    counts: Mapping[Status, int]
    price_micros: int

    @property
    def people(self) -> int:
        return sum(self.counts.values())

    @property
    def four(self) -> "Four":
        """The same by the four words that a référente reads."""
        return Four(*(sum(self.counts.get(one, 0) for one in held) for held in (WAITING, MOVING, ARRIVED, LOST)))


class Four(NamedTuple):
    """How many people are « en attente », « en route », « arrivés » and « pas arrivés »."""

    waiting: int
    moving: int
    arrived: int
    lost: int


_COLUMNS = ("space_id", "mailing_id", "was", "reached", "people", "price_micros")


def note(session: Session, changes: Iterable[Change]) -> None:
    """Add the rows of these changes, alike ones together."""
    beside = Together(session)
    note_beside(beside, changes)
    beside.write()


def note_beside(beside: Together, changes: Iterable[Change]) -> None:
    """The same, once what is noted with them is written."""
    people: Counter[tuple[int, int, Status | None, Status]] = Counter()
    prices: Counter[tuple[int, int, Status | None, Status]] = Counter()
    for change in changes:
        key = (change.space_id, change.mailing_id, change.was, change.reached)
        people[key] += change.people
        prices[key] += change.price_micros
    rows = [
        {"space_id": k[0], "mailing_id": k[1], "was": k[2], "reached": k[3], "people": n, "price_micros": prices[k]}
        for k, n in people.items()
    ]
    beside.insert(Tally, rows, names=_COLUMNS)


def progress(session: Session, mailing_id: MailingId) -> Progress:
    """Where a mailing's people stand now."""
    return progress_of(session, [mailing_id])[mailing_id]


def progress_of(session: Session, mailing_ids: Iterable[int]) -> dict[int, Progress]:
    """Where the people of several mailings stand, in one query."""
    wanted = list(mailing_ids)
    counts: dict[int, Counter[Status]] = {mailing_id: Counter() for mailing_id in wanted}
    prices: Counter[int] = Counter()
    for mailing_id, was, reached, people, price in session.execute(
        select(Tally.mailing_id, Tally.was, Tally.reached, func.sum(Tally.people), func.sum(Tally.price_micros))
        .where(Tally.mailing_id.in_(wanted))
        .group_by(Tally.mailing_id, Tally.was, Tally.reached)
    ):
        counts[mailing_id][reached] += int(people)
        if was is not None:
            counts[mailing_id][was] -= int(people)
        prices[mailing_id] += int(price)
    return {
        mailing_id: Progress({status: n for status in Status if (n := tally[status])}, prices[mailing_id])
        for mailing_id, tally in counts.items()
    }


def mailing_mark(session: Session, mailing_id: MailingId) -> str:
    """A word that changes whenever a message of the mailing does: what live pages poll.

    The sum tells of a row whose transaction ended after that of a higher number. Rows are few: old ones are compacted.
    """
    last, numbers = session.execute(
        select(func.max(Tally.id), func.sum(Tally.id)).where(Tally.mailing_id == mailing_id)
    ).one()
    return f"{last or 0}-{numbers or 0}"


def compact(session: Session, mailing_id: MailingId) -> int:
    """Replace a mailing's rows by as many as it has statuses; how many rows went.

    Deleting with RETURNING makes it safe beside other folders and beside new rows: each row is compacted once.
    """
    gone = session.execute(
        delete(Tally)
        .where(Tally.mailing_id == mailing_id)
        .returning(Tally.space_id, Tally.was, Tally.reached, Tally.people, Tally.price_micros)
    ).all()
    counts: Counter[Status] = Counter()
    price = 0
    for _space_id, was, reached, people, price_micros in gone:
        counts[reached] += people
        if was is not None:
            counts[was] -= people
        price += price_micros
    rows = [
        {
            "space_id": gone[0].space_id,
            "mailing_id": mailing_id,
            "was": None,
            "reached": status,
            "people": n,
            "price_micros": 0,
        }
        for status, n in counts.items()
        if n
    ]
    if price and not rows:  # another folder holds the totals: this share is worth a price and moves nobody
        rows = [{**_BLANK, "space_id": gone[0].space_id, "mailing_id": mailing_id}]
    if rows:
        rows[0]["price_micros"] = price
        session.execute(insert(Tally), rows)
    return len(gone)


def crowded(session: Session, *, rows: int = 200) -> list[MailingId]:
    """The mailings under way with more rows than a page should sum; a closed one was compacted with its end."""
    under_way = select(Tally.mailing_id).join(Mailing, Mailing.id == Tally.mailing_id)
    under_way = under_way.where(Mailing.state.in_((MailingState.OPEN, MailingState.PAUSED, MailingState.CANCELLED)))
    return list(session.scalars(under_way.group_by(Tally.mailing_id).having(func.count() > rows)))


def month_price(session: Session, space_id: SpaceId, *, since: datetime) -> int:
    """What the mailings of a space made since an instant cost, in micros."""
    return int(
        session.scalar(
            select(func.coalesce(func.sum(Tally.price_micros), 0))
            .join(Mailing, Mailing.id == Tally.mailing_id)
            .where(Tally.space_id == space_id, Mailing.created_at >= since)
        )
        or 0
    )
