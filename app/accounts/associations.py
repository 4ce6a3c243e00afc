"""Associations: one row each, by its name as people compare them, and by its live space once it has one."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Association, Space
from app.database.engine import insert_missing
from app.database.ids import SpaceId

NAME_MAX = 120


def fold(name: str) -> str:
    """The name as it is compared: « Les  AMIS » is « les amis »."""
    return " ".join(name.split()).casefold()


def find_home(session: Session, name: str) -> Space | None:
    """The live space of the association of this name, if there is such a one and it has a space."""
    query = select(Space).join(Association, Association.space_id == Space.id).where(Association.folded == fold(name))
    return session.scalar(query) if name.isprintable() else None  # PostgreSQL takes no NUL in a text


def of_space(session: Session, space_id: SpaceId) -> Association | None:
    """The association whose own live space it is; None for any other space."""
    query = select(Association).where(Association.space_id == space_id)
    return session.scalar(query.order_by(Association.id).limit(1))


def find_or_make(session: Session, *, name: str, space_id: SpaceId | None, now: datetime) -> Association:
    """The association of a live space, or else of a name; made when there is none.

    One known by its name alone takes the live space it is now given; nobody's space is ever changed for another.
    """
    if space_id is not None:
        known = session.scalar(select(Association).where(Association.space_id == space_id).order_by(Association.id))
        if known is not None:
            return known
    shown = " ".join(name.split())[:NAME_MAX]
    row = {"name": shown, "folded": fold(shown), "space_id": space_id, "created_at": now}
    insert_missing(session, Association, [row], unique=[Association.folded], returning=Association.id)
    found = session.scalars(select(Association).where(Association.folded == fold(shown)).with_for_update()).one()
    if found.space_id is None:
        found.space_id = space_id
    return found
