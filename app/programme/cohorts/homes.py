"""Which live space is that of an association: one of its name is never taken without the staff saying so."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import activity, associations, spaces
from app.accounts.models import Association, Mode, Space
from app.accounts.principal import Principal
from app.database.ids import CohortId, SpaceId
from app.errors import Conflict, RuleBroken
from app.french.language import _
from app.programme.cohorts import acts, members
from app.programme.cohorts.models import CohortMember
from app.settings import Settings


def named_like(session: Session, association: Association, *, programme_id: SpaceId | None) -> Sequence[Space]:
    """The live spaces that may be its own: the one it has, or those of its name that no other association has."""
    if association.space_id is not None:
        return [session.get_one(Space, association.space_id)]
    taken = set(session.scalars(select(Association.space_id).where(Association.space_id.is_not(None))))
    return [
        one
        for one in spaces.live(session)
        if associations.fold(one.name) == association.folded and one.id != programme_id and one.id not in taken
    ]


def ask(session: Session, cohort_id: CohortId, association_id: int, *, now: datetime) -> None:
    """The staff are to say whether a space is its own; until then no applicant enters it. Raises NotFound."""
    member, _association = members.get(session, cohort_id, association_id, lock=True)
    member.space_asked_at = now


def is_asked(session: Session, cohort_id: CohortId, association_id: int) -> bool:
    """Whether the staff have not said yet."""
    query = select(CohortMember.space_asked_at)
    its = (CohortMember.cohort_id == cohort_id, CohortMember.association_id == association_id)
    return session.scalar(query.where(*its)) is not None


def choose(
    session: Session,
    cohort_id: CohortId,
    association_id: int,
    chosen_id: SpaceId | None,
    *,
    programme_id: SpaceId | None,
    settings: Settings,
    by: Principal,
    now: datetime,
) -> Space:
    """This one of ``named_like`` is its own, or with None a new one that nobody is in. Raises AppError."""
    member, association = members.get(session, cohort_id, association_id, lock=True)
    if member.space_asked_at is None:
        raise Conflict("space_chosen", _("C'est déjà dit : cette association a son espace."))
    known = {one.id: one for one in named_like(session, association, programme_id=programme_id)}
    if chosen_id is not None and chosen_id not in known:
        raise RuleBroken("space_unknown", _("Choisissez l'un des espaces proposés."))
    if chosen_id is None and association.space_id is not None:
        raise Conflict("space_kept", _("Cette association a déjà un espace : il ne change pas."))
    home = known[chosen_id] if chosen_id is not None else None
    if home is None:
        home = spaces.make(session, name=association.name, mode=Mode.LIVE, settings=settings, by=by, now=now)
    association.space_id, member.space_asked_at = home.id, None
    activity.record(session, programme_id, acts.SPACE_CHOSEN, by=by, now=now, subject_id=association.id, note=home.name)
    return home
