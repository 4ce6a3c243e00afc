"""Last texted, last answered, times come: written here and nowhere else, in bulk.

**Order of locks.** Rows of ``contact_activity`` are locked after everything else that a transaction locks (messages,
opt-outs, mailings, senders, registrations), in the order of their ids, and at most once: whoever notes several things
gathers them first. A contact's own row is never written, nor locked but by ``begin``, whose caller has just written a
row that names the contact; so a settling and an import never wait for each other.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar, cast

from sqlalchemy import Table, Update, bindparam, or_, select, update
from sqlalchemy.orm import Session

from app.contacts.history_models import ContactActivity
from app.contacts.models import Contact
from app.database.bulk import write_rows
from app.database.functions import among_ids
from app.database.ids import ContactId, SpaceId

V = TypeVar("V")
_ROWS = cast(Table, ContactActivity.__table__)
_THESE = among_ids(_ROWS.c.contact_id, "ids")
_LOCKED = select(_ROWS.c.contact_id).where(_THESE).order_by(_ROWS.c.contact_id).with_for_update()


def _later(name: str) -> Update:
    column = _ROWS.c[name]
    is_later = or_(column.is_(None), column < bindparam("at"))
    return update(_ROWS).where(_THESE, is_later).values({name: bindparam("at")})


_CONTACTED, _ANSWERED = _later("last_contacted_at"), _later("last_answered_at")
_UNDELIVERED = update(_ROWS).where(_THESE).values(undelivered_count=_ROWS.c.undelivered_count + bindparam("more"))


@dataclass
class News:
    """What a transaction learns of people, gathered to be written at its end; each by contact id."""

    contacted: dict[int, datetime] = field(default_factory=dict)
    answered: dict[int, datetime] = field(default_factory=dict)
    undelivered: dict[int, int] = field(default_factory=dict)
    """How many more texts did not arrive; fewer, when one has after all."""

    def contact(self, contact_id: ContactId, at: datetime) -> None:
        """A text for them was handed to the carrier."""
        known = self.contacted.get(contact_id)
        self.contacted[contact_id] = max(known, at) if known else at

    def lose(self, contact_id: ContactId, texts: int) -> None:
        """So many more texts for them did not arrive."""
        self.undelivered[contact_id] = self.undelivered.get(contact_id, 0) + texts


@dataclass(frozen=True)
class Came:
    """How often somebody came, and the day of the last time."""

    times: int = 0
    last_on: date | None = None


def find(session: Session, space_id: SpaceId, contact_id: ContactId) -> ContactActivity | None:
    """What is kept of somebody; None when nothing has been written for them."""
    query = select(ContactActivity).where(ContactActivity.space_id == space_id)
    return session.scalar(query.where(ContactActivity.contact_id == contact_id))


def begin(session: Session, space_id: SpaceId, contact_ids: Iterable[int | None]) -> None:
    """Give a row to those of these contacts of the space who have none."""
    wanted = sorted({one for one in contact_ids if one is not None})
    rows = [{"contact_id": one} for one in wanted]
    write_rows(session, ContactActivity, rows, names=("contact_id",), missing=True, space_id=space_id)


def note(session: Session, news: News) -> None:
    """Write what was learned, each as the latest: told again, or out of order, it changes nothing but counts."""
    lost = {one: more for one, more in news.undelivered.items() if more}
    _lock(session, {*news.contacted, *news.answered, *lost})
    for statement, instants in ((_CONTACTED, news.contacted), (_ANSWERED, news.answered)):
        for at, ids in _alike(instants):
            session.execute(statement, {"ids": ids, "at": at})
    for more, ids in _alike(lost):
        session.execute(_UNDELIVERED, {"ids": ids, "more": more})


def recount_came(
    session: Session, contact_ids: Collection[int], count: Callable[[Sequence[int]], Mapping[int, Came]]
) -> None:
    """Write how often these came, as ``count`` says of the contacts it is given once their rows are locked."""
    ids = _lock(session, contact_ids)
    found = count(ids) if ids else {}
    for came, alike in _alike({one: found.get(one, Came()) for one in ids}):
        values = {"times_came": came.times, "last_came_on": came.last_on}
        session.execute(update(_ROWS).where(_THESE).values(values), {"ids": alike})


def rewrite(session: Session, known: Mapping[int, Mapping[str, object]]) -> None:
    """Write what was counted anew of contacts whose texts and answers changed hands: {contact id: by column}."""
    for contact_id in _lock(session, known.keys()):
        session.execute(update(_ROWS).where(_THESE).values(**known[contact_id]), {"ids": [contact_id]})


def _lock(session: Session, contact_ids: Collection[int]) -> list[int]:
    """Lock the rows of these, made where there was none; those who are still contacts, in the order of their ids."""
    if not contact_ids:
        return []
    session.flush()  # plain statements: they see what is written, not what is pending
    wanted = sorted(contact_ids)
    locked = list(session.scalars(_LOCKED, {"ids": wanted}))
    if len(locked) == len(wanted):
        return locked
    missing = set(wanted).difference(locked)
    spaces = select(Contact.space_id, Contact.id).where(Contact.id.in_(missing))
    by_space: dict[SpaceId, list[int]] = {}
    for space_id, contact_id in session.execute(spaces):
        by_space.setdefault(space_id, []).append(contact_id)
    for space_id in sorted(by_space):
        begin(session, space_id, by_space[space_id])
    return list(session.scalars(_LOCKED, {"ids": wanted}))


def _alike(values: Mapping[int, V]) -> Iterable[tuple[V, list[int]]]:
    """The contacts of each value, together."""
    found: dict[V, list[int]] = {}
    for contact_id, value in values.items():
        found.setdefault(value, []).append(contact_id)
    return found.items()
