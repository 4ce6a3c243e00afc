"""The clock that every process over one database shares: the database's own."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import DateTime, String, func, select
from sqlalchemy.orm import Session

_POSTGRESQL = select(func.clock_timestamp(type_=DateTime(timezone=True)))
_SQLITE = select(func.strftime("%Y-%m-%dT%H:%M:%f", "now", type_=String))
_COUNTS_IN = timedelta(milliseconds=1)
"""SQLite cuts its instants so: the next one is told, that nothing written before seem to come after."""


def shared_now(session: Session) -> datetime:
    """The present instant by the database's clock, aware and in UTC.

    What one process writes and another judges by its age is dated so: the clocks of two machines may be minutes
    apart. SQLite has the clock of the one machine that it lives on.
    """
    if session.get_bind().dialect.name == "postgresql":
        return session.scalars(_POSTGRESQL).one().astimezone(UTC)
    return datetime.fromisoformat(session.scalars(_SQLITE).one()).replace(tzinfo=UTC) + _COUNTS_IN
