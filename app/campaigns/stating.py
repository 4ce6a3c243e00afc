"""Where campaigns are, in a few words: their stage, or that what is left of them waits for tomorrow."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.campaigns import rules
from app.campaigns.models import Campaign
from app.campaigns.rules import Stage
from app.messaging import rates
from app.messaging.status import Status
from app.messaging.tallies import Progress


def words(
    session: Session, campaigns: Sequence[Campaign], progress: Mapping[int, Progress], *, now: datetime
) -> dict[int, str]:
    """{campaign id: its state}; ``progress`` is that of their mailings."""
    waiting = [
        campaign.mailing_id
        for campaign in campaigns
        if campaign.mailing_id
        and campaign.stage is Stage.SENDING
        and progress[campaign.mailing_id].counts.get(Status.QUEUED)
    ]
    held = rates.held_among(session, waiting, now=now) if waiting else {}
    return {
        campaign.id: rules.stage_words(campaign.stage, held.get(campaign.mailing_id or 0)) for campaign in campaigns
    }
