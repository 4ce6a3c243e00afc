"""Invitations: a link handed over by hand, since there is no e-mail. Whoever is invited enters by opening it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import activity, acts, team
from app.accounts.models import Membership, OneTime, Role, Space, User
from app.accounts.principal import Principal
from app.accounts.signing import one_times, signing_in, users
from app.database.ids import SpaceId
from app.errors import NotFound, RuleBroken
from app.french.language import _


def invite(session: Session, space: Space, *, email: str, name: str, role: Role, by: Principal, now: datetime) -> str:
    """The token of a link that lets the person of ``email`` into the space, once.

    Their membership waits for the link: an account of that e-mail may exist already, and whoever holds it has
    proved nothing to this space yet.
    """
    team.refuse_visitors(by)
    user = users.make_missing(session, email=email, name=name, by=by, now=now)
    team.refuse_staff(space, user)
    if user.disabled_at is not None:
        sentence = _("Ce compte a été fermé par le programme.")
        raise RuleBroken("user_disabled", sentence, fields={"email": sentence})
    here = select(Membership.id).where(Membership.space_id == space.id, Membership.user_id == user.id)
    if session.scalar(here) is not None:
        sentence = _("Cette personne est déjà dans l'équipe.")
        raise RuleBroken("already_member", sentence, fields={"email": sentence})
    token = one_times.make_link(session, user, one_times.JOIN, now=now, space=space, role=role)
    activity.record(
        session, space.id, acts.MEMBER_INVITED, by=by, now=now, subject_id=user.id, note=user.email, role=role.value
    )
    return token


def waiting(session: Session, space_id: SpaceId, *, now: datetime) -> Sequence[OneTime]:
    """The invitations not opened yet, newest first."""
    return session.scalars(
        select(OneTime)
        .where(
            OneTime.space_id == space_id,
            OneTime.purpose == one_times.JOIN,
            OneTime.used_at.is_(None),
            OneTime.expires_at > now,
        )
        .order_by(OneTime.id.desc())
    ).all()


def cancel(session: Session, space: Space, invitation_id: int, *, by: Principal, now: datetime) -> None:
    """Make the link stop working. Raises NotFound."""
    found = next((each for each in waiting(session, space.id, now=now) if each.id == invitation_id), None)
    if found is None:
        raise NotFound("invitation_unknown", _("Cette invitation n'attend plus."))
    found.used_at = now
    activity.record(
        session,
        space.id,
        acts.INVITATION_CANCELLED,
        by=by,
        now=now,
        subject_id=found.user_id,
        note=found.user.email,
    )


def accept(session: Session, link: OneTime, user: User, *, now: datetime) -> Space:
    """Let ``user`` into the space of their ``link``, locked by the caller."""
    if link.user_id != user.id or link.space_id is None or link.role is None:
        raise RuleBroken("invitation_of_another", _("Cette invitation est pour quelqu'un d'autre."))
    space = session.get_one(Space, link.space_id)
    team.add(session, space, user, role=link.role, by=signing_in.principal_of(user), now=now)
    link.used_at = now
    return space


def may_choose_password(session: Session, link: OneTime) -> bool:
    """Whether opening ``link`` may set the password of its account.

    A password link may. An invitation may only while the account is nobody's yet: with a password, a space or the
    programme's work behind it, whoever made the invitation would take all that over.
    """
    if link.purpose == one_times.PASSWORD:
        return True
    somewhere = select(Membership.id).where(Membership.user_id == link.user_id).limit(1)
    return link.user.password_hash is None and link.user.staff is None and session.scalar(somewhere) is None
