"""The message that a practice space has behind it: real messages, real receipts, and every fate among them.

Each step is the service that a real sending goes through, so that figures, messages and stories agree. Only the carrier
is played, by the last two digits of each number, as the simulator does.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from secrets import token_hex

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.models import Space
from app.accounts.principal import BY_LINK, Principal, job
from app.campaigns import acts as campaign_acts
from app.campaigns import launching
from app.campaigns import service as campaigns
from app.campaigns.models import Campaign
from app.campaigns.rules import Stage
from app.carrier.codes import explain
from app.consent import service as consent
from app.consent.families import Family
from app.consent.models import Channel
from app.database.ids import ListId, MessageId
from app.messaging import mailings, receipts, settling, tallies
from app.messaging.applying import StatusChange, apply_changes, tell
from app.messaging.inbox import replies
from app.messaging.inbox.replies import Incoming
from app.messaging.models import Mailing, Message
from app.messaging.receipts import Report
from app.messaging.status import Status
from app.settings import Settings
from app.workshops.practice import fates

BODY = "{prénom}, besoin de bras samedi 9h-12h, collecte place Gambetta. Qui vient ? Les Amis du Quai"
"""One SMS with its link, and no answer asked of people who cannot answer a name."""
CLOSED_AFTER = timedelta(hours=49)
"""A message without news holds the end back until a day after its window."""
_ANSWERS = (
    ("OUI", True),
    ("Oui avec plaisir !", True),
    ("NON je travaille ce jour-là", True),
    ("OUI mais plutôt à 10h, c'est possible ?", False),
    ("c'est qui ?", False),
    ("STOP", True),
)
"""What came back, and whether somebody has read it since."""


def send(
    session: Session, space: Space, *, list_id: ListId, settings: Settings, by: Principal, at: datetime
) -> Campaign:
    """A call for volunteers that left at ``at``, with what became of each message and what people answered."""
    campaign = campaigns.draft(
        session,
        space,
        by=by,
        now=at - timedelta(minutes=25),
        name="Collecte de samedi",
        family=Family.CHARITABLE,
        body=BODY,
        audience={"lists": [list_id], "contacts": [], "except": []},
    )
    now = at - timedelta(seconds=30)
    campaigns.schedule_at_once(session, space, campaign, at=at, by=by, settings=settings, now=now)
    while launching.write_batch(session, campaign, limit=500, settings=settings, now=at) >= 500:
        pass
    mailing = session.get_one(Mailing, campaign.mailing_id)
    handed_over = _carry(session, space, mailing, now=at)
    mailings.close(session, [mailing.id])  # the past is over: a phone that was off is not tried again today
    for accepted, accepted_at in handed_over:
        _report(session, accepted, accepted_at)
    _finish(session, campaign, mailing, now=at + CLOSED_AFTER)
    _answer(session, space, campaign, settings=settings, by=by, now=at + timedelta(minutes=4))
    return campaign


def _carry(
    session: Session, space: Space, mailing: Mailing, *, now: datetime
) -> list[tuple[dict[Message, str], datetime]]:
    """Hand every message over, a second's worth at a time; what was accepted of each, {message: sid}, and when.

    Not through the dispatcher's own claim: it would take what is due in other spaces too.
    """
    messages = session.scalars(select(Message).where(Message.mailing_id == mailing.id).order_by(Message.id)).all()
    handed_over = []
    for first in range(0, len(messages), space.rate_per_s):
        batch = messages[first : first + space.rate_per_s]
        apply_changes(session, {message.id: StatusChange(Status.SENDING) for message in batch}, now=now)
        ids = [message.id for message in batch]
        session.execute(update(Message).where(Message.id.in_(ids)).values(claimed_at=now))
        answers = {message: _answered(message.phone) for message in batch}
        changes = {message.id: answer for message, answer in answers.items()}
        tell(session, apply_changes(session, changes, now=now).values())
        accepted = {message: answer.carrier_sid for message, answer in answers.items() if answer.carrier_sid}
        handed_over.append((accepted, now))
        for message, answer in answers.items():
            if answer.error_code == fates.STOPPED:
                _note_stop(session, message, now=now)
        now += timedelta(seconds=1)
    return handed_over


def _answered(phone: str) -> StatusChange:
    code = fates.of(phone).refused
    return (
        StatusChange(Status.FAILED, error_code=code)
        if code
        else StatusChange(Status.ACCEPTED, carrier_sid=f"SM{token_hex(16)}")
    )


def _report(session: Session, accepted: Mapping[Message, str], now: datetime) -> None:
    """Bring back the reports of the messages that left, {message: the carrier's sid}: the first of
    all, then the next.
    """
    rounds: dict[tuple[int, datetime], dict[MessageId, Report]] = {}
    for message, carrier_sid in accepted.items():
        late = timedelta(seconds=30 if message.phone.endswith("06") else 3)
        for nth, (word, code) in enumerate(fates.of(message.phone).reports):
            rounds.setdefault((nth, now + nth * late), {})[message.id] = Report(word, carrier_sid, code)
    for (_nth, at), reports in sorted(rounds.items(), key=lambda one: one[0]):
        receipts.record_all(session, reports, now=at)


def _note_stop(session: Session, message: Message, *, now: datetime) -> None:
    consent.object_to(
        session,
        message.space_id,
        message.fingerprint,
        channel=Channel.CARRIER,
        by=settling.BY,
        now=now,
        contact_id=message.contact_id,
        wording=explain(fates.STOPPED).sentence,
    )


def _finish(session: Session, campaign: Campaign, mailing: Mailing, *, now: datetime) -> None:
    price = tallies.progress(session, mailing.id).price_micros
    session.execute(update(Mailing).where(Mailing.id == mailing.id).values(spent_micros=price))
    mailings.close(session, [mailing.id])
    campaign.stage, campaign.finished_at = Stage.FINISHED, now
    activity.record(
        session, campaign.space_id, campaign_acts.FINISHED, by=launching.BY, now=now, subject_id=campaign.id
    )


def _answer(
    session: Session, space: Space, campaign: Campaign, *, settings: Settings, by: Principal, now: datetime
) -> None:
    """Replies of people whose phone it reached, and one who pressed the link instead."""
    arrived = session.scalars(
        select(Message)
        .where(Message.mailing_id == campaign.mailing_id, Message.status == Status.DELIVERED)
        .order_by(Message.id)
        .offset(10)
        .limit(len(_ANSWERS) + 1)
    ).all()
    for message, (body, is_read) in zip(arrived, _ANSWERS, strict=False):
        now += timedelta(minutes=3)
        account = space.carrier_account_sid or ""
        text = Incoming(account, f"SM{token_hex(16)}", phone=message.phone, to=space.sender, body=body)
        reply = replies.receive(session, space, text, settings=settings, now=now)
        if reply is not None and is_read:
            replies.handle(session, space.id, reply.id, by=by, now=now + timedelta(hours=1))
    last = arrived[-1]
    consent.object_to(
        session,
        space.id,
        last.fingerprint,
        channel=Channel.LINK,
        by=job(BY_LINK),
        now=now,
        contact_id=last.contact_id,
        wording="Plus de SMS",
    )
