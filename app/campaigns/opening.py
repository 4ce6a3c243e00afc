"""The mailing of a campaign from the click on: opened, following what it asks about, what it asked forgotten."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.campaigns import asking, texts
from app.campaigns.dry_run import DryRun
from app.campaigns.models import Campaign
from app.consent import hours
from app.consent.hours import HoursException
from app.database.ids import MailingId
from app.messaging import budget, mailings
from app.messaging.models import Mailing
from app.messaging.singles.owners import Owner


def hold(session: Session, space: Space, campaign: Campaign, *, now: datetime) -> None:
    """Until the transaction ends, nobody changes what a campaign asks about, nor spends the month's money.

    In this order, as whoever writes about a mission by itself: in another each would wait for the other.
    """
    texts.describe(session, space, campaign, now=now, lock=True)
    budget.hold(session, space)


def open_mailing(
    session: Session, space: Space, campaign: Campaign, run: DryRun, *, exception: HoursException | None, now: datetime
) -> Mailing:
    """The mailing of a campaign that is planned. A question's ends when what it asks about begins."""
    mailing = mailings.open(
        session,
        space,
        family=campaign.family,
        sender=campaign.sender,
        cap_micros=campaign.budget_micros,
        promised_micros=run.price_micros,
        exception=exception,
        expires_at=exception.until if exception and exception.window is hours.URGENT else None,  # the mission has begun
        now=now,
    )
    wording = texts.wording(session, space, campaign, now=now)
    if wording.question:
        asking.handed(session).follow(session, space, wording.question.subject_id, mailing, wording.body)
    return mailing


def forget_asked(session: Session, campaign: Campaign) -> None:
    """A campaign that ends takes back from the mission's list whom it alone put there, and who read nothing.

    Its mailing is held by then, as by whoever stops it from there: in another order each would wait for the other.
    """
    if campaign.link_purpose and campaign.mailing_id:
        space = session.get_one(Space, campaign.space_id)
        asking.handed(session).forget(session, space, campaign.link_subject_id or 0, mailing_id=campaign.mailing_id)


def owns(session: Session, space: Space, mailing_id: MailingId) -> bool:
    """Whether a mailing is a campaign's: its page alone stops it, and a text of it written again goes its own way."""
    its = select(Campaign.id).where(Campaign.space_id == space.id, Campaign.mailing_id == mailing_id)
    return session.scalar(its) is not None


OWNER = Owner(owns=owns)
