"""The one place that asks what time it is; everyone else receives ``now``."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def utc_now() -> datetime:
    """The present instant, aware and in UTC."""
    return datetime.now(UTC)
