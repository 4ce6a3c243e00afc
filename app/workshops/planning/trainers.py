"""Who runs a workshop: one trainer or several, all on the same room."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.models import User
from app.accounts.principal import Principal
from app.database.engine import insert_missing
from app.database.ids import UserId
from app.errors import NotFound
from app.french.language import _
from app.workshops import acts
from app.workshops.models import Workshop, WorkshopTrainer


def of_workshop(session: Session, workshop: Workshop) -> Sequence[User]:
    """Its trainers, by name."""
    mine = select(WorkshopTrainer.user_id).where(WorkshopTrainer.workshop_id == workshop.id)
    return session.scalars(select(User).where(User.id.in_(mine)).order_by(User.name, User.id)).all()


def names(session: Session, workshop_ids: Collection[int]) -> dict[int, list[str]]:
    """Who runs several workshops: {workshop: names}."""
    found: dict[int, list[str]] = {workshop_id: [] for workshop_id in workshop_ids}
    for workshop_id, name in session.execute(
        select(WorkshopTrainer.workshop_id, User.name)
        .join(User, User.id == WorkshopTrainer.user_id)
        .where(WorkshopTrainer.workshop_id.in_(workshop_ids))
        .order_by(User.name, User.id)
    ):
        found[workshop_id].append(name)
    return found


def others(session: Session, workshop: Workshop) -> Sequence[User]:
    """The programme's people who could join them."""
    mine = select(WorkshopTrainer.user_id).where(WorkshopTrainer.workshop_id == workshop.id)
    return session.scalars(
        select(User).where(User.staff.is_not(None), User.id.not_in(mine)).order_by(User.name, User.id)
    ).all()


def add(session: Session, workshop: Workshop, user_id: UserId, *, by: Principal, now: datetime) -> User:
    """Let one of the programme's people run it too. Raises NotFound for anybody else."""
    user = session.scalar(select(User).where(User.id == user_id, User.staff.is_not(None)))
    if user is None:
        raise NotFound("trainer_unknown", _("Cette personne n'est pas de l'équipe du programme."))
    row = {"workshop_id": workshop.id, "user_id": user.id}
    unique = [WorkshopTrainer.workshop_id, WorkshopTrainer.user_id]
    if insert_missing(session, WorkshopTrainer, [row], unique=unique, returning=WorkshopTrainer.user_id):
        activity.record(
            session, workshop.space_id, acts.TRAINER_ADDED, by=by, now=now, subject_id=workshop.id, user=user.id
        )
    return user
