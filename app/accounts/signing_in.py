"""Signing in and out. A session is a row: it can be seen and ended."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts import activity, secrets, throttle
from app.accounts.models import SignedIn, User
from app.accounts.principal import USER, Principal
from app.errors import AppError, RuleBroken
from app.language import _

LASTS = timedelta(days=30)
SEEN_EVERY = timedelta(minutes=5)
"""How fresh ``seen_at`` is kept; more often would write at each page."""


class WrongPassword(AppError):
    """The e-mail or the password is not right; which one is not said."""


def principal_of(user: User) -> Principal:
    return Principal(USER, user.id, user.name)


def find_user(session: Session, email: str) -> User | None:
    return session.scalar(select(User).where(User.email == email.strip().lower(), User.disabled_at.is_(None)))


def check_password(session: Session, email: str, password: str, *, address: str, now: datetime) -> User:
    """The user, when the password is theirs. Raises TooMany or WrongPassword.

    The caller counts the failure in a transaction of its own: raising undoes this one.
    """
    for key in throttle_keys(email, address):
        throttle.check(session, key, now=now)
    user = find_user(session, email)
    if not secrets.password_matches(password, user.password_hash if user else None) or user is None:
        raise WrongPassword("wrong_password", _("L'adresse ou le mot de passe n'est pas le bon."))
    return user


def throttle_keys(email: str, address: str) -> tuple[str, str]:
    """A person is slowed by their e-mail, a machine by its address (more freely: a whole room may share one)."""
    return f"sign-in:{secrets.digest(email.strip().lower())[:32]}", f"sign-in-from:{address}"


def count_failure(session: Session, email: str, *, address: str, now: datetime) -> None:
    by_email, by_address = throttle_keys(email, address)
    throttle.count(session, by_email, now=now)
    throttle.count(session, by_address, now=now, free=60)


def start(session: Session, user: User, *, browser: str, now: datetime) -> str:
    """Open a session for ``user``; the token for its cookie."""
    token = secrets.new_token()
    session.add(
        SignedIn(
            user_id=user.id,
            token_digest=secrets.digest(token),
            browser=browser[:200],
            created_at=now,
            seen_at=now,
            expires_at=now + LASTS,
        )
    )
    throttle.forget(session, throttle_keys(user.email, "")[0])
    activity.record(session, None, "user.signed_in", by=principal_of(user), now=now, subject_id=user.id)
    return token


def find(session: Session, token: str, *, now: datetime) -> tuple[User, SignedIn] | None:
    """Who holds this cookie, if its session is still open."""
    found = session.execute(
        select(User, SignedIn)
        .join(SignedIn, SignedIn.user_id == User.id)
        .where(
            SignedIn.token_digest == secrets.digest(token),
            SignedIn.revoked_at.is_(None),
            SignedIn.expires_at > now,
            User.disabled_at.is_(None),
        )
    ).one_or_none()
    return (found[0], found[1]) if found else None


def touch(session: Session, signed_in_id: int, *, now: datetime) -> None:
    """Note that the session is in use."""
    session.execute(update(SignedIn).where(SignedIn.id == signed_in_id).values(seen_at=now))


def end(session: Session, token: str, *, now: datetime) -> None:
    session.execute(update(SignedIn).where(SignedIn.token_digest == secrets.digest(token)).values(revoked_at=now))


def end_all(session: Session, user: User, *, now: datetime, but: int | None = None) -> None:
    """Close every session of ``user``, but perhaps the one in use."""
    query = update(SignedIn).where(SignedIn.user_id == user.id, SignedIn.revoked_at.is_(None))
    session.execute((query if but is None else query.where(SignedIn.id != but)).values(revoked_at=now))


def choose_password(session: Session, user: User, password: str, *, now: datetime) -> None:
    """Set a password of 10 characters or more, and close every open session."""
    if len(password) < 10:
        sentence = _("Choisissez un mot de passe d'au moins 10 caractères ; une petite phrase convient très bien.")
        raise RuleBroken("password_short", sentence, fields={"password": sentence})
    user.password_hash = secrets.hash_password(password)
    end_all(session, user, now=now)
    activity.record(session, None, "user.password_chosen", by=principal_of(user), now=now, subject_id=user.id)
