"""Where campaigns are, in a few words: their stage, or that what is left of them waits for tomorrow."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.campaigns import rules
from app.campaigns.models import Campaign
from app.campaigns.rules import Stage
from app.carrier.codes import Action, Explanation
from app.consent import hours
from app.french.language import _
from app.french.typography import show_day
from app.messaging import rates
from app.messaging.models import Mailing
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
        campaign.id: rules.stage_words(campaign.stage, said, day=_other_day(session, campaign, now) if said else "")
        for campaign in campaigns
        for said in [held.get(campaign.mailing_id or 0)]
    }


def held(session: Session, mailing: Mailing, said: Explanation, *, now: datetime) -> str:
    """What the carrier said that keeps a mailing waiting, with the day that it goes on when that is not tomorrow."""
    day = _other_day(session, mailing, now) if said.action is Action.POSTPONE else ""
    return _("Limite du jour atteinte. La suite part %(day)s.", day=day) if day else said.sentence


def _other_day(session: Session, sending: Campaign | Mailing, now: datetime) -> str:
    """The day of the first opening after today, when tomorrow is closed; empty otherwise."""
    space = session.get_one(Space, sending.space_id)
    zone = ZoneInfo(space.zone)
    tomorrow = (now.astimezone(zone) + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    opens_at = hours.slot(sending.family, space.zone, tomorrow, holds=space.hours_hold).opens_at
    return "" if opens_at.astimezone(zone).date() == tomorrow.date() else show_day(opens_at, zone)
