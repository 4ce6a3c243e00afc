"""From a schedule to letters, and from the last receipt to the end."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.models import Space
from app.accounts.principal import job
from app.campaigns import audience
from app.campaigns.models import Campaign
from app.campaigns.rules import Stage
from app.messaging import letters, mailings, tallies
from app.messaging.letters import Window
from app.messaging.models import Gate, Mailing
from app.messaging.status import FINAL, Status
from app.settings import Settings

BY = job("launch")


def is_due(session: Session, *, now: datetime) -> bool:
    """Whether some campaign is due: cheap, so that an idle tick writes nothing."""
    return session.scalar(_due(now).with_only_columns(Campaign.id).limit(1)) is not None


def claim_due(session: Session, *, now: datetime, passing: Collection[int] = ()) -> Campaign | None:
    """A campaign whose time has come or whose letters are not all written, held until the transaction ends.

    None of ``passing``, whose turn has failed: one bad row must not hold up the others.
    """
    return session.scalar(_due(now).where(Campaign.id.not_in(passing)).limit(1).with_for_update(skip_locked=True))


def _due(now: datetime) -> Select[Campaign]:
    begun = (Campaign.stage == Stage.SCHEDULED) & (Campaign.send_at <= now)
    return select(Campaign).where(or_(Campaign.stage == Stage.LAUNCHING, begun)).order_by(Campaign.send_at)


def write_batch(session: Session, campaign: Campaign, *, limit: int, settings: Settings, now: datetime) -> int:
    """Write the next letters of a launching campaign; how many people were looked at, fewer than ``limit`` at the end.

    ``reached_id`` moves in the same transaction, so that a launch cut short goes on where it was.
    """
    space = session.get_one(Space, campaign.space_id)
    mailing = session.get_one(Mailing, campaign.mailing_id)
    if mailings.is_over(mailing):
        _end(session, campaign, now=now)
        return 0
    if campaign.stage is Stage.SCHEDULED:
        campaign.stage = Stage.LAUNCHING
        activity.record(session, space.id, "campaign.launched", by=BY, now=now, subject_id=campaign.id)
    batch = audience.select_batch(session, space, campaign, after_id=campaign.reached_id, limit=limit, now=now)
    letters.write(
        session,
        mailing,
        batch.recipients,
        space=space,
        body=letters.with_link(campaign.body),
        window=Window(campaign.send_at or now, campaign.not_after or now),
        settings=settings,
        now=now,
    )
    looked_at = len(batch.recipients) + len(batch.left_out)
    if batch.last_id:
        campaign.reached_id = batch.last_id
    if looked_at < limit:
        campaign.stage, mailing.promised_micros = Stage.SENDING, None
    return looked_at


def has_something_to_follow(session: Session) -> bool:
    """Whether any campaign is sending or was cancelled with letters still waiting."""
    sending = select(Campaign.id).where(Campaign.stage == Stage.SENDING)
    return mailings.has_cancelled(session) or bool(session.scalar(select(sending.exists())))


def follow_up(session: Session, *, settings: Settings, now: datetime) -> None:
    """Finish what has nothing more to wait for, and show as paused what an error stopped."""
    sending = session.execute(
        select(Campaign, Mailing)
        .join(Mailing, Mailing.id == Campaign.mailing_id)
        .where(Campaign.stage == Stage.SENDING)
        .with_for_update(skip_locked=True, of=Campaign)
    ).all()
    progress = tallies.progress_of(session, [mailing.id for _campaign, mailing in sending])
    for campaign, mailing in sending:
        if mailing.gate is Gate.PAUSED:
            campaign.stage_before_pause, campaign.stage = Stage.SENDING, Stage.PAUSED
            activity.record(session, campaign.space_id, "campaign.paused", by=BY, now=now, subject_id=campaign.id)
        elif mailings.is_over(mailing) and Status.QUEUED in progress[mailing.id].counts:
            _end(session, campaign, now=now)
        elif _is_over(campaign, set(progress[mailing.id].counts), settings, now):
            campaign.stage, campaign.finished_at = Stage.FINISHED, now
            mailings.close(session, [mailing.id])
            activity.record(session, campaign.space_id, "campaign.finished", by=BY, now=now, subject_id=campaign.id)


def _end(session: Session, campaign: Campaign, *, now: datetime) -> None:
    """Its mailing was ended by somebody else: show it so, rather than wait for ever."""
    campaign.stage, campaign.finished_at = Stage.CANCELLED, now
    activity.record(session, campaign.space_id, "campaign.cancelled", by=BY, now=now, subject_id=campaign.id)


def _is_over(campaign: Campaign, statuses: set[Status], settings: Settings, now: datetime) -> bool:
    if statuses <= FINAL:
        return True
    if Status.QUEUED in statuses:
        return False  # a claim withdraws what is too late: nobody stays « en attente » in a finished campaign
    deadline = (campaign.not_after or now) + timedelta(seconds=settings.finish_after_s)
    return now > deadline
