"""Cohorts: which there are, made, changed, closed and opened again."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts import activity, associations
from app.accounts.activity import Act
from app.accounts.principal import Principal
from app.clock import PARIS
from app.database.engine import insert_missing
from app.database.ids import CohortId, SpaceId
from app.errors import Conflict, NotFound, RuleBroken
from app.french.language import _, ngettext
from app.french.typography import show_day
from app.programme.cohorts import acts, rules
from app.programme.cohorts.models import Cohort, CohortMember
from app.programme.cohorts.rules import Terms
from app.programme.cohorts.states import MemberState


def get(session: Session, cohort_id: CohortId, *, lock: bool = False) -> Cohort:
    """One cohort. Raises NotFound."""
    query = select(Cohort).where(Cohort.id == cohort_id)
    cohort = session.scalar(query.with_for_update() if lock else query)
    if cohort is None:
        raise NotFound("cohort_unknown", _("Cette cohorte n'existe pas."))
    return cohort


def changeable(session: Session, cohort_id: CohortId) -> Cohort:
    """One that is not closed, locked: its places are counted under the lock. Raises NotFound or Conflict."""
    cohort = get(session, cohort_id, lock=True)
    if cohort.closed_at is not None:
        raise Conflict("cohort_closed", _("Cette cohorte est close : rouvrez-la pour la changer."))
    return cohort


def all_of_them(session: Session) -> Sequence[tuple[Cohort, int]]:
    """Every cohort with how many associations are in it, the latest first."""
    inside = (
        select(CohortMember.cohort_id, func.count().label("inside"))
        .where(CohortMember.state == MemberState.INSIDE)
        .group_by(CohortMember.cohort_id)
        .subquery()
    )
    rows = session.execute(
        select(Cohort, func.coalesce(inside.c.inside, 0))
        .outerjoin(inside, inside.c.cohort_id == Cohort.id)
        .order_by(Cohort.starts_on.desc(), Cohort.id.desc())
    )
    return [(row[0], row[1]) for row in rows]


def current(session: Session, *, today: date) -> Cohort | None:
    """The one that this week is about: the latest that has begun and is not closed, or else the next to begin."""
    known = session.scalars(
        select(Cohort).where(Cohort.closed_at.is_(None)).order_by(Cohort.starts_on, Cohort.id)
    ).all()
    begun = [one for one in known if one.starts_on <= today]
    return begun[-1] if begun else (known[0] if known else None)


def places_taken(session: Session, cohort: Cohort) -> int:
    """How many associations are in it."""
    inside = select(func.count()).where(CohortMember.cohort_id == cohort.id, CohortMember.state == MemberState.INSIDE)
    return session.scalar(inside) or 0


def make(session: Session, terms: Terms, *, space_id: SpaceId | None, by: Principal, now: datetime) -> Cohort:
    """A cohort without any association. ``space_id`` is the programme's own space, whose journal tells it.

    Raises RuleBroken.
    """
    rules.check(terms)
    _check_season(session, terms)
    row = {
        **vars(terms), "folded": associations.fold(terms.name), "created_by": by.name[:80], "created_at": now,
        "updated_at": now,
    }  # fmt: skip
    made = insert_missing(session, Cohort, [row], unique=[Cohort.folded], returning=Cohort.id)
    if not made:
        raise _same_name(terms.name)
    cohort = session.get_one(Cohort, made[0])
    _record(session, cohort, acts.MADE, space_id=space_id, by=by, now=now)
    return cohort


def change(
    session: Session, cohort_id: CohortId, terms: Terms, *, space_id: SpaceId | None, by: Principal, now: datetime
) -> Cohort:
    """Other dates, another name, more places or fewer: never below those that are taken. Raises RuleBroken."""
    cohort = changeable(session, cohort_id)
    rules.check(terms)
    _check_season(session, terms, exclude=cohort.id)
    taken = places_taken(session, cohort)
    if terms.capacity < taken:
        sentence = ngettext(
            "%(n)s association est déjà dans la cohorte : gardez %(n)s place au moins, ou faites-la sortir d'abord.",
            "%(n)s associations sont déjà dans la cohorte : gardez %(n)s places au moins, ou faites-en sortir d'abord.",
            taken,
        )
        raise RuleBroken("capacity_below", sentence, fields={"capacity": sentence})
    for name, value in vars(terms).items():
        setattr(cohort, name, value)
    cohort.folded, cohort.updated_at = associations.fold(terms.name), now
    try:
        session.flush()
    except IntegrityError:
        raise _same_name(terms.name) from None
    _record(session, cohort, acts.CHANGED, space_id=space_id, by=by, now=now)
    return cohort


def close(session: Session, cohort_id: CohortId, *, space_id: SpaceId | None, by: Principal, now: datetime) -> None:
    """Nothing of it changes any more, and nobody of it counts as silent. Raises Conflict."""
    cohort = changeable(session, cohort_id)
    cohort.closed_at = cohort.updated_at = now
    _record(session, cohort, acts.CLOSED, space_id=space_id, by=by, now=now)


def reopen(session: Session, cohort_id: CohortId, *, space_id: SpaceId | None, by: Principal, now: datetime) -> None:
    """Take it up again; one that is open stays so.

    Raises RuleBroken where it would take applications while another does.
    """
    cohort = get(session, cohort_id, lock=True)
    if cohort.closed_at is not None:
        _check_season(session, cohort, exclude=cohort.id)
        cohort.closed_at, cohort.updated_at = None, now
        _record(session, cohort, acts.REOPENED, space_id=space_id, by=by, now=now)


def _check_season(session: Session, terms: Terms | Cohort, *, exclude: CohortId | None = None) -> None:
    """Applications are to one cohort at a time: whoever applies chooses none. Raises RuleBroken."""
    query = select(Cohort).where(Cohort.closed_at.is_(None), Cohort.applications_open_at.is_not(None))
    for other in session.scalars(query.where(Cohort.id != (exclude or 0)).order_by(Cohort.applications_open_at)):
        opens, closes = other.applications_open_at, other.applications_close_at
        if opens is None or not rules.overlap(terms, opens, closes):
            continue
        words = {"name": other.name, "first": show_day(opens, PARIS), "last": show_day(closes, PARIS) if closes else ""}
        sentence = (
            _("« %(name)s » prend les candidatures du %(first)s au %(last)s : une cohorte à la fois.", **words)
            if closes
            else _("« %(name)s » prend les candidatures depuis le %(first)s, sans fin : donnez-lui-en une.", **words)
        )
        raise RuleBroken("seasons_overlap", sentence, fields={"opens_day": sentence})


def _record(
    session: Session, cohort: Cohort, act: Act, *, space_id: SpaceId | None, by: Principal, now: datetime
) -> None:
    activity.record(session, space_id, act, by=by, now=now, subject_id=cohort.id, note=cohort.name)


def _same_name(name: str) -> RuleBroken:
    sentence = _("Une cohorte s'appelle déjà « %(name)s » : donnez-lui un autre nom, l'année par exemple.", name=name)
    return RuleBroken("cohort_same_name", sentence, fields={"name": sentence})
