"""The one-page summary that a participant takes home."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.activity import Act
from app.accounts.models import Activity
from app.accounts.principal import SEAT
from app.campaigns.models import Campaign
from app.contacts import acts as contact_acts
from app.database.ids import SpaceId
from app.messaging import tallies
from app.messaging.status import Status
from app.workshops import acts
from app.workshops.models import Scenario, Seat, Workshop
from app.workshops.path import steps as path
from app.workshops.path.steps import Done, Kinds, Step


@dataclass(frozen=True)
class Written:
    """A text this person wrote, and how far it went in the room."""

    body: str
    people: int
    arrived: int


@dataclass(frozen=True)
class Summary:
    """What one seat did: steps, texts, figures."""

    steps: list[Step]
    done: dict[str, Done]
    texts: list[Written]
    imported: int
    held: int = 0
    """How many times this person took a phone in hand."""
    replied: int = 0
    """How many answers they wrote on it."""

    @property
    def done_count(self) -> int:
        return len([step for step in self.steps if step.key in self.done])


def of_seat(session: Session, workshop: Workshop, seat: Seat, kinds: Kinds) -> Summary:
    """Read from the trail and the messages of the seat's own copy."""
    steps = path.steps_of(session.get_one(Scenario, workshop.scenario_id), kinds)
    if seat.space_id is None:
        return Summary(steps, {}, [], 0)
    done = path.done_in(session, [seat.space_id], steps)[seat.space_id]
    imported = session.scalar(
        select(func.count()).where(
            Activity.space_id == seat.space_id, Activity.verb == contact_acts.IMPORT_FINISHED.verb
        )
    )
    held, replied = (_times(session, seat, act) for act in (acts.HANDSET_HELD, acts.HANDSET_REPLIED))
    return Summary(steps, done, texts_of(session, seat.space_id), int(imported or 0), held, replied)


def _times(session: Session, seat: Seat, act: Act) -> int:
    """How often this person did something: two may share a copy."""
    mine = select(func.count()).where(Activity.space_id == seat.space_id, Activity.verb == act.verb)
    return int(session.scalar(mine.where(Activity.principal == SEAT, Activity.principal_id == seat.id)) or 0)


def texts_of(session: Session, space_id: SpaceId, *, by: str = SEAT) -> list[Written]:
    """The campaigns that somebody at this copy wrote: those of its invented past are nobody's.

    ``by`` is the kind of principal who works there.
    """
    typed = (
        select(Activity.subject_id)
        .where(Activity.space_id == space_id, Activity.subject == "campaign", Activity.principal == by)
        .distinct()
    )
    found = session.scalars(select(Campaign).where(Campaign.id.in_(typed), Campaign.body != "").order_by(Campaign.id))
    campaigns = found.all()
    progress = tallies.progress_of(session, [one.mailing_id for one in campaigns if one.mailing_id])
    texts = []
    for campaign in campaigns:
        counts = progress[campaign.mailing_id].counts if campaign.mailing_id else {}
        texts.append(Written(campaign.body, sum(counts.values()), counts.get(Status.DELIVERED, 0)))
    return texts
