"""The address by which an agenda reads a cohort's dates: a secret, shown once, that the staff renew or close."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts import activity, secrets
from app.accounts.principal import Principal
from app.database.engine import upsert
from app.database.ids import CohortId, SpaceId
from app.programme.cohorts import service as cohorts
from app.programme.cohorts.models import Cohort
from app.programme.trainings import acts
from app.programme.trainings.models import CohortFeed

CHARACTERS = 24
"""118 random bits: it stands for years in agendas."""


def of_cohort(session: Session, cohort_id: CohortId) -> CohortFeed | None:
    return session.scalar(select(CohortFeed).where(CohortFeed.cohort_id == cohort_id))


def renew(session: Session, cohort_id: CohortId, *, space_id: SpaceId | None, by: Principal, now: datetime) -> str:
    """A new secret for a cohort's dates; the one of before opens nothing any more. Raises NotFound."""
    cohort = cohorts.get(session, cohort_id, lock=True)
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


def find(session: Session, token: str) -> Cohort | None:
    """The cohort whose dates an address shows."""
    return session.scalar(
        select(Cohort)
        .join(CohortFeed, CohortFeed.cohort_id == Cohort.id)
        .where(CohortFeed.digest == secrets.digest(token))
    )
