"""The campaigns of a space as its pages list them: drafts by themselves, the others among all that was sent."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.campaigns.models import Campaign
from app.campaigns.rules import Stage
from app.database.ids import MailingId, SpaceId
from app.messaging.models import Mailing


def is_campaign() -> ColumnElement[bool]:
    """Whether a mailing is a campaign's."""
    its = select(Campaign.id).where(Campaign.mailing_id == Mailing.id, Campaign.space_id == Mailing.space_id)
    return its.exists()


def drafts(session: Session, space_id: SpaceId, *, before_id: int | None = None, limit: int) -> Sequence[Campaign]:
    """The drafts of a space, the newest first."""
    query = select(Campaign).where(Campaign.space_id == space_id, Campaign.stage == Stage.DRAFT)
    query = query.where(Campaign.id < before_id) if before_id else query
    return session.scalars(query.order_by(Campaign.id.desc()).limit(limit)).all()


def of_mailings(session: Session, space_id: SpaceId, mailing_ids: Collection[MailingId]) -> Sequence[Campaign]:
    """The campaigns that own these mailings."""
    query = select(Campaign).where(Campaign.mailing_id.in_(mailing_ids))  # SQLite would go through all of the space
    return [one for one in session.scalars(query) if one.space_id == space_id]
