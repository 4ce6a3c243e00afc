"""Likely duplicates: looked up when a contact changes and as a file comes in, and proposed to a person once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations, groupby, islice
from typing import Any

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session, aliased

from app.accounts import activity
from app.accounts.principal import Principal
from app.contacts import acts
from app.contacts.counts import Count, bounded
from app.contacts.models import Contact
from app.contacts.pairs.likeness import are_close
from app.contacts.pairs.models import DuplicatePair, PairReason, PairState
from app.contacts.pairs.sharing import KEYS, MAX_SHARING, Who, read, sharing
from app.database.bulk import write_rows
from app.database.engine import insert_missing
from app.database.ids import ContactId, SpaceId
from app.errors import Conflict, NotFound, RuleBroken
from app.french.language import _

MAX_COUNTED = 1_000
MAX_PAIRS = 20_000
"""Pairs of one name and postcode proposed at once."""
_BATCH = 2_000
_ONE, _OTHER = aliased(Contact), aliased(Contact)


@dataclass(frozen=True)
class Pair:
    """A question and the two cards it is about."""

    pair: DuplicatePair
    low: Contact
    high: Contact


def propose(
    session: Session, space_id: SpaceId, contact_ids: Collection[int], *, now: datetime, are_new: bool = False
) -> None:
    """Propose whoever may be one of these contacts, unless the pair ever was."""
    people = read(session, space_id, Contact.id.in_(contact_ids))
    by = dict.fromkeys(PairReason, people)
    propose_sharing(session, space_id, by, added=contact_ids if are_new else (), since=now, now=now)


def propose_sharing(
    session: Session,
    space_id: SpaceId,
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
    for one, other in sharing(session, space_id, people.get(PairReason.PHONE, ()), PairReason.PHONE):
        comes_second = one.id in added and other.created_at < since
        if comes_second:
            second.add(one.id)
        if comes_second or are_close(one.first_name, other.first_name):
            rows.setdefault(_sorted(one.id, other.id), PairReason.PHONE)
    for reason in (PairReason.EMAIL, PairReason.NAME):
        for one, other in sharing(session, space_id, people.get(reason, ()), reason):
            rows.setdefault(_sorted(one.id, other.id), reason)
    _write(session, space_id, rows, now=now)
    return len(second)


def propose_names(session: Session, space_id: SpaceId, *, now: datetime, limit: int = MAX_PAIRS) -> None:
    """Propose everybody of the space who shares a whole name and a postcode, unless the pair ever was.

    One reading of the space, whatever came in; what passes ``limit`` pairs waits for the next.
    """
    key = KEYS[PairReason.NAME]
    present = (Contact.space_id == space_id, Contact.archived_at.is_(None))
    whole = (Contact.first_name != "", Contact.last_name != "", Contact.postcode != "")
    shared = select(*key).where(*present, *whole).group_by(*key).having(func.count().between(2, MAX_SHARING))
    members = select(Contact.id, *key).where(*present, *whole, tuple_(*key).in_(shared)).order_by(*key, Contact.id)
    found: list[tuple[int, int]] = []
    with session.execute(members, execution_options={"yield_per": _BATCH}) as rows:
        alike = groupby(rows, lambda row: tuple(row[1:]))
        pairs = (pair for _key, group in alike for pair in combinations([row[0] for row in group], 2))
        while len(found) < limit and (some := list(islice(pairs, _BATCH))):
            found += _unseen(session, space_id, some)
    _write(session, space_id, dict.fromkeys(found[:limit], PairReason.NAME), now=now)


def _unseen(session: Session, space_id: SpaceId, pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Those of the pairs that never were proposed."""
    mine = (DuplicatePair.space_id == space_id, DuplicatePair.low_id.in_({low for low, _high in pairs}))
    known = {
        (low, high) for low, high in session.execute(select(DuplicatePair.low_id, DuplicatePair.high_id).where(*mine))
    }
    return [pair for pair in pairs if pair not in known]


def _write(session: Session, space_id: SpaceId, rows: Mapping[tuple[int, int], PairReason], *, now: datetime) -> None:
    told = [{"low_id": low, "high_id": high, "reason": reason} for (low, high), reason in sorted(rows.items())]
    same = {"space_id": space_id, "state": PairState.TO_SEE, "made_at": now, "settled_by": ""}
    write_rows(session, DuplicatePair, told, names=("low_id", "high_id", "reason"), missing=True, **same)


def count(session: Session, space_id: SpaceId) -> Count:
    """How many pairs wait for a person, as far as a page counts."""
    return bounded(session, _waiting(space_id, DuplicatePair.id), MAX_COUNTED)


def page(session: Session, space_id: SpaceId, *, after: int = 0, limit: int) -> Sequence[Pair]:
    """The pairs that wait, in the order they were proposed; nobody archived."""
    query = _waiting(space_id, DuplicatePair, _ONE, _OTHER).where(DuplicatePair.id > after)
    return [Pair(*row) for row in session.execute(query.order_by(DuplicatePair.id).limit(limit)).all()]


def get(session: Session, space_id: SpaceId, pair_id: int, *, lock: bool = False) -> DuplicatePair:
    """A pair of this space. Raises NotFound."""
    query = select(DuplicatePair).where(DuplicatePair.space_id == space_id, DuplicatePair.id == pair_id)
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound("pair_unknown", _("Ces deux fiches ne sont plus proposées."))
    return found


def propose_two(
    session: Session, space_id: SpaceId, one: Contact, other: Contact, *, by: Principal, now: datetime
) -> DuplicatePair:
    """The pair that somebody says may be one person, to be looked at again whatever was answered before.

    Raises RuleBroken for one card twice, Conflict for one archived.
    """
    if one.id == other.id:
        raise RuleBroken("merge_of_one", _("Choisissez deux fiches différentes."))
    if one.archived_at is not None or other.archived_at is not None:
        raise Conflict("contact_archived", _("Une de ces deux fiches est archivée : remettez-la d'abord."))
    low, high = _sorted(one.id, other.id)
    _write(session, space_id, {(low, high): PairReason.SAID}, now=now)
    mine = (DuplicatePair.space_id == space_id, DuplicatePair.low_id == low, DuplicatePair.high_id == high)
    pair = session.scalars(select(DuplicatePair).where(*mine).with_for_update()).one()
    is_new = pair.reason is PairReason.SAID and pair.made_at == now
    if is_new or pair.state is not PairState.TO_SEE:
        pair.state, pair.settled_at, pair.settled_by = PairState.TO_SEE, None, ""
        activity.record(session, space_id, acts.PAIR_PROPOSED, by=by, now=now, subject_id=low, other=high)
    return pair


def settle(session: Session, pair: DuplicatePair, state: PairState, *, by: Principal, now: datetime) -> None:
    """Write what a person answered."""
    pair.state, pair.settled_at, pair.settled_by = state, now, by.name[:80]
    if state is PairState.NOT_DUPLICATE:
        activity.record(
            session, pair.space_id, acts.PAIR_DISMISSED, by=by, now=now, subject_id=pair.low_id, other=pair.high_id
        )


def settle_between(
    session: Session,
    space_id: SpaceId,
    one_id: ContactId,
    other_id: ContactId,
    state: PairState,
    *,
    by: Principal,
    now: datetime,
) -> None:
    """The same of a pair that may never have been proposed: it never will be."""
    low, high = _sorted(one_id, other_id)
    row = {"space_id": space_id, "low_id": low, "high_id": high, "reason": PairReason.NAME, "made_at": now}
    unique = [DuplicatePair.low_id, DuplicatePair.high_id]
    insert_missing(session, DuplicatePair, [row], unique=unique, returning=DuplicatePair.id)
    asked = select(DuplicatePair).where(DuplicatePair.space_id == space_id)
    pair = session.scalars(asked.where(DuplicatePair.low_id == low, DuplicatePair.high_id == high)).one()
    pair.state, pair.settled_at, pair.settled_by = state, now, by.name[:80]


def _sorted(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)


def _waiting(space_id: SpaceId, *columns: Any) -> Select[Any]:
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
