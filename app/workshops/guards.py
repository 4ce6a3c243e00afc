"""Who may run which workshop, and what its pages need."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.accounts import spaces
from app.accounts.models import Space
from app.accounts.web.guards import user
from app.clock import utc_now
from app.database.ids import WorkshopId
from app.errors import NotFound, RuleBroken
from app.french.language import _
from app.web.requests import runtime
from app.workshops import service
from app.workshops.models import Scenario, Workshop
from app.workshops.path import scenarios


def own_workshop(session: Session, workshop_id: WorkshopId, *, lock: bool = False) -> Workshop:
    """A workshop that the signed-in user may run; to anybody else it does not exist."""
    workshop = service.get(session, workshop_id, lock=lock)
    if not service.is_trainer(session, workshop, user()):
        raise NotFound("workshop_unknown", _("Cet atelier n'existe pas."))
    return workshop


def known_scenarios() -> Sequence[Scenario]:
    """What one may choose from. Reads alone, but for the first page that ever asks for a path of the house."""
    with runtime().database.snapshot() as session:
        unmade, known = scenarios.unmade(session), scenarios.of_user(session, user())
    if not unmade:
        return known
    with runtime().database.transaction() as session:
        for kind in unmade:
            scenarios.house(session, kind, now=utc_now())
        return scenarios.of_user(session, user())


def programme_space(session: Session) -> Space:
    """The programme's own live space, which workshops belong to. Raises RuleBroken."""
    space = spaces.find(session, runtime().settings.programme_space)
    if space is None:
        raise RuleBroken("no_programme", _("Il manque l'espace du programme : demandez à qui tient le serveur."))
    return space
