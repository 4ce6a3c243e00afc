"""What goes of a practice space that has ended: an own list at once, pretend people a month later."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, inspect, select
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.database.ids import SpaceId
from app.database.tables import Base
from app.workshops.models import PracticeSpace

OWN, PRETEND, PURGED = "own", "pretend", "purged"
"""Where the people of a practice space come from."""
SETTLED_AFTER = timedelta(minutes=30)
"""A reply or a receipt on its way when the workshop ends has come in by then."""
KEPT_FOR = timedelta(days=30)
"""How long pretend people and their messages stay, for a trainer to look back; a choice of the house."""
_KEPT = {"activities", "campaigns", "mailings", "tallies", "seats", "step_ticks", "practice_spaces", "workshops"}
"""Acts, the texts that participants wrote, and figures: summaries, results and « Passer au réel » are made of them, and
nobody is in them."""


def purge(session: Session, space_id: SpaceId) -> None:
    """Delete every row of the copy that could speak of somebody: what a later feature adds goes too."""
    session.flush()
    emptied = [t for t in reversed(Base.metadata.sorted_tables) if "space_id" in t.c and t.name not in _KEPT]
    for one in [one for one in session if getattr(one, "space_id", None) == space_id]:
        if inspect(type(one)).local_table in emptied:
            session.expunge(one)  # nothing writes again what is gone
    for table in emptied:
        session.execute(delete(table).where(table.c.space_id == space_id))


def waiting(session: Session) -> Sequence[Space]:
    """Copies of own lists that have ended, and may still receive what was on its way."""
    query = select(Space).join(PracticeSpace, PracticeSpace.space_id == Space.id)
    return session.scalars(
        query.where(PracticeSpace.source == OWN, PracticeSpace.archived_at.is_not(None)).order_by(Space.id)
    ).all()


def outlived(session: Session, *, now: datetime) -> Sequence[Space]:
    """Copies of the house's people that ended long enough ago, those that ended first before the others."""
    query = select(Space).join(PracticeSpace, PracticeSpace.space_id == Space.id)
    query = query.where(PracticeSpace.source == PRETEND, PracticeSpace.archived_at < now - KEPT_FOR)
    return session.scalars(query.order_by(PracticeSpace.archived_at, Space.id)).all()


def purge_again(session: Session, space_id: SpaceId, *, now: datetime) -> None:
    """Empty a copy that has ended; for the last time once nothing can be on its way to it."""
    copy = session.get_one(PracticeSpace, space_id)
    purge(session, space_id)
    if copy.archived_at is not None and now - copy.archived_at > SETTLED_AFTER:
        copy.source = PURGED
