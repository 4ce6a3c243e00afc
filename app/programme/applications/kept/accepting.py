"""Acceptance in one step: the association, its place in the cohort, its live space, its first user, its people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import associations, spaces, team
from app.accounts.models import Association, Mode, Space
from app.accounts.principal import Principal
from app.contacts.fields import Card
from app.errors import NotFound, RuleBroken
from app.french.language import _
from app.programme.applications import service
from app.programme.applications.kept import entering
from app.programme.applications.models import (
    Application,
)
from app.programme.cohorts import homes, members, requests
from app.programme.cohorts.models import Cohort, Function
from app.programme.cohorts.states import MemberState
from app.settings import Settings


@dataclass(frozen=True)
class Done:
    """An acceptance: the association, and what had to be left to a person, in a sentence."""

    association: Association
    problem: str


def accept(
    session: Session,
    application: Application,
    cohort: Cohort,
    *,
    programme: Space | None,
    settings: Settings,
    by: Principal,
    now: datetime,
) -> Done:
    """All of it in the caller's transaction. What concerns one person alone stops nothing: it is said.

    Its live space is closed until it goes live: it has no sender, so that nothing can leave. Raises Conflict for a
    cohort without a place.
    """
    proven = _proven(session, application)
    association = proven or _association(session, application, now=now)
    likes = _doubtful(session, application, association, is_proven=proven is not None, programme=programme)
    space = None if likes else _space(session, association, settings=settings, by=by, now=now)
    _let_in(session, cohort, association, programme=programme, by=by, now=now)
    application.association_id = association.id
    if likes:
        homes.ask(session, cohort.id, association.id, now=now)
    problems = [
        _doubt(association) if not proven and not likes and association.created_at < now else "",
        _invite(session, application, space, by=by, now=now) if space is not None else _asked(session, likes, proven),
        _introduce(session, application, association, programme=programme, settings=settings, by=by, now=now),
    ]
    return Done(association, " ".join(one for one in problems if one)[:300])


def _doubtful(
    session: Session, application: Application, association: Association, *, is_proven: bool, programme: Space | None
) -> Sequence[Space]:
    """The live spaces of which the staff say first whether they are its own: those of its name, of one that is new.

    Of one known by its SIREN, its space while nobody is in the team: anybody reads a SIREN, and would find there the
    volunteers and the diagnostics of before. One whose own acceptance made its space is asked nothing again.
    """
    if not is_proven:
        return homes.named_like(session, association, programme_id=programme.id if programme else None)
    if application.association_id is not None or association.space_id is None:
        return []
    return [] if team.members(session, association.space_id) else [session.get_one(Space, association.space_id)]


def _proven(session: Session, application: Application) -> Association | None:
    """The one that it became before, itself or by another application of its SIREN; a name proves nothing."""
    if application.association_id is not None:
        return session.get_one(Association, application.association_id)
    known = select(Application.association_id).where(
        Application.registration == application.registration, Application.association_id.is_not(None)
    )
    earlier = session.scalar(known.order_by(Application.id.desc()).limit(1))
    return session.get_one(Association, earlier) if earlier is not None else None


def _association(session: Session, application: Application, *, now: datetime) -> Association:
    """The one of its name, or a new one, without any space of its name; two SIREN of one name are two."""
    name = application.association_name
    others = (
        select(Application.registration)
        .join(Association, Association.id == Application.association_id)
        .where(Association.folded == associations.fold(name), Application.registration.is_not(None))
        .where(Application.registration != application.registration)
    )
    if session.scalar(others.limit(1)) is not None:
        town = service.sheet(session, application).values.get("town") or application.registration or ""
        name = f"{name[:80]} ({town[:36]})"
    return associations.find_or_make(session, name=name, space_id=None, now=now)


def _doubt(association: Association) -> str:
    """That somebody had named it before, with no number: a person looks whether it is the same."""
    return _("« %(name)s » était connue par son nom seul : vérifiez que c'est la même.", name=association.name)


def _asked(session: Session, likes: Sequence[Space], proven: Association | None) -> str:
    """That a live space has this name, or nobody in it: whose it is, the staff say on the association's page."""
    if proven is not None:
        return _("Son espace d'avant n'a plus personne : dites sur la page de l'association si c'est bien elle.")
    if any(team.members(session, one.id) for one in likes):
        return _("Une association de ce nom a déjà son espace et son équipe : dites sur sa page si c'est la même.")
    return _("Un espace réel porte déjà ce nom : dites sur la page de l'association si c'est le sien.")


def _space(session: Session, association: Association, *, settings: Settings, by: Principal, now: datetime) -> Space:
    """Its live space, made when it has none."""
    if association.space_id is not None:
        return session.get_one(Space, association.space_id)
    space = spaces.make(session, name=association.name, mode=Mode.LIVE, settings=settings, by=by, now=now)
    association.space_id = space.id
    session.flush()
    return space


def _let_in(
    session: Session,
    cohort: Cohort,
    association: Association,
    *,
    programme: Space | None,
    by: Principal,
    now: datetime,
) -> None:
    """Inside the cohort, whether it was invited, had left, or was never there. Raises Conflict without a place."""
    space_id = programme.id if programme else None
    inside = MemberState.INSIDE
    try:
        member, _its = members.get(session, cohort.id, association.id)
    except NotFound:
        members.add(
            session, cohort.id, name=association.name, state=inside, space_id=space_id, by=by, now=now,
            finds_space=False,
        )  # fmt: skip
        return
    if member.state is not inside:
        members.move(session, cohort.id, association.id, to=inside, reason="", space_id=space_id, by=by, now=now)


def _invite(session: Session, application: Application, space: Space, *, by: Principal, now: datetime) -> str:
    """The contact is invited as référente into a space that nobody is in; why not, where not: one with a team
    is its team's.
    """
    if team.members(session, space.id):
        return _("Cette association a déjà son espace et son équipe : c'est elle qui invite.")
    try:
        with session.begin_nested():
            entering.invite(session, application, space, by=by, now=now)
    except RuleBroken as refusal:
        return _("Personne n'est invité : %(why)s", why=refusal.sentence)
    return ""


def _introduce(
    session: Session,
    application: Application,
    association: Association,
    *,
    programme: Space | None,
    settings: Settings,
    by: Principal,
    now: datetime,
) -> str:
    """The contact becomes one of the programme's, as référente of the association; why not, where not.

    A number and a first name, which anybody types, bring back nobody who was set aside, nor tie somebody of another
    association: the staff are asked.
    """
    if programme is None:
        return ""
    first, _space, last = application.contact_name.partition(" ")
    card: Card = {"first_name": first, "last_name": last, "phone": application.contact_phone}
    if application.contact_email:
        card["email"] = application.contact_email
    try:
        with session.begin_nested():
            person = requests.name_own(
                session, programme, association.id, function=Function.REFERENT, card=card, settings=settings, by=by,
                now=now,
            )  # fmt: skip
    except RuleBroken as refusal:
        return _("Son contact n'est pas dans vos fiches : %(why)s", why=refusal.sentence)
    if person is None:
        return _("Vous connaissez déjà son contact autrement : dites sur la page de ses personnes si c'est bien lui.")
    return ""
