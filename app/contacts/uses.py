"""What the rooms above make of a list, a tag or a field: asked before it goes, told when it does.

Assembly hands ``Uses`` to the database, whose sessions carry it (``Database.handed``); without it nothing is used.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Uses:
    """``names``: of the segments and campaigns to come that name a thing, given the field of rules that holds it and
    its id. ``let_go``: the same, and what it was called: its id may be another's one day."""

    names: Callable[[Session, int, str, int], list[str]]
    let_go: Callable[[Session, int, str, int, str], None]


def users(session: Session, space_id: int, field: str, id: int) -> list[str]:
    """The names of what would miss it; ``field`` is « lists » or « tags », or « custom » for a field."""
    found = session.info.get(Uses)
    return found.names(session, space_id, field, id) if isinstance(found, Uses) else []


def let_go(session: Session, space_id: int, field: str, id: int, name: str) -> None:
    """It is about to go: what names it is to be mended."""
    found = session.info.get(Uses)
    if isinstance(found, Uses):
        found.let_go(session, space_id, field, id, name)
