"""The plain model: who was to be texted by what, what was stopped when, and what must be true after every step."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays

from app.consent.families import Family
from app.messaging.models import MailingState
from app.messaging.status import Status
from tests.any_order.network import Network

PARIS = ZoneInfo("Europe/Paris")
ONE_MOMENT = timedelta(seconds=1)
"""What was claimed in the same second as a stop may still leave."""
LONGEST_IN_HAND = timedelta(seconds=45)
"""A claim held longer than « doubt after » less the carrier's timeout is handed to nobody."""
AFTERTHOUGHT = timedelta(seconds=30)
ORDER = {
    Status.QUEUED: 0,
    Status.SENDING: 1,
    Status.UNKNOWN: 2,
    Status.ACCEPTED: 3,
    Status.SENT: 4,
    Status.DELIVERED: 5,
    Status.UNDELIVERED: 5,
    Status.FAILED: 5,
    Status.WITHDRAWN: 5,
}
TAKEN = {Status.ACCEPTED, Status.SENT, Status.DELIVERED, Status.UNDELIVERED}
UNASKED = {Status.ACCEPTED, Status.SENT}
"""Where a text ends whose reports were lost, once it is too old to be asked about."""
FREE = {Status.FAILED, Status.WITHDRAWN}
HELD = set(Status) - {Status.QUEUED, Status.WITHDRAWN}
OFF_DAYS = holidays.country_holidays("FR", years=range(2026, 2029))


@dataclass
class Person:
    """Somebody, at a phone that they may share."""

    contact_id: int
    phone: str
    fingerprint: str


@dataclass
class Sending:
    """One mailing. ``phones`` are those that are to have its text, None while it is not written yet."""

    serial: int
    family: Family
    posted_at: datetime
    campaign_id: int | None
    people: list[Person]
    phones: set[str] | None = None
    stopped_at: datetime | None = None
    is_ended: bool = False
    expires_at: datetime | None = None


@dataclass
class Model:
    """What a backup takes with it. ``before`` is each message as the last look found it."""

    people: list[Person] = field(default_factory=list)
    refused_at: dict[str, datetime] = field(default_factory=dict)
    sendings: dict[int, Sending] = field(default_factory=dict)
    before: dict[int, object] = field(default_factory=dict)
    halted_at: datetime | None = None


def is_open(family: Family, at: datetime) -> bool:
    """Whether a phone in Paris may ring: 8 to 21 every day for what informs, else 9 to 20 on working days."""
    local = at.astimezone(PARIS)
    if family is Family.SERVICE:
        return 8 <= local.hour < 21
    return 9 <= local.hour < 20 and local.weekday() < 6 and date(local.year, local.month, local.day) not in OFF_DAYS


def may_be_handed_over(model: Model, sending: Sending, row: object, network: Network, now: datetime) -> list[str]:
    """What is wrong with handing this message over at this instant; nothing when all is well."""
    lately = now - ONE_MOMENT
    wrong = {
        "its mailing was stopped": sending.stopped_at is not None and sending.stopped_at < lately,
        "all sending was stopped": model.halted_at is not None and model.halted_at < lately,
        "its reader refused": row.phone in model.refused_at and model.refused_at[row.phone] < lately,
        "it is no hour for it": not is_open(sending.family, now),
        "its time is over": row.not_after < now,
        "what it speaks of is over": sending.expires_at is not None and sending.expires_at < now,
        "its author may still change their mind": now < sending.posted_at,
        "nobody has written down that it leaves": row.status is not Status.SENDING,
        "it was in hand too long": now - row.claimed_at > LONGEST_IN_HAND,
    }
    earlier = [one for one in network.texts if (one.mailing, one.phone) == (sending.serial, row.phone)]
    wrong["its reader has it, or may"] = not all(one.allows_another for one in earlier)
    wrong["it had its second try"] = sum(one.was_off for one in earlier) > 1
    return [why for why, is_wrong in wrong.items() if is_wrong]


def check_orders(model: Model, messages: list, network: Network) -> None:
    """No status goes back, but a claim that surely left nothing, and an end of ours that the carrier contradicts."""
    left = {one.public_id for one in network.texts}
    for one in messages:
        was = model.before.get(one.id)
        if was is None or one.status is was.status:
            continue
        if (was.status, one.status) == (Status.SENDING, Status.QUEUED):
            assert one.public_id not in left, "what left waits again"
        elif was.status is Status.FAILED and was.reason:
            assert one.status in TAKEN, (was.status, one.status)
        elif ORDER[was.status] == 5:
            assert not one.is_latest and one.status is Status.DELIVERED, (was.status, one.status)
        else:
            assert ORDER[one.status] > ORDER[was.status], (was.status, one.status)


def check_nobody_lost(sending: Sending, messages: list) -> None:
    """Each phone stands at exactly one place, by its latest message; who does not get it, for a reason."""
    latest = Counter(one.phone for one in messages if one.is_latest)
    assert latest == Counter(sending.phones or ()), (latest, sending.phones)
    for one in messages:
        if one.status is Status.WITHDRAWN:
            assert one.reason, "withdrawn without a word"
        if one.attempt > 1:
            assert any((each.phone, each.attempt) == (one.phone, one.attempt - 1) for each in messages)


def check_sums(mailing: object, messages: list, progress: object) -> None:
    """Progress, price and what is spent of the cap are what the rows say one by one."""
    assert dict(progress.counts) == dict(Counter(one.status for one in messages if one.is_latest))
    costly = [one for one in messages if one.status not in FREE or one.carrier_sid]
    assert progress.price_micros == sum(one.price_micros for one in costly)
    assert mailing.spent_micros == sum(one.price_micros for one in costly if one.status in HELD)


def check_states(sending: Sending, state: MailingState, now: datetime) -> None:
    """Only a person opens again what was stopped; what the engine stopped by itself counts from now on."""
    if state is MailingState.OPEN:
        assert sending.stopped_at is None, "opened again by nobody"
    else:
        sending.stopped_at = sending.stopped_at or now
    is_over = state in (MailingState.CANCELLED, MailingState.CLOSED)
    assert is_over or not sending.is_ended, "begun again after its end"
    sending.is_ended = is_over


def check_ends(sending: Sending, messages: list, network: Network) -> None:
    """Once the world is calm: whoever has the text is known to, and nobody has it twice."""
    mine = [one for one in network.texts if one.mailing == sending.serial]
    for phone in sending.phones or ():
        arrived = [one for one in mine if one.phone == phone and one.word == "delivered"]
        # A phone that was off may take the first text after all, when the second is on its way or instead of it.
        surely = [one for one in arrived if not one.was_off]
        assert len(surely) <= 1, "texted twice"
        statuses = {one.status for one in messages if one.phone == phone}
        assert arrived or Status.DELIVERED not in statuses, "nobody has it"
        assert not surely or statuses & {Status.DELIVERED, *UNASKED}, (phone, statuses)


def start() -> datetime:
    """A Tuesday at noon, a month before any holiday."""
    return datetime(2026, 3, 3, 11, tzinfo=UTC)
