"""From a schedule to messages, and from the last receipt to the end."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.models import Space
from app.accounts.principal import TAMBOUR
from app.audiences import people as audience
from app.audiences.people import Selection
from app.campaigns import acts, asking, opening, texts
from app.campaigns.models import Campaign
from app.campaigns.rules import Stage
from app.campaigns.texts import Wording
from app.database.functions import among_ids
from app.database.ids import CampaignId, MailingId
from app.errors import RuleBroken
from app.hooks import emitting
from app.hooks.events import Kind
from app.messaging import mailings, messages, tallies, validity
from app.messaging.messages import Window
from app.messaging.models import Mailing, MailingState
from app.messaging.status import FINAL, Status
from app.settings import Settings

BY = TAMBOUR


def is_due(session: Session, *, now: datetime) -> bool:
    """Whether some campaign is due: cheap, so that an idle tick writes nothing."""
    return session.scalar(_due(now).with_only_columns(Campaign.id).limit(1)) is not None


def claim_due(session: Session, *, now: datetime, exclude: Collection[int] = ()) -> Campaign | None:
    """A campaign whose time has come or whose messages are not all written, held until the transaction ends.

    None of ``exclude``, whose turn has failed: one bad row must not hold up the others.
    """
    return session.scalar(_due(now).where(Campaign.id.not_in(exclude)).limit(1).with_for_update(skip_locked=True))


def _due(now: datetime) -> Select[Campaign]:
    begun = (Campaign.stage == Stage.SCHEDULED) & (Campaign.send_at <= now)
    over = (MailingState.CANCELLED, MailingState.CLOSED)  # retention may have closed it since
    ended = select(Mailing.id).where(Mailing.id == Campaign.mailing_id, Mailing.state.in_(over))
    called_off = Campaign.stage.in_((Stage.SCHEDULED, Stage.PAUSED)) & ended.exists()
    return select(Campaign).where(or_(Campaign.stage == Stage.LAUNCHING, begun, called_off)).order_by(Campaign.send_at)


def write_batch(session: Session, campaign: Campaign, *, limit: int, settings: Settings, now: datetime) -> int:
    """Write the next messages of a launching campaign; how many people were looked at, fewer than ``limit`` at the end.

    One that was called off ends here, before its day if that was to come.
    ``reached_id`` moves in the same transaction, so that a launch cut short goes on where it was.
    """
    space = session.get_one(Space, campaign.space_id)
    mailing = session.get_one(Mailing, campaign.mailing_id)
    wording = None if mailings.is_over(mailing) else _wording(session, space, campaign, now=now)
    if wording is None:
        _end(session, campaign, now=now)
        return 0
    if broken := audience.faults(session, space, campaign.audience):
        _hold(session, campaign, reason=" ".join(broken), now=now)
        return 0
    if campaign.stage is Stage.SCHEDULED:
        campaign.stage = Stage.LAUNCHING
        activity.record(session, space.id, acts.LAUNCHED, by=BY, now=now, subject_id=campaign.id)
    batch = _next_people(session, space, campaign, limit=limit, now=now)
    _ask(session, space, wording, batch, mailing.id, now=now)
    messages.write(
        session,
        mailing,
        [wording.fill(one) for one in batch.recipients],
        space=space,
        body=wording.body,
        window=Window(max(campaign.send_at or now, mailing.renewed_at or campaign.send_at or now), mailing.expires_at),
        settings=settings,
        now=now,
        target=wording.target,
    )
    looked_at = len(batch.recipients) + len(batch.left_out)
    if batch.last_id:
        campaign.reached_id = batch.last_id
    if looked_at < limit:
        campaign.stage, mailing.promised_micros = Stage.SENDING, None
    return looked_at


def _next_people(session: Session, space: Space, campaign: Campaign, *, limit: int, now: datetime) -> Selection:
    return audience.select_batch(
        session,
        space,
        campaign.audience,
        campaign.family,
        after_id=campaign.reached_id,
        limit=limit,
        now=now,
        besides=texts.left_out(session, space, campaign),
    )


def _wording(session: Session, space: Space, campaign: Campaign, *, now: datetime) -> Wording | None:
    """What it says now; None when what it asks about is called off, gone by, or gone."""
    try:
        wording = texts.wording(session, space, campaign, now=now, lock=True)
        texts.check_question(wording.question, at=now)
    except RuleBroken:
        if not campaign.link_purpose:
            raise
        return None
    return wording


def _ask(
    session: Session, space: Space, wording: Wording, batch: Selection, mailing_id: MailingId, *, now: datetime
) -> None:
    """Write down that these people are asked, before their texts are written."""
    people = [one.contact_id for one in batch.recipients if one.contact_id]
    if wording.question and people:
        room = asking.handed(session)
        room.register(session, space, wording.question.subject_id, people, mailing_id=mailing_id, now=now)


def _hold(session: Session, campaign: Campaign, *, reason: str, now: datetime) -> None:
    """Pause what is no longer for the people that were meant, with its reason: mended and resumed, it goes on."""
    campaign.stage_before_pause, campaign.stage = campaign.stage, Stage.PAUSED
    mailings.pause(session, MailingId(campaign.mailing_id or 0), reason=reason)
    activity.record(session, campaign.space_id, acts.PAUSED, by=BY, now=now, subject_id=campaign.id)


def late(session: Session, mailing_ids: Collection[MailingId], *, now: datetime) -> Sequence[Campaign]:
    """The campaigns whose hour has passed unserved.

    Those of ``mailing_ids`` have messages past their last moment; one that was never launched is past its own.
    """
    begun = Campaign.stage.in_((Stage.LAUNCHING, Stage.SENDING)) & among_ids(Campaign.mailing_id, mailing_ids)
    missed = (Campaign.stage == Stage.SCHEDULED) & (Campaign.send_at <= now) & (Campaign.not_after < now)
    return session.scalars(select(Campaign).where(or_(begun, missed)).order_by(Campaign.id)).all()


def hold_late(session: Session, campaign_ids: Collection[CampaignId], *, why: str, now: datetime) -> None:
    """Pause these, whose hour passed while nothing left: their own people read ``why``, and decide."""
    mine = select(Campaign).where(among_ids(Campaign.id, campaign_ids)).order_by(Campaign.id).with_for_update()
    for campaign in session.scalars(mine).all():
        _hold(session, campaign, reason=why, now=now)


def has_something_to_follow(session: Session) -> bool:
    """Whether any campaign is sending or was cancelled with messages still waiting."""
    sending = select(Campaign.id).where(Campaign.stage == Stage.SENDING)
    return mailings.has_cancelled(session) or bool(session.scalar(select(sending.exists())))


def sending(session: Session) -> Sequence[CampaignId]:
    """The campaigns of which something may still change."""
    return session.scalars(select(Campaign.id).where(Campaign.stage == Stage.SENDING).order_by(Campaign.id)).all()


def follow_up(session: Session, campaign_id: CampaignId, *, settings: Settings, now: datetime) -> None:
    """Finish a campaign that has nothing more to wait for, and show as paused one that an error stopped."""
    found = session.execute(
        select(Campaign, Mailing)
        .join(Mailing, Mailing.id == Campaign.mailing_id)
        .where(Campaign.id == campaign_id, Campaign.stage == Stage.SENDING)
        .with_for_update(skip_locked=True, of=Campaign)
    ).all()
    progress = tallies.progress_of(session, [mailing.id for _campaign, mailing in found])
    for campaign, mailing in found:
        if mailing.state is MailingState.PAUSED:
            campaign.stage_before_pause, campaign.stage = Stage.SENDING, Stage.PAUSED
            activity.record(session, campaign.space_id, acts.PAUSED, by=BY, now=now, subject_id=campaign.id)
        elif mailings.is_over(mailing) and _left_nothing(set(progress[mailing.id].counts)):
            _end(session, campaign, now=now)
        elif _is_over(set(progress[mailing.id].counts), _ends_at(session, campaign, mailing, now), settings, now):
            campaign.stage, campaign.finished_at = Stage.FINISHED, now
            is_stopped = mailings.is_over(mailing)
            mailings.close(session, [mailing.id])
            if is_stopped:
                opening.forget_asked(session, campaign)
            activity.record(session, campaign.space_id, acts.FINISHED, by=BY, now=now, subject_id=campaign.id)
            _tell(session, campaign, progress[mailing.id], settings, now)


def _tell(session: Session, campaign: Campaign, progress: tallies.Progress, settings: Settings, now: datetime) -> None:
    """The programs that want to hear of it."""
    emitting.emit(
        session,
        campaign.space_id,
        Kind.CAMPAIGN_FINISHED,
        now=now,
        campaign_id=campaign.id,
        counts={status.value: progress.counts.get(status, 0) for status in Status},
        price_micros=progress.price_micros,
        currency=settings.currency,
        finished_at=now.isoformat(),
    )


def _end(session: Session, campaign: Campaign, *, now: datetime) -> None:
    """Its mailing was ended by somebody else, or what it asks about is over: show it so, rather than wait for ever."""
    mailings.cancel(session, [MailingId(campaign.mailing_id or 0)])
    opening.forget_asked(session, campaign)
    campaign.stage, campaign.finished_at = Stage.CANCELLED, now
    activity.record(session, campaign.space_id, acts.CANCELLED, by=BY, now=now, subject_id=campaign.id)


def _ends_at(session: Session, campaign: Campaign, mailing: Mailing, now: datetime) -> datetime:
    """Until when its messages could leave: later than planned once the carrier's day limit has put it off."""
    planned = campaign.not_after or now
    if mailing.renewed_at is None:
        return planned
    space = session.get_one(Space, campaign.space_id)
    return max(planned, validity.until(mailing, space, space.zone, mailing.renewed_at))


def _left_nothing(statuses: set[Status]) -> bool:
    """Whether what a mailing that was ended wrote still waits, or was all taken back."""
    return Status.QUEUED in statuses or statuses == {Status.WITHDRAWN}


def _is_over(statuses: set[Status], ends_at: datetime, settings: Settings, now: datetime) -> bool:
    if statuses <= FINAL:
        return True
    if Status.QUEUED in statuses:
        return False  # a claim withdraws what is too late: nobody stays « en attente » in a finished campaign
    return now > ends_at + timedelta(seconds=settings.finish_after_s)
