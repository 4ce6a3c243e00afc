"""The last days of the sending: what a tick writes down, and what « Santé » and /metrics read of it.

It is that of live spaces: what a trainer's pretend carrier loses or keeps waiting is no news for whoever keeps watch.
Nothing is counted when somebody looks: a page reads a few hundred rows, whatever was sent.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import case, delete, func, select
from sqlalchemy.orm import Session

from app.accounts.models import Mode, Space
from app.database.engine import insert_missing, upsert
from app.database.functions import among_ids, seconds_between
from app.health import service
from app.health.models import OutcomeHour, SendingSample
from app.messaging.models import Mailing, MailingState, Message, Tally
from app.messaging.status import FINAL, MOVING, Status

SAMPLED_EVERY = timedelta(minutes=5)
KEPT = timedelta(days=8)
HOUR = timedelta(hours=1)
FRESH_HOURS = 3
"""So many hours are counted anew each time; of the others one, in turn, for as long as a receipt may come."""
TOLD_HOURS = round(service.TOLD_WITHIN / HOUR)
OLDER = datetime(2000, 1, 1, tzinfo=UTC)
"""The hour of all that is too old to be told apart."""
HANDED_OVER = tuple(status for status in Status if status not in (Status.QUEUED, Status.WITHDRAWN))
Key = tuple[Status, int]


def sample(session: Session, *, now: datetime) -> bool:
    """Write where the queue stands, unless somebody has in these few minutes; what is old goes."""
    at = _floor(now, SAMPLED_EVERY)
    if session.get(SendingSample, at) is not None:
        return False
    in_hand = select(Message.status, func.count()).where(
        Message.status.in_((Status.SENDING, Status.UNKNOWN)), service.REAL
    )
    counts = {row[0]: row[1] for row in session.execute(in_hand.group_by(Message.status))}
    oldest = service.oldest_due(session, now=now)
    due_since = oldest.get((MailingState.OPEN, Mode.LIVE), now)
    row = {
        "at": at,
        "queued": waiting(session),
        "oldest_due_s": int((now - due_since).total_seconds()),
        "in_flight": counts.get(Status.SENDING, 0),
        "in_doubt": counts.get(Status.UNKNOWN, 0),
        "without_receipt": service.without_receipt(session, now=now)[0],
    }
    session.execute(delete(SendingSample).where(SendingSample.at < now - KEPT))
    return bool(insert_missing(session, SendingSample, [row], unique=[SendingSample.at], returning=SendingSample.at))


def waiting(session: Session) -> int:
    """How many messages wait in open mailings, those planned for later among them: summed from their tallies.

    Asked in two steps: in one, PostgreSQL may read the tallies of all that ever was sent.
    """
    opened = select(Mailing.id).join(Space, Space.id == Mailing.space_id)
    under_way = session.scalars(opened.where(Mailing.state == MailingState.OPEN, Space.mode == Mode.LIVE)).all()
    came = case((Tally.reached == Status.QUEUED, Tally.people), else_=0)
    left = case((Tally.was == Status.QUEUED, Tally.people), else_=0)
    return int(session.scalar(select(func.sum(came - left)).where(among_ids(Tally.mailing_id, under_way))) or 0)


def count_outcomes(session: Session, *, now: datetime) -> None:
    """Count anew the hours in which something may have changed, a few at a time; those too old become one."""
    _take_turn(session)
    this = _floor(now, HOUR)
    for back in (*range(FRESH_HOURS), turn(now)):
        _count_hour(session, this - back * HOUR)
    gone = delete(OutcomeHour).where(OutcomeHour.hour < now - KEPT, OutcomeHour.hour > OLDER).returning(OutcomeHour)
    old: dict[Key, tuple[int, int]] = {}
    for one in session.scalars(gone).all():
        messages, lag_s = old.get((one.status, one.code), (0, 0))
        old[one.status, one.code] = messages + one.messages, lag_s + one.lag_s
    if old:
        kept = _of_hour(session, OLDER)
        _write(session, OLDER, {key: _sum(kept.get(key, (0, 0)), found) for key, found in old.items()})


def turn(now: datetime) -> int:
    """How many hours back is the older one that is counted in this minute."""
    return FRESH_HOURS + int(now.timestamp() // 60) % (TOLD_HOURS - FRESH_HOURS)


def _take_turn(session: Session) -> None:
    """One process at a time: a count begun earlier must not be written over a later one."""
    first = {"hour": OLDER, "status": Status.DELIVERED, "code": 0, "messages": 0, "lag_s": 0}
    unique = [OutcomeHour.hour, OutcomeHour.status, OutcomeHour.code]
    insert_missing(session, OutcomeHour, [first], unique=unique, returning=OutcomeHour.code)
    session.get(OutcomeHour, (OLDER, Status.DELIVERED, 0), with_for_update=True)


def _count_hour(session: Session, hour: datetime) -> None:
    """What is final stays counted, though its message is deleted: /metrics never goes back."""
    lag_s = seconds_between(Message.claimed_at, Message.settled_at)
    code = func.coalesce(Message.error_code, 0)
    rows = session.execute(
        select(Message.status, code.label("code"), func.count().label("messages"), func.sum(lag_s).label("lag_s"))
        .where(
            Message.status.in_(HANDED_OVER), Message.claimed_at >= hour, Message.claimed_at < hour + HOUR, service.REAL
        )
        .group_by(Message.status, code)
    )
    found = {(row.status, row.code): (row.messages, round(row.lag_s or 0)) for row in rows}
    known = _of_hour(session, hour)
    changed: dict[Key, tuple[int, int]] = {}
    for key in found.keys() | known.keys():
        new, old = found.get(key, (0, 0)), known.get(key, (0, 0))
        if new != old and (key[0] not in FINAL or new[0] >= old[0]):
            changed[key] = new
    _write(session, hour, changed)


def _of_hour(session: Session, hour: datetime) -> dict[Key, tuple[int, int]]:
    rows = session.scalars(select(OutcomeHour).where(OutcomeHour.hour == hour))
    return {(one.status, one.code): (one.messages, one.lag_s) for one in rows}


def _write(session: Session, hour: datetime, counts: Mapping[Key, tuple[int, int]]) -> None:
    unique = [OutcomeHour.hour, OutcomeHour.status, OutcomeHour.code]
    for (status, code), (messages, lag_s) in sorted(counts.items()):
        row = {"hour": hour, "status": status, "code": code, "messages": messages, "lag_s": lag_s}
        upsert(session, OutcomeHour, row, unique=unique, changed=[OutcomeHour.messages, OutcomeHour.lag_s])


def totals(session: Session) -> dict[Key, int]:
    """Of all times: how many messages ended at each outcome, by the carrier's code."""
    rows = session.execute(
        select(OutcomeHour.status, OutcomeHour.code, func.sum(OutcomeHour.messages))
        .where(OutcomeHour.status.in_(FINAL))
        .group_by(OutcomeHour.status, OutcomeHour.code)
    )
    return {(status, code): int(count) for status, code, count in rows}


@dataclass
class Hour:
    """One hour as it is drawn: the queue at its fullest, and what became of what left in it.

    ``queued`` is None when no jobs process measured anything. ``lag_s`` is the mean of those that arrived.
    """

    at: datetime
    queued: int | None = None
    oldest_due_s: int = 0
    counts: dict[Status, int] = field(default_factory=dict)
    lag_s: float | None = None

    @property
    def left(self) -> int:
        """How many were handed to the carrier."""
        return sum(self.counts.values())

    @property
    def moving(self) -> int:
        """How many of them nothing final was said of."""
        return self.of(*MOVING)

    def of(self, *statuses: Status) -> int:
        return sum(self.counts.get(status, 0) for status in statuses)


def hours(session: Session, *, now: datetime, count: int = 24) -> Sequence[Hour]:
    """The last hours, this one first."""
    this = _floor(now, HOUR)
    found = {this - back * HOUR: Hour(this - back * HOUR) for back in range(count)}
    since = this - (count - 1) * HOUR
    for taken in session.scalars(select(SendingSample).where(SendingSample.at >= since)):
        hour = found.get(_floor(taken.at, HOUR))
        if hour is not None:
            hour.queued = max(hour.queued or 0, taken.queued)
            hour.oldest_due_s = max(hour.oldest_due_s, taken.oldest_due_s)
    for row in _outcomes(session, since):
        hour = found.get(row.hour)
        if hour is not None:
            hour.counts[row.status] = hour.counts.get(row.status, 0) + row.messages
            if row.status is Status.DELIVERED and row.messages:
                hour.lag_s = row.lag_s / row.messages
    return list(found.values())


def codes(session: Session, *, now: datetime, count: int = 24) -> list[tuple[int, int]]:
    """The carrier's codes of the last hours with how many messages each ended, the most frequent first."""
    counts: dict[int, int] = {}
    for row in _outcomes(session, _floor(now, HOUR) - (count - 1) * HOUR):
        if row.status in FINAL and row.status is not Status.DELIVERED:
            counts[row.code] = counts.get(row.code, 0) + row.messages
    return sorted(((code, n) for code, n in counts.items() if n), key=lambda one: (-one[1], one[0]))


def _outcomes(session: Session, since: datetime) -> Iterator[OutcomeHour]:
    yield from session.scalars(select(OutcomeHour).where(OutcomeHour.hour >= since))


def _sum(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    return one[0] + other[0], one[1] + other[1]


def _floor(at: datetime, step: timedelta) -> datetime:
    """The beginning of the step that an instant is in."""
    seconds = step.total_seconds()
    return datetime.fromtimestamp(at.timestamp() // seconds * seconds, UTC)
