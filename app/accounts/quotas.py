"""How often something may be done in a day and a month of Paris. Counted in our table; no success clears it."""

from datetime import date, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts.quota_models import Quota
from app.clock import PARIS
from app.database.engine import insert_missing
from app.errors import TooMany
from app.french.language import _


def take(session: Session, key: str, *, a_day: int, a_month: int | None = None, now: datetime) -> int:
    """Use one of ``key``'s turns; how many are used today, this one included. Raises TooMany when none is left."""
    if a_month is not None and _take(session, *_month(key, now), limit=a_month) is None:
        sentence = _("C'est assez pour ce mois. Demandez de l'aide au programme.")
        raise TooMany("too_many_this_month", sentence, retry_after_s=rest(now))
    used = _take(session, *_day(key, now), limit=a_day)
    if used is None:
        raise TooMany("too_many_today", _("C'est assez pour aujourd'hui. Recommencez demain."), retry_after_s=rest(now))
    return used


def is_used_up(session: Session, key: str, *, a_day: int, now: datetime) -> bool:
    """Whether today's turns are gone."""
    name, starts_on = _day(key, now)
    used = session.scalar(select(Quota.used).where(Quota.key == name, Quota.starts_on == starts_on))
    return (used or 0) >= a_day


def rest(now: datetime) -> int:
    """The seconds until tomorrow in Paris, when it is worth asking again."""
    local = now.astimezone(PARIS)
    midnight = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return max(1, round(midnight.timestamp() - now.timestamp()))


def _day(key: str, now: datetime) -> tuple[str, date]:
    return f"d:{key}"[:80], now.astimezone(PARIS).date()


def _month(key: str, now: datetime) -> tuple[str, date]:
    return f"m:{key}"[:80], now.astimezone(PARIS).date().replace(day=1)


def _take(session: Session, key: str, starts_on: date, *, limit: int) -> int | None:
    row = {"key": key, "starts_on": starts_on, "used": 0}
    insert_missing(session, Quota, [row], unique=[Quota.key, Quota.starts_on], returning=Quota.key)
    return session.scalar(
        update(Quota)
        .where(Quota.key == key, Quota.starts_on == starts_on, Quota.used < limit)
        .values(used=Quota.used + 1)
        .returning(Quota.used)
    )
