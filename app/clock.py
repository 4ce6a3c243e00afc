"""The one place that asks what time it is; everyone else receives ``now``."""

import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def utc_now() -> datetime:
    """The present instant, aware and in UTC."""
    return datetime.now(UTC)


def awake_s() -> float:
    """Seconds that never go back, from an arbitrary beginning. On Linux they count a machine's sleep too."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
