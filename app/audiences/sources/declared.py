"""The fields of a space, from every room that declares some.

Assembly hands the rooms' own to the database (``Database.handed``), whose sessions carry them to services, jobs and web
alike; a database that was handed nothing has the contacts' fields and the shipped postcodes.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from app.audiences.fields import Fields, SegmentField
from app.audiences.sources.contact_fields import contact_fields
from app.audiences.sources.history_fields import history_fields
from app.audiences.sources.places import Places, read_places
from app.audiences.sources.profile_fields import profile_fields
from app.database.ids import SpaceId

Declare = Callable[[Session, SpaceId], Iterable[SegmentField]]
"""The fields that a room gives to the space of that id."""


FindUsers = Callable[[Session, SpaceId, str, int], Iterable[str]]
"""The names of what, in the space of that id, would miss the thing that a field of rules holds by this id."""


@dataclass(frozen=True)
class Declared:
    """What rules may speak of beside contacts, and where postcodes are."""

    rooms: tuple[Declare, ...] = ()
    users: tuple[FindUsers, ...] = ()
    places: Places = field(default_factory=read_places)


def declared_of(session: Session) -> Declared:
    """What the session's database was handed."""
    found = session.info.get(Declared)
    return found if isinstance(found, Declared) else Declared()


def fields_of(session: Session, space_id: SpaceId) -> Fields:
    """Everything a rule of this space may speak of, but its other segments (``segments.load``)."""
    declared = declared_of(session)
    rooms = (entry for room in declared.rooms for entry in room(session, space_id))
    people = contact_fields(session, space_id, declared.places)
    return Fields((*people, *profile_fields(session, space_id), *history_fields(space_id), *rooms))
