"""The people of an association that the programme knows: each a contact of the programme's own space."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.models import Association, Space
from app.accounts.principal import Principal
from app.contacts import service as contacts
from app.contacts.archiving import PRESENT, bring_back
from app.contacts.fields import Card
from app.contacts.merging.moving import Moved, Moves
from app.contacts.merging.moving import by as same_by
from app.contacts.models import Contact
from app.contacts.pairs import recognising
from app.contacts.phone import check_country, read_phone
from app.database.engine import insert_missing
from app.database.ids import ContactId, SpaceId
from app.errors import NotFound
from app.french.language import _
from app.programme.cohorts import acts
from app.programme.cohorts.models import AssociationPerson, Function, PersonRequest
from app.settings import Settings

WORDS: Mapping[Function, str] = {
    Function.REFERENT: _("référente ou référent"),
    Function.DIRECTOR: _("direction"),
    Function.BOARD: _("conseil d'administration"),
    Function.EMPLOYEE: _("salariée ou salarié"),
    Function.VOLUNTEER: _("bénévole"),
}


def of_association(session: Session, association_id: int) -> Sequence[tuple[AssociationPerson, Contact]]:
    """Those of an association that are still among the programme's contacts, by function, then by name."""
    rows = session.execute(
        select(AssociationPerson, Contact)
        .join(Contact, Contact.id == AssociationPerson.contact_id)
        .where(AssociationPerson.association_id == association_id, AssociationPerson.left_at.is_(None), PRESENT)
    )
    order = list(Function)
    return sorted(((row[0], row[1]) for row in rows), key=lambda row: (order.index(row[0].function), row[1].sort_key))


def homes_of(session: Session, contact_id: ContactId) -> Sequence[tuple[AssociationPerson, Association]]:
    """The associations that somebody is or was of, as they came to them."""
    rows = session.execute(
        select(AssociationPerson, Association)
        .join(Association, Association.id == AssociationPerson.association_id)
        .where(AssociationPerson.contact_id == contact_id)
        .order_by(AssociationPerson.id)
    )
    return [(row[0], row[1]) for row in rows]


def add(
    session: Session,
    programme: Space,
    association_id: int,
    *,
    function: Function,
    card: Card,
    settings: Settings,
    by: Principal,
    now: datetime,
) -> AssociationPerson:
    """Somebody of an association, found among the programme's contacts by number and first name, or made.

    Somebody who is there already takes the function given, who was archived is brought back: only the programme's staff
    say so, an association asks by ``requests``. ``programme`` is the programme's own live space. Raises RuleBroken for
    a card against the rules, or a number of a country that the programme does not write to.
    """
    check_country(read_phone(card["phone"]), settings.foreign_countries)
    contact = recognising.find(session, programme.id, card["phone"], card.get("first_name", ""))
    if contact is None:
        contact = contacts.add(session, programme, card, key=settings.fingerprint_key, by=by, now=now)
    elif contact.archived_at is not None:
        session.refresh(contact, with_for_update=True)
        bring_back(session, contact, by=by, now=now)
    return tie(session, association_id, contact.id, function, now=now)


def tie(
    session: Session, association_id: int, contact_id: ContactId, function: Function, *, now: datetime
) -> AssociationPerson:
    """One of the programme's contacts is of an association, from now on or again."""
    row = {"association_id": association_id, "contact_id": contact_id, "function": function, "created_at": now}
    unique = [AssociationPerson.association_id, AssociationPerson.contact_id]
    insert_missing(session, AssociationPerson, [row], unique=unique, returning=AssociationPerson.id)
    person = session.scalars(
        select(AssociationPerson)
        .where(AssociationPerson.association_id == association_id, AssociationPerson.contact_id == contact_id)
        .with_for_update()
    ).one()
    person.function, person.left_at = function, None
    return person


def get(session: Session, *, association_id: int, person_id: int) -> tuple[AssociationPerson, Contact]:
    """One person of this association. Raises NotFound."""
    found = [row for row in of_association(session, association_id) if row[0].id == person_id]
    if not found:
        raise NotFound("person_unknown", _("Cette personne n'est pas dans cette association."))
    return found[0]


def change(
    session: Session, *, association_id: int, person_id: int, function: Function, space_id: SpaceId | None,
    by: Principal, now: datetime,
) -> None:  # fmt: skip
    """Another function in the association. Raises NotFound."""
    person, _contact = get(session, association_id=association_id, person_id=person_id)
    person.function = function
    activity.record(session, space_id, acts.PERSON_CHANGED, by=by, now=now, subject_id=association_id)


def take_off(
    session: Session, *, association_id: int, person_id: int, was_never: bool = False, space_id: SpaceId | None,
    by: Principal, now: datetime,
) -> ContactId:  # fmt: skip
    """They are of this association no more: nobody chooses them for it, and what they came to still counts for it.

    With ``was_never`` they were put there by mistake: nothing of theirs counts for it. Their card stays among the
    programme's contacts. Returns whose. Raises NotFound.
    """
    person, contact = get(session, association_id=association_id, person_id=person_id)
    if was_never:
        session.execute(delete(AssociationPerson).where(AssociationPerson.id == person.id))
    else:
        person.left_at = now
    activity.record(session, space_id, acts.PERSON_TAKEN_OFF, by=by, now=now, subject_id=association_id)
    return contact.id


MOVES = Moves(
    tables=(
        Moved(table=AssociationPerson, same=same_by("association_id")),
        Moved(table=PersonRequest, same=same_by("association_id")),
    )
)
"""What a merge of two of the programme's contacts moves."""
