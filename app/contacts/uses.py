"""What the rooms above make of a list, a tag or a field: asked before it goes, told when it does.

Assembly hands ``Uses`` to the database, whose sessions carry it (``Database.handed``); without it nothing is used.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.database.ids import SpaceId


@dataclass(frozen=True)
class Users:
    """Names of what would miss a thing."""

    segments: Sequence[str] = ()
    """They name it, or name one that does: without it they are to be mended, and choose nobody."""
    stopped: Sequence[str] = ()
    """Campaigns to come whose people one of these segments chooses: they do not leave."""
    without: Sequence[str] = ()
    """Campaigns to come that name the thing itself: they leave without it."""


@dataclass(frozen=True)
class Uses:
    """``find``: what would miss a thing, given the field of rules that holds it and its id, or some of its choices
    alone. ``let_go``: the same thing, and what it was called, which its id will tell nobody."""

    find: Callable[[Session, SpaceId, str, int, Collection[str]], Users]
    let_go: Callable[[Session, SpaceId, str, int, str], None]


def users(session: Session, space_id: SpaceId, field: str, id: int, choices: Collection[str] = ()) -> Users:
    """What would miss it; ``field`` is « lists » or « tags », or « custom » for a field.

    ``choices`` are some of the field's, folded: what would miss these alone.
    """
    found = session.info.get(Uses)
    return found.find(session, space_id, field, id, choices) if isinstance(found, Uses) else Users()


def let_go(session: Session, space_id: SpaceId, field: str, id: int, name: str) -> None:
    """It is about to go: what names it is to be mended."""
    found = session.info.get(Uses)
    if isinstance(found, Uses):
        found.let_go(session, space_id, field, id, name)
