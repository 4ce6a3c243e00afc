"""Who of a kept association may enter the space that its acceptance made, and by which link."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts import invitations, team
from app.accounts.models import Association, Role, Space
from app.accounts.principal import USER, Principal
from app.contacts import service as contacts
from app.contacts.fields import Card
from app.contacts.naming import speaks_of
from app.errors import NotFound, RuleBroken
from app.french.language import _
from app.programme.applications.models import (
    Application,
    ApplicationDecision,
    ApplicationLink,
    ApplicationPublication,
)
from app.programme.applications.states import State
from app.programme.applications.views import Decision
from app.programme.cohorts import homes, members, people
from app.programme.cohorts.states import MemberState
from app.settings import Settings


def space_of(session: Session, application: Application) -> Space | None:
    """The live space of its association, while it is kept, in the cohort, and nobody has a team there.

    None while the staff have not said whether a space of its name is its own.
    """
    if application.state is not State.KEPT or application.association_id is None or has_left(session, application):
        return None
    if homes.is_asked(session, application.cohort_id, application.association_id):
        return None
    return _empty_space(session, application)


def _empty_space(session: Session, application: Application) -> Space | None:
    """The live space of its association, while nobody has a team there."""
    if application.association_id is None:
        return None
    association = session.get_one(Association, application.association_id)
    if association.space_id is None or team.members(session, association.space_id):
        return None
    return session.get_one(Space, association.space_id)


def is_proven(session: Session, application: Application, link: ApplicationLink) -> bool:
    """Whether the link was sent to the number on file since it was kept: those of before were given on trust."""
    published = session.scalar(
        select(func.max(ApplicationDecision.published_at)).where(
            ApplicationDecision.application_id == application.id, ApplicationDecision.decision == Decision.KEPT
        )
    )
    return published is not None and link.created_at >= published


def has_left(session: Session, application: Application) -> bool:
    """Whether one that was kept is out of the cohort again: its place says so, and nothing else."""
    if application.state is not State.KEPT or application.association_id is None:
        return False
    try:
        member, _its = members.get(session, application.cohort_id, application.association_id)
    except NotFound:
        return True
    return member.state is MemberState.LEFT


def end_invitations(session: Session, application: Application, *, by: Principal, now: datetime) -> None:
    """An invitation into a space that nobody is in is void, once the link which gave it, or its place, is so too."""
    space = _empty_space(session, application)
    if space is None:
        return
    for one in invitations.waiting(session, space.id, now=now):
        invitations.cancel(session, space, one.id, by=by, now=now)


def follow_number(
    session: Session,
    application: Application,
    before: str,
    *,
    programme: Space | None,
    settings: Settings,
    by: Principal,
    now: datetime,
) -> str:
    """The contact's card, which the acceptance made, takes the number that is on file now; why not, where not.

    ``before`` is the number of until now (E.164): a card with another one is somebody else's, or was changed by hand.
    """
    if programme is None or application.association_id is None:
        return ""
    for _person, contact in people.of_association(session, application.association_id):
        name = {"first_name": contact.first_name, "last_name": contact.last_name}
        if contact.phone != before or not speaks_of(application.contact_name, **name):
            continue
        try:
            with session.begin_nested():
                held = contacts.hold(session, programme.id, contact.id)
                card: Card = {"phone": application.contact_phone}
                contacts.edit(session, programme, held, card, key=settings.fingerprint_key, by=by, now=now)
        except RuleBroken as refusal:
            return _("La fiche de %(name)s garde l'ancien numéro : %(why)s", name=contact.name, why=refusal.sentence)
    return ""


def invite_anew(session: Session, application: Application, space: Space, *, now: datetime) -> str:
    """The invitation made again for whoever comes by the application's link, in the name of who published it."""
    query = (
        select(ApplicationPublication)
        .join(ApplicationDecision, ApplicationDecision.publication_id == ApplicationPublication.id)
        .where(ApplicationDecision.application_id == application.id, ApplicationDecision.published_at.is_not(None))
        .order_by(ApplicationPublication.id.desc())
        .limit(1)
    )
    published = session.scalars(query).one()
    by = Principal(USER, published.asked_by_id, published.asked_by)
    return invite(session, application, space, by=by, now=now)


def invite(session: Session, application: Application, space: Space, *, by: Principal, now: datetime) -> str:
    """The token of an invitation for the contact, which replaces the one before. Raises RuleBroken."""
    return invitations.invite(
        session, space, email=application.contact_email, name=application.contact_name, role=Role.REFERENTE, by=by,
        now=now,
    )  # fmt: skip
