"""Whether a campaign could leave as it is."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts import spaces
from app.accounts.models import Space
from app.campaigns import budget, dry_run
from app.campaigns.dry_run import DryRun
from app.campaigns.models import Campaign
from app.errors import RuleBroken
from app.french.language import _
from app.messaging import posting
from app.messaging.body.rules import check_body
from app.settings import Settings


def check(
    session: Session, space: Space, campaign: Campaign, *, at: datetime, settings: Settings, now: datetime
) -> DryRun:
    """The dry run of a campaign that could leave as it is. Raises RuleBroken with what is missing."""
    sender = campaign.sender or space.sender
    check_body(campaign.body, two_way=space.two_way and sender == space.sender)
    posting.check_sender(sender)
    if sender != space.sender:
        spaces.checked_sender(sender)
    run = dry_run.rehearse(session, space, campaign, at=at, settings=settings, now=now)
    if run.people == 0:
        sentence = _("Personne ne recevrait ce SMS. Choisissez une liste où il y a du monde.")
        raise RuleBroken("audience_empty", sentence, fields={"audience": sentence})
    budget.check(session, space, campaign, run, settings=settings, now=now)
    return run
