"""The associations of a cohort: invited, let in, out again, and whom to call there."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import activity, associations, spaces
from app.accounts.activity import Act
from app.accounts.models import Association
from app.accounts.principal import Principal
from app.database.engine import insert_missing
from app.database.ids import CohortId, SpaceId
from app.errors import Conflict, NotFound, RuleBroken
from app.french.folding import without_accents
from app.french.language import _, ngettext
from app.programme.cohorts import acts, service, states
from app.programme.cohorts.models import Cohort, CohortMember
from app.programme.cohorts.states import MemberState

_ACTS = {MemberState.INVITED: acts.INVITED, MemberState.INSIDE: acts.JOINED, MemberState.LEFT: acts.LEFT}


def of_cohort(session: Session, cohort_id: CohortId) -> Sequence[tuple[CohortMember, Association]]:
    """Every association that ever was in it or was invited, by name."""
    rows = session.execute(
        select(CohortMember, Association)
        .join(Association, Association.id == CohortMember.association_id)
        .where(CohortMember.cohort_id == cohort_id)
    )
    return sorted(((row[0], row[1]) for row in rows), key=lambda row: (_by_name(row[1].name), row[1].id))


def get(
    session: Session, cohort_id: CohortId, association_id: int, *, lock: bool = False
) -> tuple[CohortMember, Association]:
    """One association of a cohort. Raises NotFound."""
    query = select(CohortMember).where(
        CohortMember.cohort_id == cohort_id, CohortMember.association_id == association_id
    )
    member = session.scalar(query.with_for_update() if lock else query)
    if member is None:
        raise NotFound("member_unknown", _("Cette association n'est pas dans la cohorte."))
    return member, session.get_one(Association, association_id)


def follows(session: Session, space_id: SpaceId) -> bool:
    """Whether this live space is that of an association that is in a cohort, or was: its past stays to be read."""
    query = select(CohortMember.id).join(Association, Association.id == CohortMember.association_id)
    inside = query.where(Association.space_id == space_id, CohortMember.joined_at.is_not(None))
    return session.scalar(inside.limit(1)) is not None


def stays(session: Session, association_id: int) -> Sequence[tuple[Cohort, CohortMember]]:
    """The cohorts that an association is in or has been in, the latest first."""
    rows = session.execute(
        select(Cohort, CohortMember)
        .join(CohortMember, CohortMember.cohort_id == Cohort.id)
        .where(CohortMember.association_id == association_id, CohortMember.joined_at.is_not(None))
        .order_by(Cohort.starts_on.desc(), Cohort.id.desc())
    )
    return [(row[0], row[1]) for row in rows]


def asking_space(session: Session) -> Sequence[tuple[CohortMember, Association]]:
    """Those of which the staff have not said whether a live space of their name is theirs."""
    rows = session.execute(
        select(CohortMember, Association)
        .join(Association, Association.id == CohortMember.association_id)
        .where(CohortMember.space_asked_at.is_not(None))
        .order_by(CohortMember.space_asked_at)
    )
    return [(row[0], row[1]) for row in rows]


def known_names(session: Session, *, programme_id: SpaceId | None) -> list[str]:
    """The associations and live spaces that one may choose from, by name; the programme's own is none of them."""
    live = [one.name for one in spaces.live(session) if one.id != programme_id]
    names = [*live, *session.scalars(select(Association.name))]
    return sorted({associations.fold(name): name for name in names}.values(), key=_by_name)


def _by_name(name: str) -> str:
    """Where a name stands in a list that people read: « Épicerie » among the E."""
    return without_accents(name.lower())


def add(
    session: Session,
    cohort_id: CohortId,
    *,
    name: str,
    state: MemberState,
    space_id: SpaceId | None,
    by: Principal,
    now: datetime,
    finds_space: bool = True,
) -> Association:
    """Invite the association of this name, or let it in; a name that nobody knows makes one.

    With ``finds_space`` one that has none takes the live space of its name: the staff chose it so. Raises RuleBroken.
    """
    cohort = service.changeable(session, cohort_id)
    if not associations.fold(name):
        sentence = _("Quelle association ? Écrivez son nom, ou choisissez-le dans la liste.")
        raise RuleBroken("association_empty", sentence, fields={"association": sentence})
    if state is MemberState.INSIDE:
        _check_place(session, cohort)
    homes = [one.id for one in spaces.live(session) if associations.fold(one.name) == associations.fold(name)]
    home = homes[0] if finds_space and len(homes) == 1 and homes[0] != space_id else None
    found = associations.find_or_make(session, name=name, space_id=home, now=now)
    row = {
        "cohort_id": cohort.id, "association_id": found.id, "state": state, "state_at": now,
        "joined_at": now if state is MemberState.INSIDE else None, "created_at": now,
    }  # fmt: skip
    unique = [CohortMember.cohort_id, CohortMember.association_id]
    if not insert_missing(session, CohortMember, [row], unique=unique, returning=CohortMember.id):
        sentence = _("« %(name)s » est déjà dans cette cohorte : sa ligne dit où elle en est.", name=found.name)
        raise RuleBroken("association_twice", sentence, fields={"association": sentence})
    _record(session, cohort, _ACTS[state], found, space_id=space_id, by=by, now=now)
    return found


def move(
    session: Session,
    cohort_id: CohortId,
    association_id: int,
    *,
    to: MemberState,
    reason: str,
    space_id: SpaceId | None,
    by: Principal,
    now: datetime,
) -> None:
    """Change where it stands, by the table of ``states``; a place is counted under the cohort's lock.

    Raises NotFound, Conflict or RuleBroken.
    """
    cohort = service.changeable(session, cohort_id)
    member, association = get(session, cohort_id, association_id, lock=True)
    reason = " ".join(reason.split())
    states.check(member.state, to, reason)
    if to is MemberState.INSIDE:
        _check_place(session, cohort)
        member.joined_at = now
    member.state, member.state_at = to, now
    member.reason = reason if to is MemberState.LEFT else ""
    _record(session, cohort, _ACTS[to], association, space_id=space_id, by=by, now=now, reason=member.reason)


def note_call(
    session: Session,
    cohort_id: CohortId,
    association_id: int,
    *,
    space_id: SpaceId | None,
    by: Principal,
    now: datetime,
) -> None:
    """Somebody called: it leaves the list of the silent for a time. Raises NotFound or Conflict."""
    cohort = service.changeable(session, cohort_id)
    member, association = get(session, cohort_id, association_id, lock=True)
    member.called_at, member.called_by = now, by.name[:80]
    _record(session, cohort, acts.CALLED, association, space_id=space_id, by=by, now=now)


def choose_contact(
    session: Session,
    cohort_id: CohortId,
    association_id: int,
    *,
    name: str,
    phone: str,
    space_id: SpaceId | None,
    by: Principal,
    now: datetime,
) -> None:
    """Whom to call there; both empty is nobody. Raises NotFound or Conflict."""
    cohort = service.changeable(session, cohort_id)
    member, association = get(session, cohort_id, association_id, lock=True)
    member.contact_name, member.contact_phone = name, phone
    _record(session, cohort, acts.CONTACT_CHANGED, association, space_id=space_id, by=by, now=now)


def _check_place(session: Session, cohort: Cohort) -> None:
    if service.places_taken(session, cohort) >= cohort.capacity:
        sentence = ngettext(
            "La seule place est prise : ajoutez-en une, ou invitez cette association en attendant.",
            "Les %(n)s places sont prises : ajoutez-en une, ou invitez cette association en attendant.",
            cohort.capacity,
        )
        raise Conflict("cohort_full", sentence, fields={"association": sentence})


def _record(
    session: Session,
    cohort: Cohort,
    act: Act,
    association: Association,
    *,
    space_id: SpaceId | None,
    by: Principal,
    now: datetime,
    reason: str = "",
) -> None:
    """A reason stays in the journal when the association comes back and its line forgets it."""
    note = _("%(name)s : %(reason)s", name=association.name, reason=reason) if reason else association.name
    activity.record(
        session, space_id, act, by=by, now=now, subject_id=cohort.id, note=note, association_id=association.id
    )
