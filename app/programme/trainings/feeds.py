"""The address by which an agenda reads a cohort's dates: a secret, shown once, that the staff renew or close."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts import activity, secrets
from app.accounts.models import Association
from app.accounts.principal import Principal
from app.clock import PARIS
from app.database.engine import upsert
from app.database.ids import CohortId, SpaceId
from app.programme.cohorts import service as cohorts
from app.programme.cohorts.models import Cohort, CohortMember
from app.programme.cohorts.states import MemberState
from app.programme.trainings import acts
from app.programme.trainings.models import CohortFeed

CHARACTERS = 24
"""118 random bits: it stands for years in agendas."""
AFTER_CLOSING = timedelta(days=30)
"""For so long after its cohort was closed an address still answers: whoever has it reads that all is over (P)."""
AFTER_ITS_END = timedelta(days=180)
"""After the last day of a cohort that nobody closed: workshops that slipped are still its own (P)."""


def of_cohort(session: Session, cohort_id: CohortId) -> CohortFeed | None:
    return session.scalar(select(CohortFeed).where(CohortFeed.cohort_id == cohort_id))


def renew(session: Session, cohort_id: CohortId, *, space_id: SpaceId | None, by: Principal, now: datetime) -> str:
    """A new secret for a cohort's dates; the one of before opens nothing any more.

    Raises NotFound, or Conflict for a closed cohort.
    """
    cohort = cohorts.changeable(session, cohort_id)
    token = secrets.new_word(CHARACTERS)
    row = {"cohort_id": cohort.id, "digest": secrets.digest(token), "made_by": by.name[:80], "made_at": now}
    its = CohortFeed
    upsert(session, its, row, unique=[its.cohort_id], changed=[its.digest, its.made_by, its.made_at])
    activity.record(session, space_id, acts.FEED_MADE, by=by, now=now, subject_id=cohort.id, note=cohort.name)
    return token


def close(session: Session, cohort_id: CohortId, *, space_id: SpaceId | None, by: Principal, now: datetime) -> None:
    """The address opens nothing any more. Raises NotFound."""
    cohort = cohorts.get(session, cohort_id, lock=True)
    session.execute(delete(CohortFeed).where(CohortFeed.cohort_id == cohort.id))
    activity.record(session, space_id, acts.FEED_CLOSED, by=by, now=now, subject_id=cohort.id, note=cohort.name)


def ends_at(cohort: Cohort) -> datetime:
    """When the address of a cohort's dates answers no more."""
    if cohort.closed_at is not None:
        return cohort.closed_at + AFTER_CLOSING
    return datetime.combine(cohort.ends_on + AFTER_ITS_END, time(), tzinfo=PARIS)


def find(session: Session, token: str, *, now: datetime) -> Cohort | None:
    """The cohort whose dates an address shows; None once its time is over."""
    cohort = session.scalar(
        select(Cohort)
        .join(CohortFeed, CohortFeed.cohort_id == Cohort.id)
        .where(CohortFeed.digest == secrets.digest(token))
    )
    return cohort if cohort is not None and now < ends_at(cohort) else None


def gone_since(session: Session, feed: CohortFeed) -> Sequence[str]:
    """The associations that left the cohort after its address was made: their people may still have it."""
    return session.scalars(
        select(Association.name)
        .join(CohortMember, CohortMember.association_id == Association.id)
        .where(CohortMember.cohort_id == feed.cohort_id, CohortMember.state != MemberState.INSIDE)
        .where(CohortMember.joined_at.is_not(None), CohortMember.state_at > feed.made_at)
        .order_by(Association.name)
    ).all()
