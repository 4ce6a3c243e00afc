"""Who leads a training, of the programme's people: they give its files from where they work."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.models import Staff, User
from app.accounts.principal import Principal
from app.database.ids import SpaceId, TrainingId, UserId
from app.errors import NotFound, RuleBroken
from app.events.models import Event, EventState
from app.french.language import _
from app.programme.cohorts.models import Cohort
from app.programme.trainings import acts, service
from app.programme.trainings.models import Training


def choices(session: Session) -> Sequence[User]:
    """The programme's people, by name: any of them may lead."""
    return session.scalars(select(User).where(User.staff.is_not(None)).order_by(User.name, User.id)).all()


def choose(
    session: Session,
    training_id: TrainingId,
    user_id: UserId | None,
    *,
    space_id: SpaceId | None,
    by: Principal,
    now: datetime,
) -> User | None:
    """This one leads it from now on, or nobody with None. Raises NotFound, RuleBroken."""
    training, event = service.get(session, training_id, lock=True)
    known = {one.id: one for one in choices(session)}
    if user_id is not None and user_id not in known:
        sentence = _("Choisissez quelqu'un de l'équipe du programme.")
        raise RuleBroken("leader_unknown", sentence, fields={"leader": sentence})
    if training.leader_id != user_id:
        training.leader_id = user_id
        activity.record(session, space_id, acts.LED, by=by, now=now, subject_id=training.id, note=event.title)
    return known[user_id] if user_id is not None else None


def led_by(session: Session, user: User) -> Sequence[tuple[Training, Event]]:
    """What somebody leads in the cohorts under way, the last date first; those called off are left out."""
    rows = session.execute(
        select(Training, Event)
        .join(Event, Event.id == Training.event_id)
        .join(Cohort, Cohort.id == Training.cohort_id)
        .where(Training.leader_id == user.id, Event.state != EventState.CANCELLED, Cohort.closed_at.is_(None))
        .order_by(Event.starts_at.desc(), Training.id)
    )
    return [(row[0], row[1]) for row in rows]


def check(session: Session, training_id: TrainingId, user: User) -> tuple[Training, Event]:
    """A training that ``user`` leads, or any for the programme's staff. Raises NotFound."""
    training, event = service.get(session, training_id)
    if user.staff is not Staff.PROGRAMME and training.leader_id != user.id:
        raise NotFound("training_unknown", _("Cette formation n'existe pas."))
    return training, event
