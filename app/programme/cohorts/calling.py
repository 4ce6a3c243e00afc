"""Whom to call in an association: who the programme wrote down, its space's contact, its people, its référentes."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.accounts import team
from app.accounts.models import Association, Role, Space
from app.contacts.phone import show_phone
from app.programme.cohorts import people as people_of_it
from app.programme.cohorts.models import CohortMember, Function

ANSWERING = (Function.REFERENT, Function.DIRECTOR)
"""Who of an association's people answers for it."""


@dataclass(frozen=True)
class Person:
    """Somebody to reach; an empty phone or e-mail is not known.

    The phone of somebody's account is never among them: it was given for lost passwords alone.
    """

    name: str
    phone: str = ""
    email: str = ""


def people(session: Session, member: CohortMember, association: Association) -> list[Person]:
    """In the order in which one would try."""
    found: list[Person] = []
    if member.contact_name or member.contact_phone:
        found.append(Person(member.contact_name or association.name, phone=member.contact_phone))
    space = session.get_one(Space, association.space_id) if association.space_id is not None else None
    if space is not None and space.contact_phone:
        found.append(Person(space.contact_name or space.name, phone=space.contact_phone))
    found += [
        Person(contact.name, phone=show_phone(contact.phone), email=contact.email)
        for person, contact in people_of_it.of_association(session, association.id)
        if person.function in ANSWERING
    ]
    return _once(found + (_referentes(session, space) if space is not None else []))


def _referentes(session: Session, space: Space) -> list[Person]:
    return [
        Person(one.user.name, email=one.user.email)
        for one in team.members(session, space.id)
        if one.role is Role.REFERENTE and one.user.disabled_at is None
    ]


def _once(found: Sequence[Person]) -> list[Person]:
    """A name known twice by one number or one address is told once, as first found."""
    known: set[tuple[str, str]] = set()
    kept = []
    for one in found:
        ways = {(one.name.casefold(), way) for way in ("".join(one.phone.split()), one.email.casefold()) if way}
        if not ways or not ways <= known:
            kept.append(one)
        known |= ways
    return kept
