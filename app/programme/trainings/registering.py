"""Who is registered for a training: people of the cohort's associations, by the staff or by their association."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.models import Association, Space
from app.accounts.principal import Principal
from app.contacts.archiving import PRESENT
from app.contacts.models import Contact
from app.database.ids import CohortId, ContactId, EventId
from app.errors import Conflict, NotFound, RuleBroken
from app.events import inviting
from app.events import service as events
from app.events.acts import About
from app.events.models import Answer, Event, EventState, Registration
from app.events.placeholders import EVENT, fit
from app.events.seats import service as seats
from app.french.folding import without_accents
from app.french.language import _
from app.links import service as links
from app.programme.cohorts import members
from app.programme.cohorts import service as cohorts
from app.programme.cohorts.models import AssociationPerson, Cohort
from app.programme.cohorts.states import MemberState
from app.programme.trainings import acts, service
from app.programme.trainings.models import Training
from app.settings import Settings

RESERVED = _("{prénom}, votre place est réservée : {titre}, {jour} {heure}, {lieu}. Un souci ? {lien}")
ON_THE_LIST = _("{prénom}, {titre}, {jour} {heure} : complet, vous êtes sur la liste d'attente. {lien}")


@dataclass(frozen=True)
class Registered:
    """What became of a registration: a seat, or a ``rank``. Where no SMS could leave, why, and the link to give."""

    rank: int | None
    why_not: str = ""
    link: str = ""


@dataclass(frozen=True)
class Freed:
    """What somebody gave back: a seat, or with ``waited`` only their rank; ``to`` is who has the seat now."""

    waited: bool
    to: Contact | None


@dataclass(frozen=True)
class Participant:
    """Somebody on a training's list, with their association of that cohort."""

    place: Registration
    contact: Contact
    association: Association | None
    rank: int | None

    @property
    def pair(self) -> tuple[Registration, Contact]:
        """As the list of attendance takes them."""
        return self.place, self.contact


def is_open(event: Event, *, now: datetime) -> bool:
    """Whether one may still register or cancel."""
    return event.starts_at > now and event.state not in (EventState.CANCELLED, EventState.HELD)


def participants(session: Session, training: Training, event: Event) -> Sequence[Participant]:
    """Everybody on its list, by name; who waits has a rank."""
    known = service.homes(session, training.cohort_id)
    named = {association.id: association for _member, association in members.of_cohort(session, training.cohort_id)}
    ranks = {one.id: number for number, one in enumerate(seats.waiting(session, event.space_id, event.id), 1)}
    return [
        Participant(place, contact, named.get(known.get(contact.id, 0)), ranks.get(place.id))
        for place, contact in events.people(session, event.id)
    ]


def by_association(on_list: Sequence[Participant]) -> Sequence[tuple[str, int]]:
    """How many seats the people of each association have, by its name."""
    named = [one.association.name for one in on_list if one.association and one.place.answer is Answer.COMING]
    return sorted(Counter(named).items(), key=lambda row: without_accents(row[0].lower()))


def candidates(session: Session, cohort_id: CohortId) -> Mapping[Association, Sequence[Contact]]:
    """Whom the staff may register: the people of each association that is inside, by name."""
    inside = [one for member, one in members.of_cohort(session, cohort_id) if member.state is MemberState.INSIDE]
    rows = session.execute(
        select(AssociationPerson.association_id, Contact)
        .join(Contact, Contact.id == AssociationPerson.contact_id)
        .where(
            AssociationPerson.association_id.in_([one.id for one in inside]),
            AssociationPerson.left_at.is_(None),
            PRESENT,
        )
        .order_by(Contact.sort_key, Contact.id)
    ).all()
    return {one: [row[1] for row in rows if row[0] == one.id] for one in inside}


def cohorts_of(session: Session, association_id: int) -> Sequence[Cohort]:
    """The open cohorts that an association is inside of, the latest first."""
    found = members.stays(session, association_id)
    return [cohort for cohort, member in found if member.state is MemberState.INSIDE and cohort.closed_at is None]


def trainings_of(session: Session, association_id: int, *, now: datetime) -> Sequence[tuple[Training, Event]]:
    """By date: those of the cohorts that it is in, and those of others that were held while it was in them."""
    found = []
    for cohort, member in members.stays(session, association_id):
        until = member.state_at if member.state is not MemberState.INSIDE else cohort.closed_at
        rows = service.of_cohort(session, cohort.id)
        found += [row for row in rows if until is None or row[1].ends_at <= min(now, until)]
    return sorted(found, key=lambda row: (row[1].starts_at, row[1].id))


def register(
    session: Session,
    programme: Space,
    training: Training,
    event: Event,
    contact_id: ContactId,
    *,
    association_id: int | None = None,
    settings: Settings,
    by: Principal,
    now: datetime,
) -> Registered:
    """A seat, or a rank where none is left, for somebody of the cohort's associations; of that one, if it is named.

    They are told by SMS, once. ``event`` is held. Raises AppError.
    """
    cohorts.changeable(session, training.cohort_id)
    if not is_open(event, now=now):
        raise Conflict("training_over", _("Cette formation a commencé, ou elle est annulée : on ne s'y inscrit plus."))
    contact = _person(session, training, contact_id, association_id)
    before = events.find_registration(session, event.id, contact.id)
    was_told = before is not None and before.answer in (Answer.COMING, Answer.WAITING)
    events.invite(session, event, [contact], by=by, now=now)
    place = events.answer(session, event.id, contact.id, Answer.COMING, by=by, now=now)
    rank = seats.rank(session, place)
    if was_told:
        return Registered(rank)
    activity.record(session, programme.id, acts.REGISTERED, by=by, now=now, subject_id=training.id, contact=contact.id)
    body = fit(ON_THE_LIST if rank else RESERVED, event)
    try:
        inviting.write(session, programme, event, [contact], body=body, settings=settings, now=now, about=About.SEAT)
    except RuleBroken as wrong:
        link = personal_link(session, programme, event, contact, settings=settings, now=now)
        return Registered(rank, wrong.sentence, link)
    return Registered(rank)


def unregister(
    session: Session,
    programme: Space,
    training: Training,
    event: Event,
    contact_id: ContactId,
    *,
    association_id: int | None = None,
    by: Principal,
    now: datetime,
) -> Freed:
    """They do not come; the first who waits gets their seat. ``event`` is held. Raises AppError."""
    if not is_open(event, now=now):
        raise Conflict("training_over", _("Cette formation a commencé, ou elle est annulée : rien n'y change plus."))
    if association_id is not None:
        _person(session, training, contact_id, association_id)
    before = events.find_registration(session, event.id, contact_id)
    waited = before is not None and before.answer is Answer.WAITING
    ahead = seats.waiting(session, event.space_id, event.id)
    events.answer(session, event.id, contact_id, Answer.NOT_COMING, by=by, now=now)
    given = next((one for one in ahead if one.contact_id != contact_id and one.answer is Answer.COMING), None)
    activity.record(
        session, programme.id, acts.UNREGISTERED, by=by, now=now, subject_id=training.id, contact=contact_id
    )
    return Freed(waited, session.get_one(Contact, given.contact_id) if given is not None else None)


def personal_link(
    session: Session, programme: Space, event: Event, contact: Contact, *, settings: Settings, now: datetime
) -> str:
    """A new address of somebody's own page about the training, to be given by hand."""
    token = links.new_token()
    words = {"purpose": EVENT, "subject_id": event.id, "contact_id": contact.id, "fingerprint": contact.fingerprint}
    links.store(session, [links.row(token, now=now, space_id=programme.id, **words)])
    return links.address(settings.public_url, token)


def answers_of(
    session: Session, event_ids: Sequence[EventId], contact_ids: Sequence[ContactId]
) -> Mapping[tuple[EventId, ContactId], Registration]:
    """{(event, person): their place}, without those that are on no list."""
    rows = session.scalars(
        select(Registration).where(Registration.event_id.in_(event_ids), Registration.contact_id.in_(contact_ids))
    )
    return {(one.event_id, one.contact_id): one for one in rows}


def _person(session: Session, training: Training, contact_id: ContactId, association_id: int | None) -> Contact:
    """Somebody of an association inside the cohort. Raises NotFound."""
    for association, those in candidates(session, training.cohort_id).items():
        for one in those:
            if one.id == contact_id and association_id in (None, association.id):
                return one
    raise NotFound("person_unknown", _("Cette personne n'est d'aucune association de la cohorte."))
