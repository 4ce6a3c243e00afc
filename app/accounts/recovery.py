"""A forgotten password: a code goes to the verified phone. Nothing tells whether an e-mail has an account."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts import activity, one_times, secrets, signing_in, throttle
from app.accounts.models import User
from app.accounts.phones import SENDINGS, CodeSender, code_text

FROM_ONE_ADDRESS = 20
"""What one machine may ask for before it waits: a whole room may share it."""


def take_turn(session: Session, email: str, *, address: str, now: datetime) -> None:
    """Count one request, or raise TooMany, whether the e-mail is known or not. Its own transaction."""
    throttle.take(session, f"recover-from:{address}", now=now, free=FROM_ONE_ADDRESS)
    throttle.take(session, f"recover:{_digest(email)}", now=now, free=SENDINGS)


def ask(session: Session, email: str, *, send: CodeSender, now: datetime) -> None:
    """Send a code to the verified phone of ``email``, if there is such a thing."""
    user = signing_in.find_user(session, email)
    if user and user.phone and user.phone_verified_at:
        code = one_times.make_code(session, user, one_times.RECOVER, phone=user.phone, now=now)
        send(session, user.phone, code_text(code), now)


def take_try(session: Session, email: str, *, address: str, now: datetime) -> int | None:
    """Use one try of the code of ``email``; the code's id, for ``finish``. Its own transaction."""
    throttle.take(session, f"recover-code-from:{address}", now=now, free=FROM_ONE_ADDRESS)
    throttle.take(session, f"recover-code:{_digest(email)}", now=now, free=2 * one_times.CODE_TRIES)
    user = signing_in.find_user(session, email)
    return one_times.take_try(session, user.id, one_times.RECOVER, now=now) if user else None


def finish(session: Session, one_time_id: int | None, *, code: str, password: str, now: datetime) -> User:
    """Spend the code and choose another password, which closes every open session. Raises RuleBroken."""
    found = one_times.use_code(session, one_time_id, code, now=now)
    user = found.user
    signing_in.choose_password(session, user, password, now=now)
    for key in (f"recover:{_digest(user.email)}", f"recover-code:{_digest(user.email)}"):
        throttle.forget(session, key)
    activity.record(session, None, "user.recovered", by=signing_in.principal_of(user), now=now, subject_id=user.id)
    return user


def _digest(email: str) -> str:
    return secrets.digest(email.strip().lower())[:32]
