"""Agreeing to share, stopping, and what the programme reads of those who agreed: these rows and nothing else."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts import activity, associations
from app.accounts.models import Association, Space
from app.accounts.principal import Principal
from app.database.engine import insert_missing
from app.database.ids import SpaceId
from app.errors import Conflict
from app.french.language import _
from app.programme.sharing import acts, counting, rules
from app.programme.sharing.models import SharedMonth, SharingAgreement
from app.programme.sharing.rules import Figures


def months(session: Session, association_ids: Collection[int]) -> Mapping[int, Sequence[SharedMonth]]:
    """{association: its months, the oldest first}, without those that share none.

    A month of somebody who has stopped and left what was shared is among them.
    """
    rows = session.scalars(
        select(SharedMonth).where(SharedMonth.association_id.in_(association_ids)).order_by(SharedMonth.month)
    )
    found: dict[int, list[SharedMonth]] = {}
    for row in rows:
        found.setdefault(row.association_id, []).append(row)
    return found


def agreement(session: Session, association_id: int, *, lock: bool = False) -> SharingAgreement | None:
    """Its agreement, also one that was withdrawn; None where nobody ever agreed."""
    query = select(SharingAgreement).where(SharingAgreement.association_id == association_id)
    return session.scalar(query.with_for_update() if lock else query)


def present(session: Session, space: Space, *, now: datetime) -> Figures:
    """What this month's row would hold if it ended now."""
    return counting.count(session, space.id, rules.month_of(now), now=now)


def agree(session: Session, space: Space, *, by: Principal, now: datetime) -> None:
    """Share from this month on; who agreed already stays so. Raises Conflict for a space that is no association's."""
    association = _own(session, space)
    row = {"association_id": association.id, "agreed_by": by.name[:80], "agreed_at": now, "withdrawn_at": None}
    unique = [SharingAgreement.association_id]
    made = insert_missing(session, SharingAgreement, [row], unique=unique, returning=SharingAgreement.id)
    kept = agreement(session, association.id, lock=True)
    if not made:
        if kept is None or kept.withdrawn_at is None:
            return
        kept.agreed_by, kept.agreed_at, kept.withdrawn_at = by.name[:80], now, None
    activity.record(session, space.id, acts.AGREED, by=by, now=now, subject_id=association.id)


def withdraw(session: Session, space: Space, *, erases: bool, by: Principal, now: datetime) -> None:
    """Share nothing more; with ``erases``, take back the months that were shared too, also after having stopped.

    Raises Conflict for a space that is no association's.
    """
    association = _own(session, space)
    kept = agreement(session, association.id, lock=True)
    if kept is None:
        return
    gone = None
    if erases:
        rows = delete(SharedMonth).where(SharedMonth.association_id == association.id).returning(SharedMonth.id)
        gone = session.scalars(rows).all()
    if kept.withdrawn_at is not None and not gone:
        return
    kept.withdrawn_at = kept.withdrawn_at or now
    act = acts.ERASED if erases else acts.WITHDRAWN
    activity.record(session, space.id, act, by=by, now=now, subject_id=association.id)


def sharing(session: Session) -> Sequence[int]:
    """The associations that agreed and have a space to count, by id."""
    query = (
        select(SharingAgreement.association_id)
        .join(Association, Association.id == SharingAgreement.association_id)
        .where(SharingAgreement.withdrawn_at.is_(None), Association.space_id.is_not(None))
    )
    return session.scalars(query.order_by(SharingAgreement.association_id)).all()


def is_due(session: Session, association_id: int, *, now: datetime) -> bool:
    """Whether a month of it waits to be counted: a question that locks nothing."""
    kept = agreement(session, association_id)
    return kept is not None and bool(missing(session, association_id, kept.agreed_at, now=now))


def missing(session: Session, association_id: int, since: datetime, *, now: datetime) -> list[date]:
    """The months that are over and that nobody has counted yet, from that of ``since`` on."""
    written = set(session.scalars(select(SharedMonth.month).where(SharedMonth.association_id == association_id)))
    return [month for month in rules.ended(since, now=now) if month not in written]


def write_ended(session: Session, association_id: int, *, now: datetime) -> int:
    """Count the months that are over, each once; how many. Whoever stops meanwhile waits, or has stopped before."""
    kept = agreement(session, association_id, lock=True)
    space_id = session.scalar(select(Association.space_id).where(Association.id == association_id))
    if kept is None or kept.withdrawn_at is not None or space_id is None:
        return 0
    months = missing(session, association_id, kept.agreed_at, now=now)
    for month in months:
        _write(session, association_id, space_id, month, now=now)
    return len(months)


def _write(session: Session, association_id: int, space_id: SpaceId, month: date, *, now: datetime) -> None:
    figures = counting.count(session, space_id, month, now=now)
    row = {"association_id": association_id, "month": month, "made_at": now, **vars(figures)}
    unique = [SharedMonth.association_id, SharedMonth.month]
    insert_missing(session, SharedMonth, [row], unique=unique, returning=SharedMonth.id)


def _own(session: Session, space: Space) -> Association:
    association = associations.of_space(session, space.id)
    if association is None:
        sentence = _("Cet espace n'est celui d'aucune association du programme : il n'a rien à partager.")
        raise Conflict("nothing_to_share", sentence)
    return association
