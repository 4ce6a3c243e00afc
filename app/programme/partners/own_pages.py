"""What the pages of tools, recommendations and partners ask of the programme itself."""

from datetime import date

from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.clock import PARIS, utc_now
from app.database.ids import SpaceId
from app.programme import home_pages


def programme(session: Session) -> Space | None:
    """The programme's own live space; None where nobody made it."""
    return home_pages.find_programme(session)


def programme_id(session: Session) -> SpaceId | None:
    """Its id, for the journal that tells what is done."""
    return home_pages.programme_id(session)


def today() -> date:
    """The day in Paris."""
    return utc_now().astimezone(PARIS).date()
