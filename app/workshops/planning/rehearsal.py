"""« Répéter l'atelier »: the same workshop, now, for the trainer alone. It counts in no figure."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.models import Space, User
from app.accounts.principal import Principal
from app.errors import RuleBroken
from app.events.models import Event
from app.french.language import _
from app.settings import Settings
from app.workshops.models import Scenario, Workshop
from app.workshops.planning import service as planning
from app.workshops.practice import service as practice


def begin(
    session: Session, workshop: Workshop, user: User, *, settings: Settings, by: Principal, now: datetime
) -> Workshop:
    """A rehearsal of ``workshop`` with its doors open, led by ``user``. Raises RuleBroken of a rehearsal."""
    if workshop.is_rehearsal:
        raise RuleBroken(
            "rehearsal_of_rehearsal", _("C'est déjà une répétition : remettez-la au début pour la refaire.")
        )
    event = session.get_one(Event, workshop.event_id)
    made = planning.plan(
        session,
        session.get_one(Space, workshop.space_id),
        kind=workshop.kind,
        association=workshop.association,
        trainers=[user],
        scenario=session.get_one(Scenario, workshop.scenario_id),
        is_rehearsal=True,
        by=by,
        now=now,
        starts_at=now,
        ends_at=now + (event.ends_at - event.starts_at),
    )
    practice.open_doors(session, made, settings=settings, by=by, now=now)
    return made
