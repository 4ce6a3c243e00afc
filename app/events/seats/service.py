"""The one door for « je viens »: a seat while there is one, else a rank on the waiting list; all under one lock.

Whoever changes who comes holds the event's row, so that two people at once never get the last seat. Nothing slow is
done under it: who is given a seat is told by a tick (``freed``).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.principal import TAMBOUR, Principal
from app.contacts import history
from app.contacts.archiving import PRESENT
from app.contacts.history import News
from app.contacts.models import Contact
from app.database.ids import ContactId, EventId, SpaceId
from app.errors import NotFound, RuleBroken
from app.events import acts, messages, telling_programs
from app.events.models import Answer, Event, EventState, Registration, Shift
from app.french.language import _

MAX_SEATS = 500
"""As many people as somebody may put on one event's list."""
OVER = (EventState.CANCELLED, EventState.HELD)


@dataclass(frozen=True)
class Seats:
    """An event's seats: ``total`` is None without a limit; people archived have none."""

    total: int | None
    taken: int
    waiting: int

    @property
    def left(self) -> int | None:
        """How many are free; None without a limit."""
        return None if self.total is None else max(0, self.total - self.taken)

    @property
    def over(self) -> int:
        """How many more come than there are seats: nobody is dropped by itself."""
        return 0 if self.total is None else max(0, self.taken - self.total)


def of_event(session: Session, event: Event) -> Seats:
    """The seats of one event."""
    return of_events(session, event.space_id, [event.id])[event.id]


def of_events(session: Session, space_id: SpaceId, event_ids: Collection[EventId]) -> Mapping[EventId, Seats]:
    """The seats of each of these events of a space."""
    shifts = session.execute(
        select(Shift.event_id, Shift.seats).where(Shift.space_id == space_id, Shift.event_id.in_(event_ids))
    )
    totals = {row.event_id: row.seats for row in shifts}
    rows = session.execute(
        select(Registration.event_id, Registration.answer, func.count())
        .join(Contact, Contact.id == Registration.contact_id)
        .where(Registration.space_id == space_id, Registration.event_id.in_(event_ids), PRESENT)
        .where(Registration.answer.in_((Answer.COMING, Answer.WAITING)))
        .group_by(Registration.event_id, Registration.answer)
    )
    said = {(event_id, answer): int(n) for event_id, answer, n in rows}
    return {
        one: Seats(totals.get(one), said.get((one, Answer.COMING), 0), said.get((one, Answer.WAITING), 0))
        for one in event_ids
    }


def say(
    session: Session, event_id: EventId, contact_id: ContactId, said: Answer, *, by: Principal, now: datetime
) -> Registration:
    """What somebody on the list said about coming; they may change their mind. Raises NotFound.

    Whoever says again that they come keeps their seat or their rank. Who frees a seat gives it to the first who waits.
    """
    event = session.scalars(select(Event).where(Event.id == event_id).with_for_update()).one()
    place = session.scalar(
        select(Registration)
        .where(Registration.space_id == event.space_id)
        .where(Registration.event_id == event_id, Registration.contact_id == contact_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if place is None:
        raise NotFound("registration_unknown", _("Cette personne n'est pas sur la liste de cette mission."))
    if said is Answer.WAITING:
        raise RuleBroken("answer_unknown", _("Choisissez l'un des boutons de la page."))
    _place(session, event, place, said, now=now)
    promote(session, event, now=now)
    if said is Answer.NOT_COMING:
        messages.take_back(session, event_id, contact_id, now=now)
    activity.record(
        session, place.space_id, acts.ANSWERED, by=by, now=now, subject_id=event_id, answer=place.answer.value
    )
    telling_programs.tell_answer(session, place, by=by, now=now)
    history.note(session, News(answered={contact_id: now}))
    return place


def _place(session: Session, event: Event, place: Registration, said: Answer, *, now: datetime) -> None:
    place.answered_at = now
    if said is Answer.COMING and place.answer in (Answer.COMING, Answer.WAITING):
        return
    place.waiting_since, place.tell_seat_at = None, None
    shift = _shift(session, event)
    if (
        said is Answer.COMING
        and shift is not None
        and shift.seats is not None
        and _taken(session, event) >= shift.seats
    ):
        place.answer, place.waiting_since = Answer.WAITING, now
    else:
        place.answer = said
    place.shift_id = shift.id if shift is not None and said is Answer.COMING else None


def rank(session: Session, place: Registration) -> int | None:
    """The rank of somebody who waits, from 1; None for anybody else."""
    if place.answer is not Answer.WAITING:
        return None
    ids = [one.id for one in waiting(session, place.space_id, place.event_id)]
    return ids.index(place.id) + 1 if place.id in ids else None


def waiting(session: Session, space_id: SpaceId, event_id: EventId) -> Sequence[Registration]:
    """Who waits for a seat at an event, the first to have said so first."""
    query = select(Registration).join(Contact, Contact.id == Registration.contact_id)
    query = query.where(Registration.space_id == space_id, Registration.event_id == event_id, PRESENT)
    return session.scalars(
        query.where(Registration.answer == Answer.WAITING).order_by(Registration.waiting_since, Registration.id)
    ).all()


def change_total(session: Session, event: Event, total: int | None, *, by: Principal, now: datetime) -> None:
    """So many seats, or no limit: of more, the first who wait get them; of fewer, nobody is dropped.

    ``event`` is locked. Raises RuleBroken.
    """
    if total is not None and not 1 <= total <= MAX_SEATS:
        sentence = _("De 1 à %(max)s places, ou rien : sans limite.", max=MAX_SEATS)
        raise RuleBroken("seats_range", sentence, fields={"seats": sentence})
    shift = _shift(session, event)
    if (shift.seats if shift is not None else None) == total:
        return
    if shift is None:
        shift = Shift(space_id=event.space_id, event_id=event.id, created_at=now)
        session.add(shift)
    shift.seats = total
    session.flush()
    activity.record(session, event.space_id, acts.SEATS, by=by, now=now, subject_id=event.id, seats=total or 0)
    promote(session, event, now=now)


def promote(session: Session, event: Event, *, now: datetime, leaving: ContactId | None = None) -> list[ContactId]:
    """Give each free seat to the first who waits, once the event is to come; who got one. ``event`` is locked.

    ``leaving`` is somebody who is about to be archived or erased, and counts no more.
    """
    if event.state in OVER or event.starts_at <= now:
        return []
    shift = _shift(session, event)
    if shift is None:
        return []
    stays = Registration.contact_id != (leaving or 0)
    everyone = [one for one in waiting(session, event.space_id, event.id) if one.contact_id != leaving]
    free = None if shift.seats is None else max(0, shift.seats - _taken(session, event, stays))
    given = everyone[:free]
    for place in given:
        place.answer, place.waiting_since, place.tell_seat_at = Answer.COMING, None, now
        place.shift_id = shift.id
        activity.record(
            session, event.space_id, acts.SEAT_GIVEN, by=TAMBOUR, now=now, subject_id=event.id, contact=place.contact_id
        )
    session.flush()
    return [one.contact_id for one in given]


def promote_around(
    session: Session, space_id: SpaceId, contact_id: ContactId, *, now: datetime, is_leaving: bool = False
) -> None:
    """The same at every event to come on whose list somebody is: they leave, or two cards have become one."""
    on = select(Registration.event_id).where(Registration.space_id == space_id, Registration.contact_id == contact_id)
    with_seats = select(Shift.event_id).where(Shift.space_id == space_id)
    query = select(Event).where(Event.space_id == space_id, Event.id.in_(on), Event.id.in_(with_seats))
    for event in session.scalars(query.where(Event.starts_at > now).order_by(Event.id).with_for_update()):
        promote(session, event, now=now, leaving=contact_id if is_leaving else None)


def leave(session: Session, contact: Contact, now: datetime) -> None:
    """Somebody is about to be archived or erased: their seats are free."""
    promote_around(session, contact.space_id, contact.id, now=now, is_leaving=True)


def _shift(session: Session, event: Event) -> Shift | None:
    """The event's one shift, as it is now; None for an event that was never given seats."""
    query = select(Shift).where(Shift.space_id == event.space_id, Shift.event_id == event.id).order_by(Shift.id)
    return session.scalars(query.limit(1), execution_options={"populate_existing": True}).first()


def _taken(session: Session, event: Event, *marks: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(Registration).join(Contact, Contact.id == Registration.contact_id)
    its = (Registration.space_id == event.space_id, Registration.event_id == event.id)
    return session.scalar(query.where(*its, Registration.answer == Answer.COMING, PRESENT, *marks)) or 0
