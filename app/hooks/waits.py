"""When a delivery that failed is tried again, and when its receiver is given up. Pure."""

from datetime import datetime, timedelta

WAITS_S = (10, 60, 300, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 24 * 3600, 24 * 3600)
"""Before the second attempt, the third and so on: a weekend's outage loses nothing, and the last comes before
``GIVEN_UP_AFTER``.
"""
ATTEMPTS = len(WAITS_S) + 1
LONGEST_REST_S = 3600
"""A receiver that fails is asked at least so often while something waits for it."""
GIVEN_UP_AFTER = timedelta(days=3)
MIN_FAILURES = 6
"""Fewer may be old news and one bad minute today."""
UNASKED = timedelta(hours=25)
"""More than the longest wait: nobody asked for so long that the silence was ours, for want of news or of jobs."""


def next_attempt(attempts: int, *, now: datetime) -> datetime | None:
    """After so many attempts, the last one failed; None when that was the last of all."""
    return now + timedelta(seconds=WAITS_S[attempts - 1]) if 0 < attempts < ATTEMPTS else None


def rest(failures: int, *, now: datetime) -> datetime:
    """Until when a receiver that failed so many times in a row is left alone, whatever waits for it."""
    return now + timedelta(seconds=min(WAITS_S[min(failures, len(WAITS_S)) - 1], LONGEST_REST_S))


def is_old(failing_since: datetime | None, served_at: datetime, *, now: datetime) -> bool:
    """Whether the failures before ``served_at`` tell nothing of the days since."""
    return failing_since is not None and now - served_at > UNASKED


def is_lost(failures: int, failing_since: datetime, *, now: datetime) -> bool:
    """Whether nobody has answered there for so long that calling on makes no sense."""
    return failures >= MIN_FAILURES and now - failing_since >= GIVEN_UP_AFTER
