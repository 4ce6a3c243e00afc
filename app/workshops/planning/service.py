"""A workshop planned, with its event in the programme's space."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.accounts import activity, associations
from app.accounts.models import Space, User
from app.accounts.principal import Principal
from app.database.ids import SpaceId
from app.errors import RuleBroken
from app.events import service as events
from app.french.language import _
from app.workshops import acts, kinds
from app.workshops.models import Kind, Scenario, Workshop, WorkshopTrainer


def plan(
    session: Session,
    programme: Space,
    *,
    kind: Kind,
    association: str,
    trainers: Sequence[User],
    scenario: Scenario,
    by: Principal,
    now: datetime,
    association_space_id: SpaceId | None = None,
    is_rehearsal: bool = False,
    **when_and_where: Any,
) -> Workshop:
    """A workshop for an association, with its event in the programme's space. Raises RuleBroken."""
    if not association.strip():
        sentence = _("Pour quelle association ?")
        raise RuleBroken("association_empty", sentence, fields={"association": sentence})
    title = kinds.of(kind).title % {"name": association.strip()}
    if is_rehearsal:
        title = _("Répétition, %(title)s", title=title)
    title = title[: events.TITLE_CHARACTERS]
    event = events.make(session, programme.id, by=by, now=now, title=title, **when_and_where)
    known = associations.find_or_make(session, name=association, space_id=association_space_id, now=now)
    workshop = Workshop(
        space_id=programme.id,
        event_id=event.id,
        kind=kind,
        association=association.strip(),
        association_id=known.id,
        association_space_id=association_space_id,
        scenario_id=scenario.id,
        is_rehearsal=is_rehearsal,
        created_at=now,
    )
    session.add(workshop)
    session.flush()
    session.add_all(WorkshopTrainer(workshop_id=workshop.id, user_id=user.id) for user in trainers)
    activity.record(session, programme.id, acts.PLANNED, by=by, now=now, subject_id=workshop.id, kind=kind.value)
    return workshop
