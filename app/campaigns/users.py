"""Which campaigns would miss a list or a segment."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaigns.models import Campaign
from app.campaigns.rules import Stage
from app.database.ids import SpaceId
from app.french.language import _

_TO_COME = (Stage.DRAFT, Stage.SCHEDULED, Stage.LAUNCHING, Stage.PAUSED)
"""Stages in which an audience is still to be read, or may be."""


def using(session: Session, space_id: SpaceId, field: str, id: int) -> Iterator[str]:
    """The names of the campaigns to come whose audience holds this id; ``field`` is the field of rules of that name."""
    query = select(Campaign).where(Campaign.space_id == space_id, Campaign.stage.in_(_TO_COME))
    for campaign in sorted(session.scalars(query), key=lambda one: one.id):  # in order, SQLite reads all of the space's
        if id in (campaign.audience.get(field) or []):
            yield campaign.name or campaign.body[:40] or _("Envoi sans titre")
