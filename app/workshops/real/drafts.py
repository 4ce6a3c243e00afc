"""The texts of a workshop, carried into the association's live space: words and family, never a person."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import spaces
from app.accounts.models import Activity, Space
from app.accounts.principal import SEAT, Principal
from app.campaigns import service as campaigns
from app.campaigns.models import Campaign
from app.consent.families import Family
from app.database.ids import WorkshopId
from app.errors import RuleBroken
from app.events.models import Event
from app.french.language import _
from app.workshops.models import PracticeSpace, Workshop


@dataclass(frozen=True)
class Text:
    """Something written by a participant. ``id`` is only how the page names it."""

    id: int
    family: Family
    body: str


@dataclass(frozen=True)
class Harvest:
    """What one workshop left, without what the live space has already."""

    held_at: datetime
    texts: list[Text]


def waiting(session: Session, space: Space) -> list[Harvest]:
    """The texts written at the workshops of this association, the latest workshop first."""
    found = session.execute(
        select(Workshop.id, Event.starts_at)
        .join(Event, Event.id == Workshop.event_id)
        .where(Workshop.association_space_id == space.id)
        .order_by(Event.starts_at.desc(), Workshop.id.desc())
    ).all()
    have: set[str] = set()
    harvests = []
    for row in found:
        texts = _written(session, space, row.id, have)
        have |= {text.body for text in texts}
        if texts:
            harvests.append(Harvest(row.starts_at, texts))
    return harvests


def carry(session: Session, space: Space, ids: Collection[int], *, by: Principal, now: datetime) -> int:
    """Make a draft for nobody yet of each chosen text; how many. Raises RuleBroken when none is chosen."""
    spaces.lock(session, space.id)
    chosen = [text for harvest in waiting(session, space) for text in harvest.texts if text.id in ids]
    if not chosen:
        raise RuleBroken("no_text", _("Choisissez au moins un texte. Ceux qui sont déjà passés ne repassent pas."))
    for text in chosen:
        campaigns.draft(session, space, by=by, now=now, family=text.family, body=text.body)
    return len(chosen)


def _written(session: Session, space: Space, workshop_id: WorkshopId, have: set[str]) -> list[Text]:
    """What its seats typed, in any copy, archived or not: the pretend past is nobody's."""
    copies = select(PracticeSpace.space_id).where(PracticeSpace.workshop_id == workshop_id)
    typed = (
        select(Activity.subject_id)
        .where(Activity.space_id.in_(copies), Activity.subject == "campaign", Activity.principal == SEAT)
        .distinct()
    )
    found: Sequence[Campaign] = session.scalars(
        select(Campaign).where(Campaign.space_id.in_(copies), Campaign.id.in_(typed)).order_by(Campaign.id)
    ).all()
    passed = select(Campaign.body).where(Campaign.space_id == space.id, Campaign.body.in_({one.body for one in found}))
    have = have | set(session.scalars(passed))
    texts: dict[str, Text] = {}
    for one in found:
        if one.body.strip() and one.body not in have:
            texts.setdefault(one.body, Text(one.id, one.family, one.body))
    return list(texts.values())
