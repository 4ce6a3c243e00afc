"""What every page of the programme reads: its own space, and a cohort at a glance."""

from sqlalchemy.orm import Session

from app.accounts import spaces
from app.clock import utc_now
from app.database.ids import SpaceId
from app.programme.cohorts.models import Cohort
from app.programme.progress import glance
from app.programme.progress.glance import Glance
from app.programme.progress.planned import Workshops
from app.web.requests import runtime
from app.web.seams import Seam

WORKSHOPS: Seam[Workshops] = Seam("workshops of associations")
"""What the room of workshops tells of the associations of a cohort."""


def programme_id(session: Session) -> SpaceId | None:
    """The programme's own live space, whose journal tells what is done to cohorts; None where nobody made it."""
    found = spaces.find(session, runtime().settings.programme_space)
    return found.id if found is not None else None


def glance_at(session: Session, cohort: Cohort) -> Glance:
    """The cohort with everything that its pages say."""
    return glance.read(session, cohort, WORKSHOPS.read(), programme_id=programme_id(session), now=utc_now())
