"""What the headers of the carrier's answers say of time."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache

from app.clock import utc_now

SHORTEST_WAIT_S = 1.0
"""Before asking again, when a 429 does not say when, or says a time gone by."""
LONGEST_WAIT_S = 900.0
"""The longest that a 429 is believed. Twilio's limits are by the second; a quarter of an hour asks again four times in
the hour, which no limit minds, while a header of 100,000 s would hold a sender for a day."""


def skew_s(header: str | None) -> float | None:
    """How far ahead of our clock a Date header is; None for one that cannot be read."""
    said = _instant(header or "")
    return (said - utc_now()).total_seconds() if said else None


@lru_cache(maxsize=8)  # hundreds of answers bear the same second
def _instant(header: str) -> datetime | None:
    try:
        said = parsedate_to_datetime(header)
    except ValueError:
        return None
    return said if said.tzinfo else said.replace(tzinfo=UTC)


def retry_after_s(header: str | None, *, now: datetime) -> float:
    """How long a Retry-After asks to wait, in seconds or until an HTTP date, within ``LONGEST_WAIT_S``."""
    if not header or not header.isascii():
        return SHORTEST_WAIT_S
    if header.replace(".", "", 1).isdigit():
        asked_s = float(header)
    else:
        try:
            until = parsedate_to_datetime(header)
        except ValueError:
            return SHORTEST_WAIT_S
        asked_s = ((until if until.tzinfo else until.replace(tzinfo=UTC)) - now).total_seconds()
    return min(asked_s if asked_s > 0 else SHORTEST_WAIT_S, LONGEST_WAIT_S)
