"""A page of people in order, and how many there are: what is read does not grow with the space.

Whoever finds people by typing comes here. A word, a number, a list or a tag of few people is read whole, and these are
put in the alphabet's order; where all have many, an index is walked from where the page begins (``walking``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Unpack

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session

from app.contacts.counts import Count, bounded
from app.contacts.finding.cursors import Place, place, written
from app.contacts.finding.rows import (
    PROBE,
    Asked,
    Filter,
    Rows,
    everybody,
    meant,
    narrow,
    read_filter,
    whole,
)
from app.contacts.finding.walking import Met, walk
from app.contacts.models import Contact
from app.database.ids import SpaceId

CAP = 10_000
"""Everybody is counted so far."""
SAMPLE = 1_000
"""Rows looked at to say « au moins » of many people."""


@dataclass(frozen=True)
class Page:
    """Some contacts in order, and the cursor of those that follow, None at the end.

    ``is_cut``: fewer than asked were found in as many rows as are looked at for a page, and others may follow.
    """

    items: Sequence[Contact]
    next: str | None
    is_cut: bool = False


def search(
    session: Session, space_id: SpaceId, *, after: str | None = None, limit: int = 50, **which: Unpack[Filter]
) -> Page:
    """A page of contacts by name."""
    return _page(session, _look(session, read_filter(session, space_id, which)), after, limit)


def search_counted(
    session: Session, space_id: SpaceId, *, after: str | None = None, limit: int = 50, **which: Unpack[Filter]
) -> tuple[Page, Count]:
    """The same, and how many people there are in all."""
    looked = _look(session, read_filter(session, space_id, which))
    page = _page(session, looked, after, limit)
    return page, _count(session, looked).at_least(len(page.items))


def count(session: Session, space_id: SpaceId, **which: Unpack[Filter]) -> Count:
    """How many people ``search`` goes through: exactly while they are few, else how many at least."""
    return _count(session, _look(session, read_filter(session, space_id, which)))


def count_archived(session: Session, space_id: SpaceId) -> Count:
    """How many are archived, as far as a link to them says."""
    return bounded(session, everybody(read_filter(session, space_id, {"archived": True})), SAMPLE)


def anybody(session: Session, space_id: SpaceId) -> bool:
    """Whether the space has anybody who is not archived."""
    return bool(search(session, space_id, limit=1).items)


@dataclass(frozen=True)
class _Looked:
    """What is asked, and the select of the ``few`` rows among which everybody meant is; None when there are many."""

    asked: Asked
    few: Rows | None


def _look(session: Session, asked: Asked) -> _Looked:
    best, fewest = None, PROBE + 1
    for one in narrow(asked):
        if (found := _size(session, one.probe.limit(fewest))) < fewest:  # read no further than the best so far
            best, fewest = one.rows, found
    return _Looked(asked, best)


def _page(session: Session, looked: _Looked, after: str | None, limit: int) -> Page:
    start = place(after) if after else None
    if looked.few is None or (start is not None and start.word):  # a page by words is followed by one by words
        met = walk(session, looked.asked, start, limit)
    else:
        met = _among(session, looked, looked.few, start, limit)
    ids = [one.id for one in met.people]
    query = select(Contact).where(Contact.space_id == looked.asked.space_id, Contact.id.in_(ids))
    by_id: dict[int, Contact] = {one.id: one for one in session.scalars(query)}
    return Page([by_id[one] for one in ids], written(met.next) if met.next else None, met.is_cut)


def _count(session: Session, looked: _Looked) -> Count:
    asked = looked.asked
    if asked.is_everybody:
        return bounded(session, everybody(asked), CAP)
    if looked.few is not None:
        return Count(_size(session, _meant_of(asked, looked.few)))
    some = narrow(asked)[0].rows.subquery()
    found = _size(session, _meant_of(asked, select(some).limit(SAMPLE)))
    return Count(found, is_more=True)


def _meant_of(asked: Asked, rows: Rows) -> Select[Any]:
    some = rows.subquery()
    return select(some.c.id).where(meant(asked, some)).group_by(some.c.id)


def _size(session: Session, rows: Rows) -> int:
    return session.scalar(select(func.count()).select_from(rows.subquery())) or 0


def _among(session: Session, looked: _Looked, few: Rows, start: Place | None, limit: int) -> Met:
    """Those meant among few rows, by name."""
    rows = few.subquery()
    query = select(rows.c.sort_key, rows.c.id).where(meant(looked.asked, rows)).group_by(rows.c.sort_key, rows.c.id)
    if start is not None:
        query = query.where(tuple_(rows.c.sort_key, rows.c.id) > tuple_(start.sort_key, start.id))
    met = session.execute(query.order_by(rows.c.sort_key, rows.c.id).limit(limit + 1))
    found = [Place(row.sort_key, row.id) for row in met]
    return Met(found[:limit], found[limit - 1] if len(found) > limit else None)


def matching(query: Select[Any], space_id: SpaceId, which: Filter) -> Select[Any]:
    """``query`` of contacts, of those alone that ``which`` means: for whoever goes through all of them."""
    return query.where(*whole(space_id, which))
