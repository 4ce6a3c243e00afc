"""What every page of the programme reads: its own space, and what the room of workshops tells."""

from sqlalchemy.orm import Session

from app.accounts import spaces
from app.database.ids import SpaceId
from app.programme.progress.planned import Workshops
from app.web.requests import runtime
from app.web.seams import Seam

WORKSHOPS: Seam[Workshops] = Seam("workshops of associations")
"""What the room of workshops tells of associations."""


def programme_id(session: Session) -> SpaceId | None:
    """The programme's own live space, whose journal tells what is done to cohorts; None where nobody made it."""
    found = spaces.find(session, runtime().settings.programme_space)
    return found.id if found is not None else None
