"""A file's list: who comes on it, who stays off, and who leaves it when it is made like the file.

Somebody is in the file when their phone is: two people of one phone stay together, whatever first name is written, and
a row that does not come in for another of its cells names them all the same.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, aliased

from app.accounts import activity
from app.accounts.principal import Principal
from app.contacts import acts, lists
from app.contacts.archiving import PRESENT
from app.contacts.importing.entries import Entry, Skipped
from app.contacts.models import Contact, ContactList, Import, ListMember
from app.database.bulk import write_rows
from app.database.ids import SpaceId

_BATCH = 500


@dataclass(frozen=True)
class Leavers:
    """Who would leave, by name, and how many rows of the file nobody can be recognised by: no phone reads there."""

    people: list[Contact]
    unread: int


def leavers(session: Session, space_id: SpaceId, list_name: str, steps: Iterable[Entry | Skipped]) -> Leavers:
    """Who is on the list and not in the file, by name; nobody when there is no such list."""
    known = lists.find(session, space_id, list_name) if list_name.strip() else None
    steps = list(steps)
    unread = sum(not step.phone for step in steps)
    people = [] if known is None else _not_in(session, known, _phones(session, space_id, steps))
    return Leavers(sorted(people, key=lambda one: (one.sort_key, one.id)), unread)


def put_on(
    session: Session, one: Import, added: Collection[int], met: Sequence[int], *, by: Principal, now: datetime
) -> None:
    """Put a batch of the file's people on its list, but those of the ``met`` whom somebody had taken off it."""
    if not one.list_name or not (added or met):
        return
    target = lists.find_or_make(session, one.space_id, name=one.list_name, by=by, now=now)
    write_rows(session, ListMember, [{"contact_id": at} for at in added], names=("contact_id",), list_id=target.id)
    if not met:
        return
    off = lists.departed(session, target.id, met)
    if off and one.is_whole_list:
        lists.forget_departures(session, target.id, off)
        off = set()
    if off:
        one.kept_off = sorted({*one.kept_off, *off})
    lists.fill(session, target.id, [contact_id for contact_id in met if contact_id not in off])


def follow(session: Session, one: Import, steps: Iterable[Entry | Skipped], *, by: Principal, now: datetime) -> int:
    """Take off the list whoever its whole file does not name; how many left. They stay contacts."""
    target = lists.find(session, one.space_id, one.list_name) if one.is_whole_list else None
    if target is None:
        return 0
    gone = [person.id for person in _not_in(session, target, _phones(session, one.space_id, steps))]
    for start in range(0, len(gone), _BATCH):
        batch = gone[start : start + _BATCH]
        session.execute(delete(ListMember).where(ListMember.list_id == target.id, ListMember.contact_id.in_(batch)))
        lists.note_departures(session, target.id, batch, now=now)
    if gone:
        activity.record(
            session, target.space_id, acts.LIST_MADE_LIKE_FILE, by=by, now=now, subject_id=target.id, people=len(gone)
        )
    return len(gone)


def _phones(session: Session, space_id: SpaceId, steps: Iterable[Entry | Skipped]) -> set[str]:
    """The file's phones, and those of the people into whom somebody at one of them was merged."""
    phones = {step.phone for step in steps if step.phone}
    other = aliased(Contact)
    query = select(Contact.phone, other.phone).join(other, other.id == Contact.merged_into_id)
    merged = session.execute(query.where(Contact.space_id == space_id, other.space_id == space_id)).all()
    while more := {into for phone, into in merged if phone in phones} - phones:
        phones |= more
    return phones


def _not_in(session: Session, target: ContactList, phones: set[str]) -> list[Contact]:
    on_it = select(ListMember.contact_id).where(ListMember.list_id == target.id)
    members = session.scalars(
        select(Contact).where(Contact.space_id == target.space_id, PRESENT, Contact.id.in_(on_it)),
        execution_options={"yield_per": _BATCH},  # those who stay need not all be in memory
    )
    return [person for person in members if person.phone not in phones]
