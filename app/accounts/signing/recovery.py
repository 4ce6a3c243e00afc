"""A forgotten password: a code goes to the verified phone. Nothing tells whether an e-mail has an account."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts import activity, acts, quotas
from app.accounts.models import User
from app.accounts.principal import job
from app.accounts.signing import codes, one_times, signing_in, throttle
from app.accounts.signing.callers import Caller, everybody_key
from app.accounts.signing.codes import CodeSender
from app.accounts.signing.phones import SENDINGS
from app.french.language import _

FROM_ONE_ADDRESS = 20
"""What one machine may ask for before it waits: a whole room may share it."""
CALLER_A_DAY, CALLER_A_MONTH = 3, 10
"""Codes that a browser which has signed in, or the strangers of one part of the network, may ask for one e-mail.

Strangers share ``codes.A_DAY`` besides: one corner of the network cannot use all of them up.
"""
SOMEBODY = _("Quelqu'un, par « Mot de passe oublié »")
"""Whoever asks for a code: nobody knows who they are."""


def take_turn(session: Session, email: str, *, caller: Caller, per_day: int, now: datetime) -> None:
    """Count one request, or raise TooMany, whether the e-mail is known or not. Its own transaction."""
    codes.check_open(session, per_day=per_day, now=now)
    if not caller.device:
        throttle.take(session, f"recover-from:{caller.address}", now=now, free=FROM_ONE_ADDRESS)
    own = caller.key("recover", email)
    throttle.take(session, own, now=now, free=SENDINGS)
    quotas.take(session, own, a_day=CALLER_A_DAY, a_month=CALLER_A_MONTH, now=now)
    if not caller.device:
        quotas.take(session, everybody_key("recover", email), a_day=codes.A_DAY, a_month=codes.A_MONTH, now=now)


def ask(session: Session, email: str, *, asked_by: str, send: CodeSender, per_day: int, now: datetime) -> None:
    """Send a code to the verified phone of ``email``, if there is such a thing, for the browser of ``asked_by``."""
    user = signing_in.find_user(session, email)
    if user and user.phone and user.phone_verified_at:
        code = one_times.make_code(session, user, one_times.RECOVER, phone=user.phone, now=now, asked_by=asked_by)
        codes.send(session, user, code, phone=user.phone, send=send, per_day=per_day, by=job(SOMEBODY), now=now)


def take_try(session: Session, email: str, *, asked_by: str, caller: Caller, now: datetime) -> int | None:
    """Use one try of the browser's code for ``email``; the code's id, for ``finish``. Its own transaction."""
    if not caller.device:
        throttle.take(session, f"recover-code-from:{caller.address}", now=now, free=FROM_ONE_ADDRESS)
    throttle.take(session, caller.key("recover-code", email), now=now, free=2 * one_times.CODE_TRIES)
    user = signing_in.find_user(session, email)
    return one_times.take_try(session, user.id, one_times.RECOVER, now=now, asked_by=asked_by) if user else None


def finish(session: Session, one_time_id: int | None, *, code: str, password: str, now: datetime) -> User:
    """Spend the code and choose another password, which closes every open session. Raises RuleBroken."""
    found = one_times.use_code(session, one_time_id, code, now=now)
    user = found.user
    signing_in.choose_password(session, user, password, now=now)
    activity.record(
        session, None, acts.ACCOUNT_RECOVERED, by=signing_in.principal_of(user), now=now, subject_id=user.id
    )
    return user
