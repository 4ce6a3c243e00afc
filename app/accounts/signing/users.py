"""People who sign in: found or made by their e-mail, renamed, given the programme's work."""

import re
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import activity, acts
from app.accounts.models import Membership, Mode, Space, Staff, User
from app.accounts.principal import Principal
from app.accounts.signing import one_times, second_factor, signing_in
from app.database.engine import insert_missing
from app.database.ids import UserId
from app.errors import NotFound, RuleBroken
from app.french.language import _

_EMAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;.]+")


def checked_email(typed: str) -> str:
    """The e-mail in lower case. Raises RuleBroken when it is none."""
    email = typed.strip().lower()
    if not _EMAIL.fullmatch(email) or not email.isprintable() or len(email) > 254:
        sentence = _("Cette adresse n'est pas complète. Écrivez-la ainsi : jeanne@association.example.")
        raise RuleBroken("email_invalid", sentence, fields={"email": sentence})
    return email


def make_missing(session: Session, *, email: str, name: str, by: Principal, now: datetime) -> User:
    """The user of ``email``, made when there is none; an existing one keeps their own name."""
    email = checked_email(email)
    row = {"email": email, "name": name.strip() or email.partition("@")[0], "created_at": now}
    made = insert_missing(session, User, [row], unique=[User.email], returning=User.id)
    user = session.scalars(select(User).where(User.email == email)).one()
    if made:
        activity.record(session, None, acts.USER_MADE, by=by, now=now, subject_id=user.id)
    return user


def is_closed(session: Session, email: str) -> bool:
    """Whether the account of this e-mail, if there is one, lets nobody in any more."""
    return session.scalar(select(User.id).where(User.email == email, User.disabled_at.is_not(None))) is not None


def get(session: Session, user_id: UserId, *, lock: bool = False) -> User:
    """A user who may sign in. Raises NotFound."""
    query = select(User).where(User.id == user_id, User.disabled_at.is_(None))
    user = session.scalar(query.with_for_update() if lock else query)
    if user is None:
        raise NotFound("user_unknown", _("Cette personne n'existe pas ici."))
    return user


def rename(session: Session, user: User, *, name: str, now: datetime) -> None:
    user.name = name
    activity.record(session, None, acts.USER_RENAMED, by=signing_in.principal_of(user), now=now, subject_id=user.id)


def join_staff(session: Session, user: User, *, kind: Staff, by: Principal, now: datetime) -> None:
    """Give ``user`` the programme's work.

    Whoever held the account until now must not inherit it: the password, the phone, the sessions, the second factor
    and the links go.
    """
    lives = select(Space.name).join(Membership).where(Membership.user_id == user.id, Space.mode == Mode.LIVE)
    if name := session.scalar(lives.limit(1)):
        sentence = _("%(user)s est membre de « %(space)s » : l'équipe du programme n'est membre d'aucun espace réel.")
        raise RuleBroken("staff_in_live", sentence % {"user": user.name, "space": name})
    if user.staff is None:
        user.password_hash = user.phone = user.phone_verified_at = None
        signing_in.end_all(session, user, now=now)
        one_times.void(session, user.id, now=now)
        second_factor.clear(session, user)
    user.staff = kind
    activity.record(session, None, acts.USER_STAFFED, by=by, now=now, subject_id=user.id, kind=kind.value)
