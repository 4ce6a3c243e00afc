"""When a form was shown, signed, so that the page needs no cookie: programs fill in forms at once. Pure."""

import hmac
import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256

MIN_AGE = timedelta(seconds=2)
"""Nobody reads the page and fills it in sooner (P)."""
MAX_AGE = timedelta(hours=24)
"""A page kept open longer may say what is true no more (P)."""
_STAMP = re.compile(r"(\d{1,12})\.([0-9a-f]{64})")


class Age(StrEnum):
    """What a stamp tells. ``unknown`` is one that we did not sign for this page."""

    FINE = "fine"
    TOO_FAST = "too_fast"
    TOO_OLD = "too_old"
    UNKNOWN = "unknown"


def make(page: str, *, key: str, now: datetime) -> str:
    """« 1764111128.9f… »: the second at which ``page`` was shown, signed."""
    shown = str(int(now.timestamp()))
    return f"{shown}.{_signature(shown, page, key)}"


def read(stamp: str, page: str, *, key: str, now: datetime) -> Age:
    """How old the form of ``page`` is."""
    found = _STAMP.fullmatch(stamp)
    if found is None or not hmac.compare_digest(found[2], _signature(found[1], page, key)):
        return Age.UNKNOWN
    age = now - datetime.fromtimestamp(int(found[1]), UTC)
    return Age.TOO_FAST if age < MIN_AGE else Age.TOO_OLD if age > MAX_AGE else Age.FINE


def _signature(shown: str, page: str, key: str) -> str:
    return hmac.new(key.encode(), f"sign-up:{page}:{shown}".encode(), sha256).hexdigest()
