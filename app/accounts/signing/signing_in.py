"""Signing in and out. A session is a row: it can be seen and ended."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts import activity, acts, secrets
from app.accounts.models import SignedIn, User
from app.accounts.principal import USER, Principal
from app.accounts.signing import one_times, throttle
from app.accounts.signing.callers import Caller, everybody_key
from app.database.ids import UserId
from app.errors import AppError, NotFound, RuleBroken
from app.french.language import _

LASTS = timedelta(days=30)
SHORTEST, LONGEST = 10, 200
"""Of a password, in characters."""
STRANGERS, STRANGERS_WAIT_S = 30, 5
"""Tries at one e-mail from everywhere before each waits, and how long at most: the right password still gets in."""
SEEN_EVERY = timedelta(minutes=5)
"""How fresh ``seen_at`` is kept; more often would write at each page."""


class WrongPassword(AppError):
    """The e-mail or the password is not right; which one is not said."""


def principal_of(user: User) -> Principal:
    return Principal(USER, user.id, user.name)


def find_user(session: Session, email: str) -> User | None:
    return session.scalar(select(User).where(User.email == email.strip().lower(), User.disabled_at.is_(None)))


def take_try(session: Session, email: str, *, caller: Caller, now: datetime) -> None:
    """Count a try at signing in, or raise TooMany. Its own transaction, before ``check_password``.

    By e-mail and part of the network, so that a stranger elsewhere shuts nobody out; a browser that has signed in
    has a counter of its own. Strangers from everywhere at once wait a few seconds, all of them.
    """
    if not caller.device:
        throttle.check(session, _address_key(caller), now=now)
    throttle.take(session, caller.key("sign-in", email), now=now)
    if not caller.device:
        throttle.take(session, everybody_key("sign-in", email), now=now, free=STRANGERS, max_wait_s=STRANGERS_WAIT_S)


def check_password(session: Session, email: str, password: str) -> User:
    """The user, when the password is theirs. Raises WrongPassword, after as long when there is no such user."""
    user = find_user(session, email)
    if not secrets.password_matches(password, user.password_hash if user else None) or user is None:
        raise WrongPassword("wrong_password", _("L'adresse ou le mot de passe n'est pas le bon."))
    return user


def count_failure(session: Session, *, caller: Caller, now: datetime) -> None:
    """Note a stranger's wrong password against the machine too, more freely: a whole room may share one address."""
    if not caller.device:
        throttle.count(session, _address_key(caller), now=now, free=60)


def forget_tries(session: Session, user: User, *, caller: Caller) -> None:
    """The right password: the tries before it no longer count."""
    throttle.forget(session, caller.key("sign-in", user.email))
    throttle.forget(session, everybody_key("sign-in", user.email))


def _address_key(caller: Caller) -> str:
    return f"sign-in-from:{caller.address}"


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
    activity.record(session, None, acts.SIGNED_IN, by=principal_of(user), now=now, subject_id=user.id)
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


def touch(session: Session, signed_in_id: UserId, *, now: datetime) -> None:
    """Note that the session is in use."""
    session.execute(update(SignedIn).where(SignedIn.id == signed_in_id).values(seen_at=now))


def end(session: Session, token: str, *, now: datetime) -> None:
    session.execute(update(SignedIn).where(SignedIn.token_digest == secrets.digest(token)).values(revoked_at=now))


def end_all(session: Session, user: User, *, now: datetime, exclude: int | None = None) -> None:
    """Close every session of ``user``, but perhaps the one in use."""
    query = update(SignedIn).where(SignedIn.user_id == user.id, SignedIn.revoked_at.is_(None))
    session.execute((query if exclude is None else query.where(SignedIn.id != exclude)).values(revoked_at=now))


def sessions_of(session: Session, user_id: UserId, *, now: datetime) -> Sequence[SignedIn]:
    """The browsers where ``user_id`` is signed in, last seen first."""
    return session.scalars(
        select(SignedIn)
        .where(SignedIn.user_id == user_id, SignedIn.revoked_at.is_(None), SignedIn.expires_at > now)
        .order_by(SignedIn.seen_at.desc(), SignedIn.id.desc())
    ).all()


def end_one(session: Session, user: User, signed_in_id: UserId, *, now: datetime) -> None:
    """Close one of the user's own sessions. Raises NotFound for anybody else's."""
    found = session.scalar(select(SignedIn).where(SignedIn.id == signed_in_id, SignedIn.user_id == user.id))
    if found is None:
        raise NotFound("session_unknown", _("Cette session n'existe pas."))
    found.revoked_at = found.revoked_at or now
    activity.record(session, None, acts.SESSION_CLOSED, by=principal_of(user), now=now, subject_id=user.id)


def choose_password(session: Session, user: User, password: str, *, now: datetime, exclude: int | None = None) -> None:
    """Set a password of 10 characters or more, and close every open session, ``but`` perhaps the one in use.

    Links and codes that could set another one stop working.
    """
    check_new_password(password, user)
    user.password_hash = secrets.hash_password(password)
    end_all(session, user, now=now, exclude=exclude)
    one_times.void(session, user.id, one_times.PASSWORD, one_times.RECOVER, now=now)
    activity.record(session, None, acts.PASSWORD_CHOSEN, by=principal_of(user), now=now, subject_id=user.id)


def check_new_password(password: str, user: User | None) -> None:
    """Raises RuleBroken for what is too short, endless, or written on the envelope."""
    sentence = ""
    if len(password) < SHORTEST:
        sentence = _("Choisissez un mot de passe d'au moins 10 caractères ; une petite phrase convient très bien.")
    elif len(password) > LONGEST:
        sentence = _("Ce mot de passe est trop long : 200 caractères au plus.")
    elif len(set(password)) < 5 or (user and password.strip().lower() in (user.email, user.name.lower())):
        sentence = _("Ce mot de passe se devine trop vite. Prenez plutôt trois ou quatre mots sans rapport entre eux.")
    if sentence:
        raise RuleBroken("password_weak", sentence, fields={"password": sentence})
