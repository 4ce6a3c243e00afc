"""Until when a message is worth sending: the hours of its family, and what its mailing has lived through since."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.consent import hours, wording
from app.consent.families import Family
from app.consent.hours import HoursException, Slot
from app.database.ids import MailingId, SpaceId
from app.messaging.claims import Waiting
from app.messaging.models import Mailing, MailingState, Message
from app.messaging.status import Status

_WINDOWS = {"any_hour": None, "urgent": hours.URGENT}
_NO_END = datetime(9999, 1, 1, tzinfo=UTC)


def slot(mailing: Mailing, space: Space, zone: str, at: datetime) -> Slot:
    """The opening that a message of the mailing, to a phone in ``zone``, may leave in from ``at`` on."""
    return hours.slot(mailing.family, zone, at, holds=space.hours_hold, exception=_exception(mailing))


def departure(mailing: Mailing, space: Space, at: datetime) -> str:
    """When messages of the mailing due ``at`` leave, where the space is, in words; empty when that is ``at``."""
    exception = _exception(mailing)
    return wording.departure(mailing.family, space.zone, at, holds=space.hours_hold, exception=exception)


def allow(mailing: Mailing, exception: HoursException | None) -> None:
    """Write down the exception that a person took upon themselves for a mailing."""
    if exception is None:
        return
    mailing.exception_by, mailing.exception_until = exception.by, exception.until
    mailing.exception_window = "any_hour" if exception.window is None else "urgent"
    mailing.ignores_hours = exception.window is None and mailing.family is Family.SERVICE


def until(mailing: Mailing, space: Space, zone: str, at: datetime, *, late: timedelta | None = None) -> datetime:
    """The last moment of a message due ``at``; ``late`` after its recipient's hours have opened, if given."""
    if late is not None:
        end = slot(mailing, space, zone, at).opens_at + late
    else:
        end = hours.valid_until(mailing.family, zone, at, holds=space.hours_hold)
    return min(end, mailing.expires_at) if mailing.expires_at else end


def last_moment(mailing: Mailing, space: Space, message: Message | Waiting) -> datetime:
    """The last moment of a queued message: later than was written on it once its mailing was renewed."""
    return last_moment_of(mailing, space, message.zone, message.not_after)


def last_moment_of(mailing: Mailing, space: Space, zone: str, not_after: datetime) -> datetime:
    """The same of whatever messages of the mailing go to a ``zone`` and bear this end."""
    end = not_after
    if mailing.renewed_at:
        end = max(end, until(mailing, space, zone, mailing.renewed_at))
    return min(end, mailing.expires_at) if mailing.expires_at else end


class Times:
    """When messages of one mailing may leave from an instant on, worked out once for each zone and end."""

    def __init__(self, mailing: Mailing, space: Space, now: datetime) -> None:
        self._mailing, self._space, self._now = mailing, space, now
        self._slots: dict[str, Slot] = {}
        self._ends: dict[tuple[str, datetime], datetime] = {}
        self._left: dict[tuple[str, datetime], int] = {}

    def slot(self, zone: str) -> Slot:
        """The opening that one to a phone in ``zone`` may leave in."""
        found = self._slots.get(zone)
        if found is None:
            found = self._slots[zone] = slot(self._mailing, self._space, zone, self._now)
        return found

    def last_moment(self, message: Waiting) -> datetime:
        """The message's: see the function of that name."""
        key = message.zone, message.not_after
        found = self._ends.get(key)
        if found is None:
            found = self._ends[key] = last_moment(self._mailing, self._space, message)
        return found

    def seconds_left(self, message: Waiting) -> int:
        """How long the carrier may keep trying: a phone switched on at night receives nothing of ours then."""
        key = message.zone, message.not_after
        found = self._left.get(key)
        if found is None:
            until = min(self.slot(message.zone).closes_at, self.last_moment(message))
            found = self._left[key] = int((until - self._now).total_seconds())
        return found


def renew(session: Session, mailing: Mailing, *, now: datetime) -> datetime:
    """Give the messages of a resumed mailing, queued or still to be written, time anew; when the last of it ends."""
    mailing.renewed_at = now
    space = session.get_one(Space, mailing.space_id)
    queued = select(Message.zone).where(Message.mailing_id == mailing.id, Message.status == Status.QUEUED)
    zones = {space.zone, *session.scalars(queued.distinct())}
    return max(until(mailing, space, zone, now) for zone in zones)


def put_off(session: Session, mailings: Mapping[MailingId, datetime]) -> None:
    """Give the messages of mailings time anew, {mailing id: from when}. Their rows are held by whoever calls."""
    for mailing_id, at in mailings.items():
        session.execute(update(Mailing).where(Mailing.id == mailing_id).values(renewed_at=at))


def waiting_for(session: Session, senders: Iterable[tuple[SpaceId, str]]) -> dict[tuple[SpaceId, str], list[MailingId]]:
    """The mailings with queued messages of each of these senders, {(space id, sender): mailing ids}."""
    queued = exists().where(Message.mailing_id == Mailing.id, Message.status == Status.QUEUED)
    alive = (
        select(Mailing.id)
        .where(Mailing.state.in_((MailingState.OPEN, MailingState.PAUSED)), queued)
        .order_by(Mailing.id)
    )
    return {
        (space_id, sender): list(
            session.scalars(alive.where(Mailing.space_id == space_id, Mailing.sender == sender)).all()
        )
        for space_id, sender in senders
    }


def _exception(mailing: Mailing) -> HoursException | None:
    if mailing.exception_until is not None:
        window = _WINDOWS[mailing.exception_window or "urgent"]
        return HoursException(mailing.exception_by or "", mailing.exception_until, window)
    old = mailing.ignores_hours and mailing.family is Family.SERVICE
    return HoursException("", _NO_END, None) if old else None
