"""A cohort at a glance, as every page of the staff reads it."""

from sqlalchemy.orm import Session

from app.clock import utc_now
from app.programme.cohorts.models import Cohort
from app.programme.home_pages import programme_id
from app.programme.progress import glance
from app.programme.progress.glance import Glance
from app.programme.progress.reading_pages import WORKSHOPS
from app.programme.trainings import service as trainings


def glance_at(session: Session, cohort: Cohort) -> Glance:
    """The cohort with everything that its pages say."""
    return glance.read(
        session,
        cohort,
        WORKSHOPS.read(),
        programme_id=programme_id(session),
        now=utc_now(),
        trainings=trainings.cohort_of_events(session),
    )
