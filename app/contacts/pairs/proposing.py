"""Likely duplicates: looked up when a contact changes and as a file comes in, and proposed to a person once."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session, aliased

from app.accounts import activity
from app.accounts.principal import Principal
from app.contacts import acts
from app.contacts.models import Contact
from app.contacts.pairs.likeness import are_close
from app.contacts.pairs.models import DuplicatePair, PairReason, PairState
from app.database.engine import insert_missing
from app.errors import NotFound
from app.french.language import _

MAX_SHARING = 5
"""An address or a name that more than these share tells nobody apart: « contact@asso.fr »."""
_ONE, _OTHER = aliased(Contact), aliased(Contact)


@dataclass(frozen=True)
class Pair:
    """A question and the two cards it is about."""

    pair: DuplicatePair
    low: Contact
    high: Contact


def propose(
    session: Session,
    space_id: int,
    contact_ids: Collection[int],
    *,
    now: datetime,
    added: Collection[int] = (),
    since: datetime | None = None,
) -> int:
    """Propose whoever may be one of these contacts, unless the pair ever was; the contacts are at most a batch.

    Of the ``added``, whoever came to the phone of somebody known before ``since`` is proposed whatever their names;
    how many of them there are.
    """
    if not contact_ids:
        return 0
    rows: dict[tuple[int, int], PairReason] = {}
    second: set[int] = set()
    for one, other in _sharing(session, space_id, contact_ids, _ONE.phone == _OTHER.phone):
        comes_second = since is not None and one.id in added and other.created_at < since
        if comes_second:
            second.add(one.id)
        if comes_second or are_close(one.first_name, other.first_name):
            rows.setdefault(_sorted(one.id, other.id), PairReason.PHONE)
    for reason, same in _KEYS:
        for one, other in _sharing(session, space_id, contact_ids, same):
            rows.setdefault(_sorted(one.id, other.id), reason)
    insert_missing(
        session,
        DuplicatePair,
        [
            {"space_id": space_id, "low_id": low, "high_id": high, "reason": reason, "made_at": now}
            for (low, high), reason in sorted(rows.items())
        ],
        unique=[DuplicatePair.low_id, DuplicatePair.high_id],
        returning=DuplicatePair.id,
    )
    return len(second)


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


_KEYS: Sequence[tuple[PairReason, ColumnElement[bool]]] = (
    (PairReason.EMAIL, and_(_ONE.email_key != "", _ONE.email_key == _OTHER.email_key)),
    (
        PairReason.NAME,
        and_(
            _ONE.first_name != "",
            _ONE.last_name != "",
            _ONE.postcode != "",
            _ONE.sort_key == _OTHER.sort_key,
            _ONE.postcode == _OTHER.postcode,
        ),
    ),
)


def _sharing(
    session: Session, space_id: int, contact_ids: Collection[int], same: ColumnElement[bool]
) -> Iterator[tuple[Any, Any]]:
    """Each of these contacts with each other that shares the key, but of a key that too many share."""
    names = ("id", "first_name", "created_at")
    pairs = (
        select(*(getattr(_ONE, name) for name in names), *(getattr(_OTHER, name) for name in names))
        .join(_OTHER, and_(_OTHER.space_id == space_id, _OTHER.id != _ONE.id, _OTHER.archived_at.is_(None), same))
        .where(_ONE.space_id == space_id, _ONE.id.in_(contact_ids), _ONE.archived_at.is_(None))
        .order_by(_ONE.id, _OTHER.id)
        .limit(len(contact_ids) * (MAX_SHARING + 1))
    )
    found: dict[int, list[tuple[_Who, _Who]]] = {}
    for row in session.execute(pairs):
        found.setdefault(row[0], []).append((_Who(*row[:3]), _Who(*row[3:])))
    for met in found.values():
        if len(met) < MAX_SHARING:
            yield from met


@dataclass(frozen=True, slots=True)
class _Who:
    id: int
    first_name: str
    created_at: datetime


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
