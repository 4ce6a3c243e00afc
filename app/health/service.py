"""Are the jobs alive, does what is due leave, what is in doubt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, delete, func, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Mode, Space
from app.campaigns.models import Campaign
from app.campaigns.rules import Stage
from app.database.ids import CampaignId
from app.health.models import Heartbeat
from app.messaging.models import Mailing, MailingState, Message, SenderRate
from app.messaging.restore import halt
from app.messaging.restore.halt import Standstill
from app.messaging.status import Status

SILENT_AFTER = timedelta(seconds=60)
"""Four beats missed."""
FORGOTTEN_AFTER = timedelta(days=1)
STUCK_AFTER = timedelta(minutes=10)
"""A campaign that has messages due, and none has been looked at for so long."""
LATE_AFTER, TOLD_WITHIN = timedelta(hours=1), timedelta(days=4)
"""From when a receipt is late, and until when one may still come: a phone that is off gets its text for three days."""
SHOWN = 20
REAL = select(Space.id).where(Space.id == Message.space_id, Space.mode == Mode.LIVE).exists()
"""The condition « of a live space »: nobody gets up for the failures and silences that a trainer had made up."""
LATENCY_BOUNDS_S = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class Stuck:
    """A campaign of a space of that mode, whose time has come while nothing leaves: it should have ``since`` then."""

    campaign_id: CampaignId
    space_name: str
    mode: Mode
    since: datetime


@dataclass(frozen=True)
class Health:
    """The jobs as of ``now``, and what they have left undone. ``in_doubt`` are of live spaces."""

    alive: Sequence[Heartbeat]
    silent: Sequence[Heartbeat]
    stuck: Sequence[Stuck]
    in_doubt: int
    in_doubt_since: datetime | None
    halted_at: datetime | None
    """Since when nothing leaves at all, and why in a sentence."""
    halted_because: str
    stopped: Standstill | None
    """What a person stopped, if one did."""

    @property
    def failing(self) -> dict[str, str]:
        """The ticks whose last run failed, and the kind of error."""
        return {
            name: run["error"] for beat in self.alive for name, run in sorted(beat.ticks.items()) if run.get("error")
        }


@dataclass(frozen=True)
class Run:
    """A tick's last run in one process. ``error`` is its kind, empty when all went well."""

    name: str
    at: datetime
    lasted_ms: int
    errors: int
    error: str


def runs(beat: Heartbeat) -> list[Run]:
    """The ticks of a process, those that fail first."""
    found = [
        Run(name, datetime.fromisoformat(run["last_at"]), run["lasted_ms"], run["errors"], run["error"])
        for name, run in beat.ticks.items()
    ]
    return sorted(found, key=lambda one: (not one.error, one.name))


def alive(session: Session, *, now: datetime) -> Sequence[Heartbeat]:
    """The jobs that beat, on whatever machine."""
    return session.scalars(select(Heartbeat).where(Heartbeat.beat_at >= now - SILENT_AFTER)).all()


def read(session: Session, *, now: datetime) -> Health:
    beats = session.scalars(select(Heartbeat).order_by(Heartbeat.host, Heartbeat.pid)).all()
    count, since = session.execute(
        select(func.count(Message.id), func.min(Message.claimed_at)).where(Message.status == Status.UNKNOWN, REAL)
    ).one()
    standing = halt.find(session)
    return Health(
        alive=[beat for beat in beats if now - beat.beat_at <= SILENT_AFTER],
        silent=[beat for beat in beats if now - beat.beat_at > SILENT_AFTER],
        stuck=[] if standing is not None and standing.stopped_at else stuck(session, now=now),
        in_doubt=count,
        in_doubt_since=since,
        halted_at=standing.halted_at if standing else None,
        halted_because=halt.sentence(standing.halted_because) if standing else "",
        stopped=halt.stopped(session),
    )


def stuck(session: Session, *, now: datetime) -> list[Stuck]:
    """The campaigns due for ten minutes of which nothing leaves, whatever the state of their mailing but a pause.

    Those of live spaces come first: exercises that wait do not hide them.
    """
    limit = now - STUCK_AFTER
    due = (
        select(func.min(Message.not_before))
        .where(Message.mailing_id == Mailing.id, Message.status == Status.QUEUED, Message.not_before < limit)
        .scalar_subquery()
    )
    late = Campaign.stage.in_((Stage.SCHEDULED, Stage.LAUNCHING)) & (Campaign.send_at < limit)
    waiting = (Campaign.stage == Stage.SENDING) & (Mailing.state != MailingState.PAUSED) & due.is_not(None)
    rows = session.execute(
        select(Campaign.id, Space.name, Space.mode, Campaign.send_at, due.label("due"))
        .join(Space, Space.id == Campaign.space_id)
        .outerjoin(Mailing, Mailing.id == Campaign.mailing_id)
        .where(
            Campaign.stage.in_((Stage.SCHEDULED, Stage.LAUNCHING, Stage.SENDING)),
            or_(late, waiting & (Mailing.served_at < limit)),
        )
        .order_by(case((Space.mode == Mode.LIVE, 0), else_=1), Campaign.id)
        .limit(SHOWN)
    )
    return [Stuck(row.id, row.name, row.mode, row.due or row.send_at or now) for row in rows]


def without_receipt(session: Session, *, now: datetime) -> tuple[int, datetime | None]:
    """How many messages of live spaces the carrier took and is late to tell of, and since when.

    The older ones it never will.
    """
    query = select(func.count(Message.id), func.min(Message.claimed_at)).where(
        REAL,
        Message.status.in_((Status.ACCEPTED, Status.SENT)),
        Message.claimed_at > now - TOLD_WITHIN,
        Message.claimed_at < now - LATE_AFTER,
    )
    count, since = session.execute(query).one()
    return count, since


def in_flight(session: Session) -> int:
    """How many messages of live spaces a jobs process holds, handed over just now or about to be."""
    return session.scalar(select(func.count(Message.id)).where(Message.status == Status.SENDING, REAL)) or 0


def held_senders(session: Session, *, now: datetime) -> dict[Mode, int]:
    """How many senders the carrier asked to wait, and still do, by the mode of their space."""
    held = select(Space.mode, func.count()).join(SenderRate, SenderRate.space_id == Space.id).group_by(Space.mode)
    found = session.execute(held.where(SenderRate.held_code.is_not(None), SenderRate.free_at > now)).all()
    return dict.fromkeys(Mode, 0) | {row[0]: row[1] for row in found}


def oldest_due(session: Session, *, now: datetime) -> dict[tuple[MailingState, Mode], datetime]:
    """By their mailing's state and its space's mode: when the message that has waited longest might have left."""
    rows = session.execute(
        select(Mailing.state, Space.mode, func.min(Message.not_before).label("since"))
        .join(Mailing, Mailing.id == Message.mailing_id)
        .join(Space, Space.id == Mailing.space_id)
        .where(Message.status == Status.QUEUED, Message.not_before <= now)
        .group_by(Mailing.state, Space.mode)
    )
    return {(row.state, row.mode): row.since for row in rows}


def unserved_since(session: Session, *, now: datetime) -> dict[Mode, datetime]:
    """By the mode of its space: since when the open mailing that waits longest for a turn has had messages due.

    A sending of hours at its sender's own pace has its turns all along, however long its last message waits.
    """
    served = select(Space.mode, Mailing.served_at, func.min(Message.not_before).label("due"))
    rows = session.execute(
        served.join(Mailing, Mailing.id == Message.mailing_id)
        .join(Space, Space.id == Mailing.space_id)
        .where(Mailing.state == MailingState.OPEN, Message.status == Status.QUEUED, Message.not_before <= now)
        .group_by(Mailing.id, Space.mode, Mailing.served_at)
    )
    since: dict[Mode, datetime] = {}
    for row in rows:
        since[row.mode] = min(since.get(row.mode, now), max(row.served_at, row.due))
    return since


def forget_silent(session: Session, *, now: datetime) -> None:
    """Of a process that died a day ago nothing more is learnt."""
    session.execute(delete(Heartbeat).where(Heartbeat.beat_at < now - FORGOTTEN_AFTER))
