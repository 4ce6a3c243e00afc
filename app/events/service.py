"""Events: made, moved, cancelled, held; and who comes."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypedDict, Unpack
from uuid import uuid4

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.principal import Principal
from app.contacts import history, lists
from app.contacts import service as contacts
from app.contacts.archiving import check_present
from app.contacts.models import Contact, ListMember
from app.database.engine import insert_missing
from app.database.ids import ContactId, EventId, ListId, SpaceId
from app.errors import Conflict, NotFound, RuleBroken
from app.events import acts, attendance, following, messages
from app.events.models import Answer, Event, EventState, Registration
from app.events.seats import service as seats
from app.french.language import _


class Words(TypedDict, total=False):
    """What may be said of an event."""

    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    link: str


EDITABLE = tuple(Words.__annotations__)
TITLE_CHARACTERS = 120
MAXIMUM = 500
"""People whom somebody puts on one event's list; a campaign that asks puts as many as it has."""
NEXT: dict[EventState, frozenset[EventState]] = {
    EventState.PLANNED: frozenset({EventState.OPEN, EventState.HELD, EventState.CANCELLED}),
    EventState.OPEN: frozenset({EventState.HELD, EventState.CANCELLED}),
    EventState.HELD: frozenset(),
    EventState.CANCELLED: frozenset(),
}
"""What an event may become."""


def get(session: Session, space_id: SpaceId, event_id: EventId, *, lock: bool = False) -> Event:
    """An event of this space. Raises NotFound."""
    query = select(Event).where(Event.space_id == space_id, Event.id == event_id)
    event = session.scalar(query.with_for_update() if lock else query)
    if event is None:
        raise NotFound("event_unknown", _("Cette mission n'existe pas."))
    return event


def upcoming(session: Session, space_id: SpaceId, *, since: datetime, limit: int) -> Sequence[Event]:
    """The events still to come, the nearest first."""
    return session.scalars(
        select(Event)
        .where(Event.space_id == space_id, Event.ends_at >= since, Event.state != EventState.CANCELLED)
        .order_by(Event.starts_at, Event.id)
        .limit(limit)
    ).all()


def make(session: Session, space_id: SpaceId, *, by: Principal, now: datetime, **words: Unpack[Words]) -> Event:
    """A new event: ``title``, ``starts_at``, ``ends_at``, ``place``, ``link``. Raises RuleBroken."""
    event = Event(
        space_id=space_id,
        state=EventState.PLANNED,
        calendar_uid=str(uuid4()),
        created_by=by.name,
        created_at=now,
        updated_at=now,
        **_checked({**words}),
    )
    session.add(event)
    session.flush()
    activity.record(session, space_id, acts.MADE, by=by, now=now, subject_id=event.id)
    return event


def edit(session: Session, event: Event, *, by: Principal, now: datetime, **words: Unpack[Words]) -> None:
    """Change an event. Its reminders follow it when it moves, and what waits is written anew."""
    was_at = event.starts_at
    current = {name: getattr(event, name) for name in EDITABLE}
    for name, value in _checked({**current, **words}).items():
        setattr(event, name, value)
    event.updated_at = now
    moved = event.starts_at != was_at
    if moved:
        following.move(session, event, was_at=was_at, now=now)
    messages.rewrite(session, event, was_at=was_at)
    activity.record(session, event.space_id, acts.EDITED, by=by, now=now, subject_id=event.id, moved=moved)
    if moved:
        attendance.moved(session, event.space_id, [event.id])


def rendezvous(event: Event) -> tuple[datetime, str, str]:
    """What people are told of it: when, where, behind which link."""
    return event.starts_at, event.place, event.link


_STATE_ACTS = {
    EventState.PLANNED: acts.PLANNED,
    EventState.OPEN: acts.OPENED,
    EventState.HELD: acts.HELD,
    EventState.CANCELLED: acts.CANCELLED,
}


def set_state(session: Session, event: Event, state: EventState, *, by: Principal, now: datetime) -> None:
    """Open it to registrations, hold it, or cancel it: nothing about it leaves then. Raises Conflict when over."""
    if state is not event.state and state not in NEXT[event.state]:
        raise Conflict("event_over", _("Cette mission a déjà eu lieu, ou elle est annulée : elle ne change plus."))
    event.state, event.updated_at = state, now
    if state is EventState.CANCELLED:
        messages.call_off(session, event)
    activity.record(session, event.space_id, _STATE_ACTS[state], by=by, now=now, subject_id=event.id)


def invite(session: Session, event: Event, people: Sequence[Contact], *, by: Principal, now: datetime) -> list[int]:
    """Put people on the event's list as invited; the ids of those who were not there yet."""
    rows = [
        {"space_id": event.space_id, "event_id": event.id, "contact_id": one.id, "answer": Answer.INVITED,
         "created_at": now}
        for one in people
    ]  # fmt: skip
    new = insert_missing(
        session,
        Registration,
        rows,
        unique=[Registration.event_id, Registration.contact_id],
        returning=Registration.contact_id,
    )
    by_hand = (Registration.event_id == event.id, Registration.made_by_mailing_id.is_(None))
    if (session.scalar(select(func.count()).where(*by_hand)) or 0) > MAXIMUM:
        sentence = _("Une mission prend %(most)s personnes au plus. Pour plus de monde, faites un envoi.", most=MAXIMUM)
        raise RuleBroken("event_full", sentence, fields={"people_list": sentence})
    history.begin(session, event.space_id, new)
    if new:
        activity.record(session, event.space_id, acts.INVITED, by=by, now=now, subject_id=event.id, people=len(new))
    return new


def invite_list(session: Session, event: Event, list_id: ListId, *, by: Principal, now: datetime) -> list[int]:
    """Put everybody of one of the space's lists on the event's, as ``invite`` does. Raises NotFound."""
    one = lists.get(session, event.space_id, list_id)
    members = select(ListMember.contact_id).where(ListMember.list_id == one.id)
    present = (Contact.space_id == event.space_id, contacts.PRESENT)
    wanted = select(Contact).where(*present, Contact.id.in_(members)).limit(MAXIMUM + 1)
    return invite(session, event, session.scalars(wanted).all(), by=by, now=now)


def invite_chosen(
    session: Session, event: Event, contact_ids: Iterable[ContactId], *, by: Principal, now: datetime
) -> list[int]:
    """Put some of the space's contacts on the event's list, as ``invite`` does. Raises NotFound."""
    people = [contacts.get(session, event.space_id, one) for one in contact_ids]
    for one in people:
        check_present(one)
    return invite(session, event, people, by=by, now=now)


def answer(
    session: Session, event_id: EventId, contact_id: ContactId, said: Answer, *, by: Principal, now: datetime
) -> Registration:
    """What somebody said about coming, as ``seats.say`` does it: a seat, or a rank where none is left."""
    return seats.say(session, event_id, contact_id, said, by=by, now=now)


def take_off(session: Session, event: Event, contact_id: ContactId, *, by: Principal, now: datetime) -> None:
    """Take somebody off the event's list; what waits for them does not leave."""
    messages.take_back(session, event.id, contact_id, now=now)
    session.execute(
        delete(Registration).where(Registration.event_id == event.id, Registration.contact_id == contact_id)
    )
    activity.record(session, event.space_id, acts.TAKEN_OFF, by=by, now=now, subject_id=event.id, contact=contact_id)
    seats.promote(session, event, now=now)
    attendance.recount(session, event.space_id, [contact_id])


def find_registration(session: Session, event_id: EventId, contact_id: ContactId | None) -> Registration | None:
    """Somebody's place at an event."""
    return session.scalar(
        select(Registration).where(Registration.event_id == event_id, Registration.contact_id == contact_id)
    )


def people(session: Session, event_id: EventId) -> Sequence[tuple[Registration, Contact]]:
    """Who is on the event's list, with their answers, by name."""
    rows = session.execute(
        select(Registration, Contact)
        .join(Contact, Contact.id == Registration.contact_id)
        .where(Registration.event_id == event_id)
        .order_by(Contact.sort_key, Contact.id)
    )
    return [(row[0], row[1]) for row in rows]


def listed(session: Session, event_id: EventId) -> set[int]:
    """The contacts who are on the event's list."""
    return set(session.scalars(select(Registration.contact_id).where(Registration.event_id == event_id)))


def counts(session: Session, event_id: EventId) -> dict[Answer, int]:
    """How many were invited, come, do not."""
    rows = session.execute(
        select(Registration.answer, func.count()).where(Registration.event_id == event_id).group_by(Registration.answer)
    )
    return {row[0]: int(row[1]) for row in rows}


def _checked(words: dict[str, Any]) -> dict[str, Any]:
    if unknown := words.keys() - set(EDITABLE):
        raise TypeError(f"an event has no {', '.join(sorted(unknown))}")
    if not words.get("title", "").strip():
        sentence = _("Donnez un titre : « Collecte du samedi ».")
        raise RuleBroken("title_empty", sentence, fields={"title": sentence})
    if words["ends_at"] <= words["starts_at"]:
        sentence = _("La fin doit venir après le début.")
        raise RuleBroken("event_ends_early", sentence, fields={"ends_at": sentence})
    for name in ("title", "place", "link"):
        if not words.get(name, "").isprintable():
            sentence = _("Ce texte tient en une ligne, sans caractère caché.")
            raise RuleBroken(f"{name}_unreadable", sentence, fields={name: sentence})
    link = words.get("link", "")
    if link and not link.startswith(("https://", "http://")):
        sentence = _("Le lien commence par https://.")
        raise RuleBroken("link_invalid", sentence, fields={"link": sentence})
    return {name: words[name] for name in EDITABLE if name in words}
