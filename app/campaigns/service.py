"""What can be done with a campaign: write, schedule, pause, resume, cancel."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypedDict, Unpack

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.models import Space
from app.accounts.principal import Principal
from app.audiences import people as audience
from app.campaigns import acts, opening, readiness, rules
from app.campaigns.dry_run import DryRun
from app.campaigns.models import Campaign
from app.campaigns.readiness import PartsOf, Rehearsal, bare_parts
from app.campaigns.rules import Stage
from app.consent import service as consent
from app.consent.families import Family
from app.consent.hours import HoursException
from app.database.ids import CampaignId, MailingId, SpaceId
from app.errors import Conflict, NotFound
from app.french.language import _
from app.messaging import mailings, validity
from app.settings import Settings


class Words(TypedDict, total=False):
    """What a draft says."""

    name: str
    family: Family
    body: str
    sender: str
    audience: dict[str, Any]
    budget_micros: int | None
    link_purpose: str
    link_subject_id: int | None


NAME_CHARACTERS = 120
EDITABLE = tuple(Words.__annotations__)


def get(session: Session, space_id: SpaceId, campaign_id: CampaignId, *, lock: bool = False) -> Campaign:
    """One campaign of a space. Raises NotFound."""
    query = select(Campaign).where(Campaign.space_id == space_id, Campaign.id == campaign_id)
    campaign = session.scalar(query.with_for_update() if lock else query)
    if campaign is None:
        raise NotFound("campaign_unknown", _("Cet envoi n'existe pas."))
    return campaign


def page(session: Session, space_id: SpaceId, *, before_id: int | None, limit: int) -> Sequence[Campaign]:
    """A page of the space's campaigns, newest first."""
    query = select(Campaign).where(Campaign.space_id == space_id).order_by(Campaign.id.desc()).limit(limit)
    return session.scalars(query.where(Campaign.id < before_id) if before_id else query).all()


def draft(session: Session, space: Space, *, by: Principal, now: datetime, **words: Unpack[Words]) -> Campaign:
    """A new draft; ``words`` as for ``edit``."""
    campaign = Campaign(
        space_id=space.id,
        family=Family.CHARITABLE,
        sender=space.sender,
        audience={"lists": [], "segments": [], "contacts": [], "except": []},
        stage=Stage.DRAFT,
        created_by=by.name,
        maker=by.key,
        created_at=now,
        updated_at=now,
    )
    session.add(campaign)
    _change(session, campaign, {**words}, now=now)
    session.flush()
    activity.record(session, space.id, acts.DRAFTED, by=by, now=now, subject_id=campaign.id)
    return campaign


def find_blank(session: Session, space_id: SpaceId, *, by: Principal) -> Campaign | None:
    """A draft that this person opened and left untouched: opened again rather than left to pile up."""
    mine = (Campaign.space_id == space_id, Campaign.stage == Stage.DRAFT, Campaign.maker == by.key)
    untouched = (Campaign.body == "", Campaign.name == "", Campaign.created_at == Campaign.updated_at)
    return session.scalar(select(Campaign).where(*mine, *untouched).order_by(Campaign.id.desc()).limit(1))


def edit(
    session: Session, campaign: Campaign, *,
    by: Principal, now: datetime, parts_of: PartsOf = bare_parts, **words: Unpack[Words],
) -> None:  # fmt: skip
    """Change a draft; a text that could not be sent yet is kept, and refused when it is scheduled, never lost.

    ``parts_of`` counts what the trail remembers of the text: a page counts as its meter does, the link included.
    """
    rules.check_draft(campaign.stage)
    if _change(session, campaign, {**words}, now=now):
        activity.go_on(
            session, campaign.space_id, acts.EDITED,
            by=by, now=now, subject_id=campaign.id, parts=parts_of(session, campaign), signs=len(campaign.body),
            segments=len(campaign.audience.get("segments") or []),
        )  # fmt: skip


def remove(session: Session, campaign: Campaign, *, by: Principal, now: datetime) -> None:
    """Throw a draft away."""
    rules.check_draft(campaign.stage)
    activity.record(session, campaign.space_id, acts.REMOVED, by=by, now=now, subject_id=campaign.id)
    session.delete(campaign)


def copy(
    session: Session, space: Space, campaign: Campaign, *, by: Principal, now: datetime, asks_whom: bool = False
) -> Campaign:
    """A new draft with the same words for the same people, without the lists and people that are gone.

    With ``asks_whom`` its lists and selections are to be chosen again.
    """
    words = {name: getattr(campaign, name) for name in EDITABLE}
    words["audience"], _gone = audience.still_there(session, space.id, campaign.audience)
    if asks_whom:
        words["audience"] = {"lists": [], "segments": [], "contacts": words["audience"]["contacts"], "except": []}
    words["name"] = _copied_name(campaign.name)
    return draft(session, space, by=by, now=now, **words)


def schedule(
    session: Session,
    space: Space,
    campaign: Campaign,
    rehearsal: Rehearsal,
    *,
    at: datetime,
    by: Principal,
    settings: Settings,
    now: datetime,
    exception: HoursException | None = None,
) -> DryRun:
    """Plan the campaign for the first allowed instant from ``at`` on; « maintenant » is a plan too.

    ``readiness.rehearse`` made the ``rehearsal`` before, in a snapshot. Raises Conflict on a second click or when
    the text or its people changed since, RuleBroken on a time or a price that cannot be.
    """
    rules.check_stage(campaign.stage, Stage.SCHEDULED)
    at = rules.check_time(at, now=now)
    opening.hold(session, space, campaign, now=now)
    readiness.check_again(session, space, campaign, rehearsal, settings=settings, now=now)
    run = rehearsal.run
    campaign.sender = campaign.sender or space.sender
    mailing = opening.open_mailing(session, space, campaign, run, exception=exception, now=now)
    campaign.mailing_id = mailing.id
    ends = [validity.until(mailing, space, zone, at) for zone in run.zones]
    campaign.stage, campaign.send_at, campaign.not_after = Stage.SCHEDULED, at, max(ends)
    campaign.ignores_hours_by = exception.by if exception else ""
    campaign.reached_id, campaign.updated_at = 0, now
    activity.record(
        session, space.id, acts.SCHEDULED,
        by=by, now=now, subject_id=campaign.id, people=run.people, parts=run.parts, ignores_hours=exception is not None,
        opted_out=run.left_out[consent.OPTED_OUT],
    )  # fmt: skip
    return run


def schedule_at_once(
    session: Session,
    space: Space,
    campaign: Campaign,
    *,
    at: datetime,
    by: Principal,
    settings: Settings,
    now: datetime,
) -> DryRun:
    """Rehearse and plan in one transaction: for a few people, or where nobody else waits to write."""
    rehearsal = readiness.rehearse(session, space, campaign, at=at, settings=settings, now=now)
    return schedule(session, space, campaign, rehearsal, at=at, by=by, settings=settings, now=now)


def unschedule(session: Session, campaign: Campaign, *, by: Principal, now: datetime) -> None:
    """« Arrêter » before anything left: the message is a draft again."""
    rules.check_stage(campaign.stage, Stage.DRAFT)
    mailing_id = _mailing_id(campaign)
    campaign.stage, campaign.mailing_id, campaign.send_at, campaign.not_after = Stage.DRAFT, None, None, None
    session.flush()
    mailings.discard(session, mailing_id)
    activity.record(session, campaign.space_id, acts.STOPPED, by=by, now=now, subject_id=campaign.id)


def pause(session: Session, campaign: Campaign, *, by: Principal, now: datetime) -> None:
    """Nothing more leaves until it is resumed."""
    rules.check_stage(campaign.stage, Stage.PAUSED)
    campaign.stage_before_pause, campaign.stage = campaign.stage, Stage.PAUSED
    mailings.pause(session, _mailing_id(campaign))
    activity.record(session, campaign.space_id, acts.PAUSED, by=by, now=now, subject_id=campaign.id)


def resume(session: Session, campaign: Campaign, *, by: Principal, now: datetime) -> None:
    """Go on where it stopped. The pause cost nobody their message: what is queued has as long as when it began."""
    if campaign.stage is not Stage.PAUSED:
        raise Conflict(f"campaign_{campaign.stage.value}", _("Cet envoi n'est pas en pause."))
    campaign.stage = campaign.stage_before_pause or Stage.SENDING
    campaign.stage_before_pause = None
    ends_at = mailings.resume(session, _mailing_id(campaign), now=now)
    campaign.not_after = max(campaign.not_after or ends_at, ends_at)
    activity.record(session, campaign.space_id, acts.RESUMED, by=by, now=now, subject_id=campaign.id)


def cancel(session: Session, campaign: Campaign, *, by: Principal, now: datetime) -> None:
    """Nothing more leaves, ever; what has left goes on to its phone. The waiting messages are withdrawn by a tick."""
    rules.check_stage(campaign.stage, Stage.CANCELLED)
    mailings.cancel(session, [_mailing_id(campaign)])
    opening.forget_asked(session, campaign)
    campaign.stage, campaign.finished_at = Stage.CANCELLED, now
    activity.record(session, campaign.space_id, acts.CANCELLED, by=by, now=now, subject_id=campaign.id)


def end_all(session: Session, space_id: SpaceId, *, by: Principal, now: datetime) -> None:
    """Cancel whatever of the space's campaigns has something still to send, planned for later or waiting."""
    live = select(Campaign).where(Campaign.space_id == space_id, Campaign.stage.in_(rules.LIVE)).order_by(Campaign.id)
    for campaign in session.scalars(live.with_for_update()).all():
        if campaign.stage is not Stage.SENDING or mailings.has_waiting(session, _mailing_id(campaign)):
            cancel(session, campaign, by=by, now=now)


def _copied_name(name: str) -> str:
    """« Collecte » becomes « Collecte (copie) », once; a draft without a title stays without."""
    mark = _(" (copie)")
    return f"{name.removesuffix(mark)[: NAME_CHARACTERS - len(mark)]}{mark}" if name else ""


def _mailing_id(campaign: Campaign) -> MailingId:
    """Of a campaign that has been scheduled."""
    if campaign.mailing_id is None:
        raise ValueError("a draft has no mailing")
    return campaign.mailing_id


def _change(session: Session, campaign: Campaign, words: dict[str, Any], *, now: datetime) -> bool:
    if unknown := words.keys() - set(EDITABLE):
        raise TypeError(f"a campaign has no {', '.join(sorted(unknown))}")
    if "audience" in words:
        kept = {name: campaign.audience.get(name) for name in ("segments", "except")}  # who says nothing leaves them
        words["audience"] = audience.check(session, campaign.space_id, {**kept, **words["audience"]})
    changed = {name: words[name] for name in EDITABLE if name in words and words[name] != getattr(campaign, name)}
    for name, value in changed.items():
        setattr(campaign, name, value)
    if changed:
        campaign.updated_at = now
    return bool(changed)
