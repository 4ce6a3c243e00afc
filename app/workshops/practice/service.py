"""The practice spaces of a workshop: made, copied for each seat, archived."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts import activity, spaces
from app.accounts.models import Mode, Space
from app.accounts.principal import Principal
from app.campaigns import service as campaigns
from app.campaigns.models import Campaign
from app.campaigns.rules import Stage
from app.clock import PARIS
from app.database.ids import WorkshopId
from app.errors import Conflict
from app.events import service as events
from app.events.models import Event, EventState
from app.french.language import _
from app.messaging import mailings
from app.messaging.models import Mailing
from app.settings import Settings
from app.workshops import acts, kinds
from app.workshops.models import PracticeSpace, Workshop
from app.workshops.practice import copying, purging
from app.workshops.practice.copying import Taken
from app.workshops.seats import codes


def open_doors(session: Session, workshop: Workshop, *, settings: Settings, by: Principal, now: datetime) -> None:
    """Make the practice space, if there is none yet, and the code by which people join. Twice changes nothing."""
    kinds.practice_of(workshop.kind)
    if workshop.closed_at is not None:
        raise Conflict("workshop_closed", _("Cet atelier est terminé."))
    if workshop.model_space_id is None:
        make_model(session, workshop, settings=settings, by=by, now=now)
    if workshop.code is None:
        workshop.code = codes.free(session)
    if workshop.opened_at is None:
        workshop.opened_at = now
        event = session.get_one(Event, workshop.event_id)
        if event.state is EventState.PLANNED:
            events.set_state(session, event, EventState.OPEN, by=by, now=now)
        activity.record(session, workshop.space_id, acts.OPENED, by=by, now=now, subject_id=workshop.id)


def new_copy(
    session: Session,
    workshop: Workshop,
    *,
    name: str,
    settings: Settings,
    by: Principal,
    now: datetime,
    rows: Taken | None = None,
) -> Space:
    """A copy of the workshop's practice space, archived with it; ``rows`` are those of ``copying.take_model``."""
    model = session.get_one(Space, workshop.model_space_id)
    copy = copying.copy_space(session, model, rows, name=name, settings=settings, by=by, now=now)
    source = session.get_one(PracticeSpace, model.id).source
    session.add(PracticeSpace(space_id=copy.id, workshop_id=workshop.id, source=source))
    session.flush()
    return copy


def copies(session: Session, workshop: Workshop) -> Sequence[Space]:
    """The trainer's space first, then the seats' copies in the order they were made."""
    return session.scalars(
        select(Space)
        .join(PracticeSpace, PracticeSpace.space_id == Space.id)
        .where(PracticeSpace.workshop_id == workshop.id, PracticeSpace.archived_at.is_(None))
        .order_by(PracticeSpace.is_model.desc(), Space.id)
    ).all()


def is_archived_copy(session: Session, workshop_id: WorkshopId, slug: str) -> bool:
    """Whether it is a practice space of this workshop, ended with it or by a fresh start."""
    own = select(Space.id).join(PracticeSpace, PracticeSpace.space_id == Space.id)
    own = own.where(
        Space.slug == slug, PracticeSpace.workshop_id == workshop_id, PracticeSpace.archived_at.is_not(None)
    )
    return session.scalar(own) is not None


def archive(session: Session, space: Space, *, by: Principal, now: datetime) -> None:
    """End a practice space: nothing planned or waiting leaves it. Nobody of an association's own list stays in it."""
    practice_space = session.get_one(PracticeSpace, space.id)
    practice_space.archived_at = now
    campaigns.end_all(session, space.id, by=by, now=now)
    mailings.cancel(session, session.scalars(select(Mailing.id).where(Mailing.space_id == space.id)).all())
    if practice_space.source == purging.OWN:
        purging.purge(session, space.id)


def let_answer(session: Session, workshop: Workshop, *, yes: bool, by: Principal, now: datetime) -> None:
    """Let people answer by SMS in the whole room, or write from a name again, as in reality. Drafts follow."""
    made_of = kinds.practice_of(workshop.kind)
    sender, two_way = (made_of.number, True) if yes and made_of.number else (made_of.sender, made_of.two_way)
    for space in copies(session, workshop):
        space.sender, space.two_way = sender, two_way
        drafts = update(Campaign).where(Campaign.space_id == space.id, Campaign.stage == Stage.DRAFT)
        session.execute(drafts.values(sender=sender))
    activity.record(session, workshop.space_id, acts.ANSWERS_CHANGED, by=by, now=now, subject_id=workshop.id)


def make_model(
    session: Session,
    workshop: Workshop,
    *,
    settings: Settings,
    by: Principal,
    now: datetime,
    own: bytes | None = None,
) -> None:
    """The practice space that seats are copied from: the house's people, or the association's own, pseudonymised."""
    made_of = kinds.practice_of(workshop.kind)
    home = session.get(Space, workshop.association_space_id) if workshop.association_space_id else None
    space = spaces.make(
        session,
        name=_("Atelier %(name)s", name=workshop.association),
        mode=Mode.PRACTICE,
        settings=settings,
        by=by,
        now=now,
        sender=made_of.sender,
        two_way=made_of.two_way,
        zone=home.zone if home else PARIS.key,
    )
    made_of.fill(session, space, settings=settings, by=by, now=now, own=own)
    source = purging.PRETEND if own is None else purging.OWN
    session.add(PracticeSpace(space_id=space.id, workshop_id=workshop.id, is_model=True, source=source))
    workshop.model_space_id = space.id
    session.flush()
