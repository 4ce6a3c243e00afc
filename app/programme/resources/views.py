"""Honest counts of views: once a day for somebody, nothing kept by which they could be known the next day.

Whoever reads is a fingerprint made with the salt of the day. The salt is in the database, so that every process makes
the same one, and goes with its fingerprints when the day in Paris is over: a tick sees to it, and so does the next
day's first view.
"""

from datetime import date, datetime
from secrets import token_hex

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.clock import PARIS
from app.database.engine import insert_missing
from app.database.ids import ResourceId
from app.programme.resources import browsers
from app.programme.resources.models import ResourceMonth, ViewMark, ViewSalt

ADDRESS_MAX = 20
"""Views of one page in a day from one address: a meeting room, not a program that invents browsers (P)."""


def day_of(now: datetime) -> date:
    """The day in Paris."""
    return now.astimezone(PARIS).date()


def is_new(session: Session, resource_id: ResourceId, *, address: str, agent: str, now: datetime) -> bool:
    """Whether this reader has not been counted today: a question that writes nothing, since most are repeats."""
    salt = session.scalar(select(ViewSalt.salt).where(ViewSalt.day == day_of(now)))
    if salt is None:
        return True
    mark = browsers.mark(salt, resource_id, address=address, agent=agent)
    known = session.scalar(select(ViewMark.mark).where(ViewMark.mark == mark))
    return known is None and not _is_crowded(session, browsers.source(salt, resource_id, address=address))


def count(session: Session, resource_id: ResourceId, *, address: str, agent: str, now: datetime) -> bool:
    """Count a view of a browser, unless the same was counted today; whether it was counted."""
    day = day_of(now)
    salt = _salt(session, day)
    source = browsers.source(salt, resource_id, address=address)
    if _is_crowded(session, source):
        return False
    row = {"mark": browsers.mark(salt, resource_id, address=address, agent=agent), "source": source, "day": day}
    if not insert_missing(session, ViewMark, [row], unique=[ViewMark.mark], returning=ViewMark.mark):
        return False
    month = {"resource_id": resource_id, "month": day.replace(day=1), "views": 0}
    unique = [ResourceMonth.resource_id, ResourceMonth.month]
    insert_missing(session, ResourceMonth, [month], unique=unique, returning=ResourceMonth.views)
    session.execute(
        update(ResourceMonth)
        .where(ResourceMonth.resource_id == resource_id, ResourceMonth.month == month["month"])
        .values(views=ResourceMonth.views + 1)
    )
    return True


def forget_ended_days(session: Session, *, now: datetime) -> None:
    """Throw away the salt and the fingerprints of the days that are over."""
    _forget_before(session, day_of(now))


def _salt(session: Session, day: date) -> str:
    """The day's own, made by whoever comes first, who throws those of earlier days away.

    A view that began before midnight may come after one that began later: the newer day stays.
    """
    known = session.scalar(select(ViewSalt.salt).where(ViewSalt.day == day))
    if known is not None:
        return known
    row = {"day": day, "salt": token_hex(32)}
    if insert_missing(session, ViewSalt, [row], unique=[ViewSalt.day], returning=ViewSalt.day):
        _forget_before(session, day)
    return session.scalars(select(ViewSalt.salt).where(ViewSalt.day == day)).one()


def _forget_before(session: Session, day: date) -> None:
    session.execute(delete(ViewMark).where(ViewMark.day < day))
    session.execute(delete(ViewSalt).where(ViewSalt.day < day))


def _is_crowded(session: Session, source: str) -> bool:
    return (session.scalar(select(func.count()).where(ViewMark.source == source)) or 0) >= ADDRESS_MAX
