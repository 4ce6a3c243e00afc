"""Where campaigns are, in a few words: their stage, what is left of them to come, or who was not heard of."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.campaigns import rules
from app.campaigns.models import Campaign
from app.campaigns.rules import Stage
from app.carrier.codes import Explanation
from app.messaging import mailings, rates
from app.messaging.following import standing
from app.messaging.models import Mailing, MailingState
from app.messaging.restore import halt
from app.messaging.status import Status
from app.messaging.tallies import Progress


def words(
    session: Session, campaigns: Sequence[Campaign], progress: Mapping[int, Progress], *, now: datetime
) -> dict[int, str]:
    """{campaign id: its state}; ``progress`` is that of their mailings."""
    sending = {one.mailing_id for one in campaigns if one.mailing_id and one.stage is Stage.SENDING}
    theirs = {one.id: one for one in mailings.of_ids(session, sending)} if sending else {}
    waiting = [one for one in theirs if progress[one].counts.get(Status.QUEUED)]
    held = rates.held_among(session, waiting, now=now) if waiting else {}
    found: dict[int, str] = {}
    for campaign in campaigns:
        mailing = theirs.get(campaign.mailing_id) if campaign.mailing_id else None
        if mailing is None or mailing.id in waiting:
            found[campaign.id] = _of_stage(session, campaign, mailing, held, now)
        else:
            counts = progress[mailing.id].counts
            found[campaign.id] = standing.after_the_last(counts, served_at=mailing.served_at, now=now)
    return found


def _of_stage(
    session: Session, campaign: Campaign, mailing: Mailing | None, held: Mapping[int, Explanation], now: datetime
) -> str:
    said = held.get(mailing.id) if mailing else None
    if mailing is not None and mailing.state is MailingState.OPEN and halt.standstill(session):
        return standing.ALL_STOPPED
    if mailing is None or said is None:
        return rules.stage_words(campaign.stage)
    space = session.get_one(Space, campaign.space_id)
    return rules.stage_words(campaign.stage, said, day=standing.other_day(space, mailing, now=now))
