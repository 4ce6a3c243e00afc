"""Whom to call in an association: who the programme wrote down, its space's contact, its référentes."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.accounts import team
from app.accounts.models import Association, Role, Space
from app.programme.cohorts.models import CohortMember


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
    found = []
    if member.contact_name or member.contact_phone:
        found.append(Person(member.contact_name or association.name, phone=member.contact_phone))
    if association.space_id is None:
        return found
    space = session.get_one(Space, association.space_id)
    if space.contact_phone:
        found.append(Person(space.contact_name or space.name, phone=space.contact_phone))
    found += [
        Person(one.user.name, email=one.user.email)
        for one in team.members(session, space.id)
        if one.role is Role.REFERENTE and one.user.disabled_at is None
    ]
    return found
