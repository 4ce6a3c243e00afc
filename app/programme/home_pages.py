"""The programme's own live space: its contacts, its dates, its journal. The one way that pages find it."""

from sqlalchemy.orm import Session

from app.accounts import spaces
from app.accounts.models import Space
from app.database.ids import SpaceId
from app.errors import Conflict
from app.french.language import _
from app.web.requests import runtime


def find_programme(session: Session) -> Space | None:
    """It; None where nobody made it."""
    return spaces.find(session, runtime().settings.programme_space)


def get_programme(session: Session) -> Space:
    """It. Raises Conflict where nobody made it."""
    found = find_programme(session)
    if found is None:
        raise Conflict("no_programme", _("Le programme n'a pas encore son espace : créez-le d'abord."))
    return found


def programme_id(session: Session) -> SpaceId | None:
    """Its id, for the journal that tells what is done in the programme's rooms; None where nobody made it."""
    found = find_programme(session)
    return found.id if found is not None else None
