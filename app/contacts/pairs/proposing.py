"""Likely duplicates: looked up when a contact changes and as a file comes in, and proposed to a person once."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from app.accounts import activity
from app.accounts.principal import Principal
from app.contacts import acts
from app.contacts.models import Contact
from app.contacts.pairs.likeness import are_close
from app.contacts.pairs.models import DuplicatePair, PairReason, PairState
from app.database.bulk import write_rows
from app.database.engine import insert_missing
from app.database.functions import among
from app.errors import NotFound
from app.french.language import _

MAX_SHARING = 5
"""An address or a name that more than these share tells nobody apart: « contact@asso.fr »."""
MAX_MEMBERS = 20_000
"""Contacts of one name and postcode looked at once."""
_ONE, _OTHER = aliased(Contact), aliased(Contact)


@dataclass(frozen=True)
class Pair:
    """A question and the two cards it is about."""

    pair: DuplicatePair
    low: Contact
    high: Contact


class Who(NamedTuple):
    """What is looked at of a contact."""

    id: int
    first_name: str
    last_name: str
    phone: str
    email_key: str | None
    sort_key: str
    postcode: str
    created_at: datetime


def propose(
    session: Session, space_id: int, contact_ids: Collection[int], *, now: datetime, are_new: bool = False
) -> None:
    """Propose whoever may be one of these contacts, unless the pair ever was."""
    people = _read(session, space_id, Contact.id.in_(contact_ids))
    by = dict.fromkeys(PairReason, people)
    propose_sharing(session, space_id, by, added=contact_ids if are_new else (), since=now, now=now)


def propose_sharing(
    session: Session,
    space_id: int,
    people: Mapping[PairReason, Sequence[Who]],
    *,
    added: Collection[int],
    since: datetime,
    now: datetime,
) -> int:
    """Propose whoever shares a key with one of at most a batch: by each reason, those who may.

    Of the ``added``, whoever came to the phone of somebody known before ``since`` is proposed whatever their names;
    how many of them there are.
    """
    rows: dict[tuple[int, int], PairReason] = {}
    second: set[int] = set()
    for one, other in _sharing(session, space_id, people.get(PairReason.PHONE, ()), PairReason.PHONE):
        comes_second = one.id in added and other.created_at < since
        if comes_second:
            second.add(one.id)
        if comes_second or are_close(one.first_name, other.first_name):
            rows.setdefault(_sorted(one.id, other.id), PairReason.PHONE)
    for reason in (PairReason.EMAIL, PairReason.NAME):
        for one, other in _sharing(session, space_id, people.get(reason, ()), reason):
            rows.setdefault(_sorted(one.id, other.id), reason)
    _write(session, space_id, rows, now=now)
    return len(second)


def propose_names(session: Session, space_id: int, *, now: datetime) -> None:
    """Propose everybody of the space who shares a whole name and a postcode, unless the pair ever was.

    One reading of the space, whatever came in; what passes ``MAX_MEMBERS`` waits for the next.
    """
    key = _KEYS[PairReason.NAME]
    present = (Contact.space_id == space_id, Contact.archived_at.is_(None))
    whole = (Contact.first_name != "", Contact.last_name != "", Contact.postcode != "")
    shared = select(*key).where(*present, *whole).group_by(*key).having(func.count().between(2, MAX_SHARING))
    members = select(Contact.id, *key).where(*present, *whole, tuple_(*key).in_(shared))
    groups: dict[tuple[str, ...], list[int]] = {}
    for one, *values in session.execute(members.order_by(Contact.id).limit(MAX_MEMBERS)):
        groups.setdefault(tuple(values), []).append(one)
    rows = {pair: PairReason.NAME for group in groups.values() for pair in combinations(group, 2)}
    _write(session, space_id, rows, now=now)


def _write(session: Session, space_id: int, rows: Mapping[tuple[int, int], PairReason], *, now: datetime) -> None:
    told = [{"low_id": low, "high_id": high, "reason": reason} for (low, high), reason in sorted(rows.items())]
    same = {"space_id": space_id, "state": PairState.TO_SEE, "made_at": now, "settled_by": ""}
    write_rows(session, DuplicatePair, told, names=("low_id", "high_id", "reason"), missing=True, **same)


def count(session: Session, space_id: int) -> int:
    """How many pairs wait for a person."""
    return session.scalar(_waiting(space_id, func.count())) or 0


def page(session: Session, space_id: int, *, after: int = 0, limit: int) -> Sequence[Pair]:
    """The pairs that wait, in the order they were proposed; nobody archived."""
    query = _waiting(space_id, DuplicatePair, _ONE, _OTHER).where(DuplicatePair.id > after)
    return [Pair(*row) for row in session.execute(query.order_by(DuplicatePair.id).limit(limit)).all()]


def get(session: Session, space_id: int, pair_id: int, *, lock: bool = False) -> DuplicatePair:
    """A pair of this space. Raises NotFound."""
    query = select(DuplicatePair).where(DuplicatePair.space_id == space_id, DuplicatePair.id == pair_id)
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound("pair_unknown", _("Ces deux fiches ne sont plus proposées."))
    return found


def settle(session: Session, pair: DuplicatePair, state: PairState, *, by: Principal, now: datetime) -> None:
    """Write what a person answered."""
    pair.state, pair.settled_at, pair.settled_by = state, now, by.name[:80]
    if state is PairState.NOT_DUPLICATE:
        activity.record(
            session, pair.space_id, acts.PAIR_DISMISSED, by=by, now=now, subject_id=pair.low_id, other=pair.high_id
        )


def settle_between(
    session: Session, space_id: int, one_id: int, other_id: int, state: PairState, *, by: Principal, now: datetime
) -> None:
    """The same of a pair that may never have been proposed: it never will be."""
    low, high = _sorted(one_id, other_id)
    row = {"space_id": space_id, "low_id": low, "high_id": high, "reason": PairReason.NAME, "made_at": now}
    unique = [DuplicatePair.low_id, DuplicatePair.high_id]
    insert_missing(session, DuplicatePair, [row], unique=unique, returning=DuplicatePair.id)
    asked = select(DuplicatePair).where(DuplicatePair.space_id == space_id)
    pair = session.scalars(asked.where(DuplicatePair.low_id == low, DuplicatePair.high_id == high)).one()
    pair.state, pair.settled_at, pair.settled_by = state, now, by.name[:80]


def _read(session: Session, space_id: int, which: ColumnElement[bool]) -> list[Who]:
    """Those of the contacts that are there, oldest first."""
    columns = (getattr(Contact, name) for name in Who._fields)
    query = select(*columns).where(Contact.space_id == space_id, Contact.archived_at.is_(None), which)
    return [Who(*row) for row in session.execute(query.order_by(Contact.id))]


_Key = tuple[InstrumentedAttribute[Any], ...]
_KEYS: Mapping[PairReason, _Key] = {
    PairReason.PHONE: (Contact.phone,),
    PairReason.EMAIL: (Contact.email_key,),
    PairReason.NAME: (Contact.sort_key, Contact.postcode),
}


def _sharing(session: Session, space_id: int, batch: Sequence[Who], reason: PairReason) -> Iterator[tuple[Who, Who]]:
    """Each of these contacts with each other that shares the key, but of a key that too many share.

    Keys are counted before anybody is read: most are one person's.
    """
    key = _KEYS[reason]
    wanted = {values for one in batch if (values := _values(one, reason))}
    if not wanted:
        return
    present = (Contact.space_id == space_id, Contact.archived_at.is_(None))
    held = among(key[0], {values[0] for values in wanted})
    shared = select(*key).where(*present, held).group_by(*key).having(func.count().between(2, MAX_SHARING))
    keys = {tuple(row) for row in session.execute(shared)} & wanted
    if not keys:
        return
    others: dict[tuple[str, ...], list[Who]] = {}
    for one in _read(session, space_id, among(key[0], {values[0] for values in keys})):
        if (values := _values(one, reason)) in keys:
            others.setdefault(values, []).append(one)
    for one in batch:
        for other in others.get(_values(one, reason), ()):
            if other.id != one.id:
                yield one, other


def _values(one: Who, reason: PairReason) -> tuple[str, ...]:
    """What the contact's key is made of; () for one who has none."""
    if reason is PairReason.NAME and not (one.first_name and one.last_name and one.postcode):
        return ()
    values = tuple(getattr(one, column.key) or "" for column in _KEYS[reason])
    return values if values[0] else ()


def _sorted(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)


def _waiting(space_id: int, *columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(DuplicatePair)
        .join(_ONE, _ONE.id == DuplicatePair.low_id)
        .join(_OTHER, _OTHER.id == DuplicatePair.high_id)
        .where(
            DuplicatePair.space_id == space_id,
            DuplicatePair.state == PairState.TO_SEE,
            _ONE.archived_at.is_(None),
            _OTHER.archived_at.is_(None),
        )
    )
