"""Failures slowed down: counted in our table, so that every process and machine agrees. Successes are free."""

from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.accounts.models import Failure
from app.database.engine import insert_missing
from app.errors import TooMany
from app.french.language import _, ngettext

WINDOW = timedelta(minutes=15)
FREE = 5
"""Failures within the window before the waiting begins."""
LONGEST_WAIT_S = 900
MINUTE_S = 60


def check(session: Session, key: str, *, now: datetime) -> None:
    """Raise TooMany while ``key`` has to wait."""
    failure = session.get(Failure, key[:80])
    if failure:
        _refuse_while_blocked(failure, now)


def count(session: Session, key: str, *, now: datetime, free: int = FREE, max_wait_s: int = LONGEST_WAIT_S) -> None:
    """Note one failure of ``key``; past ``free`` of them the wait doubles each time, up to ``max_wait_s``."""
    _count(_locked(session, key, now), now, free, max_wait_s)


def take(
    session: Session,
    key: str,
    *,
    now: datetime,
    free: int = FREE,
    max_wait_s: int = LONGEST_WAIT_S,
    window: timedelta = WINDOW,
) -> None:
    """Count a try before its outcome is known, or raise TooMany while ``key`` has to wait.

    A hundred guesses sent at once would all pass a check that comes before their counting. A success forgets the key.
    """
    failure = _locked(session, key, now)
    _refuse_while_blocked(failure, now)
    _count(failure, now, free, max_wait_s, window)


def forget(session: Session, key: str) -> None:
    """A success clears its key."""
    session.execute(delete(Failure).where(Failure.key == key[:80]))


def _locked(session: Session, key: str, now: datetime) -> Failure:
    insert_missing(
        session,
        Failure,
        [{"key": key[:80], "count": 0, "since": now}],
        unique=[Failure.key],
        returning=Failure.key,
    )
    return session.get_one(Failure, key[:80], with_for_update=True)


def _count(failure: Failure, now: datetime, free: int, max_wait_s: int, window: timedelta = WINDOW) -> None:
    if now - failure.since > window:
        failure.count, failure.since = 0, now
    failure.count += 1
    if failure.count > free:
        wait_s = min(max_wait_s, 2 ** min(failure.count - free, 10))
        failure.blocked_until = now + timedelta(seconds=wait_s)


def _refuse_while_blocked(failure: Failure, now: datetime) -> None:
    if failure.blocked_until and failure.blocked_until > now:
        wait_s = max(1, round((failure.blocked_until - now).total_seconds()))
        raise TooMany("too_many_failures", _wait(wait_s), retry_after_s=wait_s)


def _wait(seconds: int) -> str:
    """When to come back, in minutes rounded up from one minute on."""
    if seconds < MINUTE_S:
        one = _("Trop d'essais. Attendez %(n)s seconde puis recommencez.")
        return ngettext(one, _("Trop d'essais. Attendez %(n)s secondes puis recommencez."), seconds)
    one = _("Trop d'essais. Recommencez dans %(n)s minute.")
    return ngettext(one, _("Trop d'essais. Recommencez dans %(n)s minutes."), ceil(seconds / MINUTE_S))
