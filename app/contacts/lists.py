"""Lists of people: « Conducteurs », « Samedi matin »."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, delete, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.principal import Principal
from app.contacts import acts, uses
from app.contacts.archiving import PRESENT
from app.contacts.counts import Count, counted_to, counting
from app.contacts.models import Contact, ContactList, ListDeparture, ListMember
from app.contacts.naming import tidy, twin_key
from app.database.engine import insert_missing
from app.database.ids import ListId, SpaceId
from app.errors import NotFound, RuleBroken
from app.french.language import _

NAME_CHARACTERS = 80
SHOWN = 10_000
"""How far a page counts the people of each of many lists."""


@dataclass(frozen=True)
class Counted:
    """A list and how many people are on it."""

    id: int
    name: str
    people: int


def get(session: Session, space_id: SpaceId, list_id: ListId, *, lock: bool = False) -> ContactList:
    """A list of this space. Raises NotFound."""
    query = select(ContactList).where(ContactList.space_id == space_id, ContactList.id == list_id)
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound("list_unknown", _("Cette liste n'existe pas."))
    return found


def find(session: Session, space_id: SpaceId, name: str) -> ContactList | None:
    """The list of that name, or else of another spelling of it, if there is one."""
    return session.scalar(_spelt(space_id, name).limit(1))


def counted(session: Session, space_id: SpaceId) -> list[Counted]:
    """Every list of the space with its count, by name."""
    rows = session.execute(
        select(ContactList.id, ContactList.name, func.count(Contact.id))
        .outerjoin(ListMember, ListMember.list_id == ContactList.id)
        .outerjoin(Contact, and_(Contact.id == ListMember.contact_id, PRESENT))
        .where(ContactList.space_id == space_id)
        .group_by(ContactList.id, ContactList.name)
    )
    return sorted((Counted(*row) for row in rows), key=lambda one: one.name.casefold())


def named(session: Session, space_id: SpaceId) -> list[tuple[int, str]]:
    """The id and the name of every list of the space, by name; nobody is counted."""
    rows = session.execute(select(ContactList.id, ContactList.name).where(ContactList.space_id == space_id))
    return sorted(((row.id, row.name) for row in rows), key=lambda row: row[1].casefold())


def shown(session: Session, space_id: SpaceId) -> list[tuple[int, str, Count]]:
    """The same with how many people are on each, as far as a page counts."""
    few = select(ListMember.contact_id).where(ListMember.list_id == ContactList.id).correlate(ContactList)
    few_ids = (
        few.order_by(ListMember.contact_id).limit(SHOWN + 1).subquery()
    )  # bounded before it is joined, or PostgreSQL reads everybody
    people = select(few_ids.c.contact_id).join(Contact, Contact.id == few_ids.c.contact_id).where(PRESENT)
    query = select(ContactList.id, ContactList.name, counting(people.correlate(ContactList), SHOWN))
    rows = session.execute(query.where(ContactList.space_id == space_id)).all()
    return [(row[0], row[1], counted_to(row[2], SHOWN)) for row in sorted(rows, key=lambda row: row[1].casefold())]


def of_contacts(session: Session, contact_ids: Iterable[int]) -> Mapping[int, list[ContactList]]:
    """The lists each of these contacts is on."""
    found: dict[int, list[ContactList]] = {contact_id: [] for contact_id in contact_ids}
    for contact_id, one in session.execute(
        select(ListMember.contact_id, ContactList)
        .join(ContactList, ContactList.id == ListMember.list_id)
        .where(ListMember.contact_id.in_(found))
        .order_by(ContactList.name)
    ):
        found[contact_id].append(one)
    return found


def on_it(session: Session, one: ContactList, contact_ids: Collection[int]) -> set[int]:
    """Which of these contacts are on the list."""
    query = select(ListMember.contact_id).where(ListMember.list_id == one.id, ListMember.contact_id.in_(contact_ids))
    return set(session.scalars(query))


def make(session: Session, space_id: SpaceId, *, name: str, by: Principal, now: datetime) -> ContactList:
    """A new, empty list. Raises RuleBroken when the name is taken, empty or too long."""
    made = ContactList(space_id=space_id, name=checked_name(name), created_at=now)
    if twin := find(session, space_id, made.name):
        raise _taken(twin.name)
    _store(session, made)
    activity.record(session, space_id, acts.LIST_MADE, by=by, now=now, subject_id=made.id)
    return made


def find_or_make(session: Session, space_id: SpaceId, *, name: str, by: Principal, now: datetime) -> ContactList:
    """The list of that name, made if absent, whoever else makes it at the same instant."""
    name = checked_name(name)
    known = find(session, space_id, name)
    if known is not None:
        return known
    row = {"space_id": space_id, "name": name, "created_at": now}
    for made_id in insert_missing(session, ContactList, [row], returning=ContactList.id):
        activity.record(session, space_id, acts.LIST_MADE, by=by, now=now, subject_id=made_id)
    return session.scalars(_spelt(space_id, name).limit(1)).one()


def rename(session: Session, one: ContactList, *, name: str, by: Principal, now: datetime) -> None:
    """Call a list otherwise. Raises as ``make`` does."""
    name = checked_name(name)
    if name == one.name:
        return
    twin = session.scalar(_spelt(one.space_id, name).where(ContactList.id != one.id).limit(1))
    if twin is not None:
        raise _taken(twin.name)
    one.name, one.folded = name, twin_key(name)
    _store(session, one)
    activity.record(session, one.space_id, acts.LIST_RENAMED, by=by, now=now, subject_id=one.id)


def remove(session: Session, one: ContactList, *, by: Principal, now: datetime) -> None:
    """Forget a list. The people stay; the segments that name it are to be mended."""
    uses.let_go(session, one.space_id, "lists", one.id, one.name)
    activity.record(session, one.space_id, acts.LIST_REMOVED, by=by, now=now, subject_id=one.id)
    session.delete(one)
    session.flush()


def put_on(session: Session, one: ContactList, contacts: Iterable[Contact], *, by: Principal, now: datetime) -> int:
    """Put people on the list; how many were not on it."""
    contact_ids = [contact.id for contact in contacts]
    added = fill(session, one.id, contact_ids)
    forget_departures(session, one.id, contact_ids)
    for contact_id in added:
        activity.record(session, one.space_id, acts.PUT_ON_LIST, by=by, now=now, subject_id=contact_id, list=one.id)
    return len(added)


def fill(session: Session, list_id: ListId, contact_ids: Iterable[int]) -> list[int]:
    """Put contacts on a list without a word in the trail; the ids that were not on it."""
    rows = [{"list_id": list_id, "contact_id": contact_id} for contact_id in contact_ids]
    unique = [ListMember.list_id, ListMember.contact_id]
    return insert_missing(session, ListMember, rows, unique=unique, returning=ListMember.contact_id)


def take_off(session: Session, one: ContactList, contact: Contact, *, by: Principal, now: datetime) -> None:
    """Take somebody off the list. They stay a contact."""
    gone = session.scalar(
        delete(ListMember)
        .where(ListMember.list_id == one.id, ListMember.contact_id == contact.id)
        .returning(ListMember.contact_id)
    )
    if gone is not None:
        note_departures(session, one.id, [contact.id], now=now)
        activity.record(session, one.space_id, acts.TAKEN_OFF_LIST, by=by, now=now, subject_id=contact.id, list=one.id)


def note_departures(session: Session, list_id: ListId, contact_ids: Iterable[int], *, now: datetime) -> None:
    """Remember that these contacts were taken off the list, and the last time: the next file leaves them off."""
    contact_ids = list(contact_ids)
    forget_departures(session, list_id, contact_ids)
    rows = [{"list_id": list_id, "contact_id": contact_id, "left_at": now} for contact_id in contact_ids]
    insert_missing(session, ListDeparture, rows, returning=ListDeparture.contact_id)


def forget_departures(session: Session, list_id: ListId, contact_ids: Collection[int]) -> None:
    """These contacts belong on the list again."""
    session.execute(
        delete(ListDeparture).where(ListDeparture.list_id == list_id, ListDeparture.contact_id.in_(contact_ids))
    )


def departed(session: Session, list_id: ListId, contact_ids: Collection[int]) -> set[int]:
    """Those of the contacts whom somebody took off the list, and who are not on it since."""
    return {*departures(session, list_id, contact_ids)}


def departures(session: Session, list_id: ListId, contact_ids: Collection[int]) -> dict[int, datetime]:
    """{contact id: when} of those of the contacts whom somebody took off the list, and who are not on it since."""
    off = select(ListDeparture.contact_id, ListDeparture.left_at).where(ListDeparture.list_id == list_id)
    rows = session.execute(off.where(ListDeparture.contact_id.in_(contact_ids)))
    return {row.contact_id: row.left_at for row in rows}


def checked_name(name: str) -> str:
    name = tidy(name)
    if not twin_key(name):
        raise RuleBroken("list_nameless", _("Donnez un nom à la liste."), fields={"name": _("Donnez un nom.")})
    if len(name) > NAME_CHARACTERS:
        sentence = _("Ce nom est trop long : %(n)s caractères au plus.", n=NAME_CHARACTERS)
        raise RuleBroken("list_name_too_long", sentence, fields={"name": sentence})
    return name


def _spelt(space_id: SpaceId, name: str) -> Select[ContactList]:
    """The lists of that name or of another spelling of it, the exact one first."""
    same = or_(ContactList.name == name, ContactList.folded == twin_key(name))
    query = select(ContactList).where(ContactList.space_id == space_id, same)
    return query.order_by((ContactList.name == name).desc(), ContactList.id)


def _store(session: Session, one: ContactList) -> None:
    name = one.name
    session.add(one)
    try:
        session.flush()
    except IntegrityError:
        raise _taken(name) from None


def _taken(name: str) -> RuleBroken:
    sentence = _("Une liste s'appelle déjà « %(name)s ».", name=name)
    return RuleBroken("list_name_taken", sentence, fields={"name": sentence})
