"""What the pages of tools, recommendations and partners ask of the programme itself."""

from datetime import date

from sqlalchemy.orm import Session

from app.accounts import spaces
from app.accounts.models import Space
from app.clock import PARIS, utc_now
from app.database.ids import SpaceId
from app.web.requests import runtime


def programme(session: Session) -> Space | None:
    """The programme's own live space; None where nobody made it."""
    return spaces.find(session, runtime().settings.programme_space)


def programme_id(session: Session) -> SpaceId | None:
    """Its id, for the journal that tells what is done."""
    found = programme(session)
    return found.id if found is not None else None


def today() -> date:
    """The day in Paris."""
    return utc_now().astimezone(PARIS).date()
