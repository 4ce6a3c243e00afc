"""People whom an association names: theirs at once, or asked of the programme's staff where it knows them otherwise."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.models import Association, Space
from app.accounts.principal import Principal
from app.contacts.archiving import bring_back
from app.contacts.fields import Card
from app.contacts.models import Contact
from app.contacts.pairs import recognising
from app.database.engine import insert_missing
from app.errors import NotFound
from app.french.language import _
from app.programme.cohorts import acts, people
from app.programme.cohorts.models import AssociationPerson, Function, PersonRequest
from app.settings import Settings


def name_own(
    session: Session,
    programme: Space,
    association_id: int,
    *,
    function: Function,
    card: Card,
    settings: Settings,
    by: Principal,
    now: datetime,
) -> AssociationPerson | None:
    """Somebody of an association, in its own words; None where the staff are asked first.

    A number and a first name bring nobody back whom the programme set aside, nor tie somebody of another association:
    neither is told to who asks. Raises RuleBroken as ``people.add`` does.
    """
    known = _known_otherwise(session, programme, association_id, card)
    if known is None:
        return people.add(
            session, programme, association_id, function=function, card=card, settings=settings, by=by, now=now
        )
    row = {
        "association_id": association_id, "contact_id": known.id, "function": function, "asked_by": by.name[:80],
        "asked_at": now,
    }  # fmt: skip
    unique = [PersonRequest.association_id, PersonRequest.contact_id]
    if insert_missing(session, PersonRequest, [row], unique=unique, returning=PersonRequest.id):
        activity.record(session, programme.id, acts.PERSON_ASKED, by=by, now=now, subject_id=association_id)
    return None


def waiting(
    session: Session, association_id: int | None = None
) -> Sequence[tuple[PersonRequest, Association, Contact]]:
    """What the staff have not answered, of one association or of all, the oldest first."""
    query = (
        select(PersonRequest, Association, Contact)
        .join(Association, Association.id == PersonRequest.association_id)
        .join(Contact, Contact.id == PersonRequest.contact_id)
        .order_by(PersonRequest.id)
    )
    if association_id is not None:
        query = query.where(PersonRequest.association_id == association_id)
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def answer(
    session: Session, programme: Space, *, association_id: int, request_id: int, is_theirs: bool, by: Principal,
    now: datetime,
) -> Contact:  # fmt: skip
    """The staff's word: of the association from now on, brought back if archived, or not. Raises NotFound."""
    found = [row for row in waiting(session, association_id) if row[0].id == request_id]
    if not found:
        raise NotFound("request_unknown", _("Cette demande a déjà sa réponse."))
    [(request, _association, contact)] = found
    if is_theirs:
        session.refresh(contact, with_for_update=True)
        bring_back(session, contact, by=by, now=now)
        people.tie(session, association_id, contact.id, request.function, now=now)
    session.execute(delete(PersonRequest).where(PersonRequest.id == request.id))
    act = acts.PERSON_CONFIRMED if is_theirs else acts.PERSON_REFUSED
    activity.record(session, programme.id, act, by=by, now=now, subject_id=association_id)
    return contact


def _known_otherwise(session: Session, programme: Space, association_id: int, card: Card) -> Contact | None:
    """Whom a card speaks of, where the programme set them aside, or knows them in another association."""
    first_name = card.get("first_name", "")
    words = {"first_name": first_name, "last_name": card.get("last_name", ""), "email": card.get("email", "")}
    found = recognising.find(session, programme.id, card["phone"], first_name)
    contact = found or recognising.find_mended(session, programme.id, card["phone"], **words)
    if contact is None or contact.archived_at is not None:
        return contact
    homes = [person for person, _association in people.homes_of(session, contact.id)]
    if any(one.association_id == association_id and one.left_at is None for one in homes):
        return None
    return contact if homes else None
