"""What every page of trainings reads: the programme's own space."""

from sqlalchemy.orm import Session

from app.accounts import spaces
from app.accounts.models import Space
from app.errors import Conflict
from app.french.language import _
from app.web.requests import runtime


def programme(session: Session) -> Space:
    """The programme's own live space, which trainings are dates of. Raises Conflict where nobody made it."""
    found = spaces.find(session, runtime().settings.programme_space)
    if found is None:
        raise Conflict("no_programme", _("Le programme n'a pas encore son espace : créez-le d'abord."))
    return found
