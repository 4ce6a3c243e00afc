"""A user's own phone: verified by a code sent to it, it is what gives a lost account back."""

from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from app.accounts import activity, acts, quotas
from app.accounts.models import User
from app.accounts.signing import codes, one_times, signing_in, throttle
from app.accounts.signing.codes import CodeSender
from app.errors import RuleBroken
from app.french.language import _

SENDINGS = 3
"""Codes a person may ask for before the waiting begins."""


class PhoneReader(Protocol):
    """Reads a mobile however it was typed, as E.164. Raises RuleBroken."""

    def __call__(self, raw: str) -> str: ...


def take_turn(session: Session, user: User, *, now: datetime) -> None:
    """Count one sending, or raise TooMany: each text costs money. Its own transaction.

    A phone that is confirmed gives no turn back: whoever owns it could text the whole world with them.
    """
    throttle.take(session, f"phone-code:{user.id}", now=now, free=SENDINGS)
    quotas.take(session, f"phone-code:{user.id}", a_day=codes.A_DAY, a_month=codes.A_MONTH, now=now)


def ask(session: Session, user: User, *, phone: str, send: CodeSender, per_day: int, now: datetime) -> None:
    """Send a code to ``phone`` (E.164), which becomes the user's own once it is typed back."""
    code = one_times.make_code(session, user, one_times.PHONE, phone=phone, now=now)
    by = signing_in.principal_of(user)
    codes.send(session, user, code, phone=phone, send=send, per_day=per_day, by=by, now=now)


def confirm(session: Session, user: User, *, one_time_id: int | None, code: str, now: datetime) -> None:
    """Make the phone of the code the user's verified one."""
    found = one_times.use_code(session, one_time_id, code, now=now)
    if found.user_id != user.id or found.purpose != one_times.PHONE or found.phone is None:
        raise RuleBroken("code_wrong", _("Ce code n'est pas le bon."))
    user.phone, user.phone_verified_at = found.phone, now
    activity.record(session, None, acts.PHONE_VERIFIED, by=signing_in.principal_of(user), now=now, subject_id=user.id)


def remove(session: Session, user: User, *, now: datetime) -> None:
    """Forget the phone; a lost password then needs a link."""
    user.phone = user.phone_verified_at = None
    one_times.void(session, user.id, one_times.PHONE, one_times.RECOVER, now=now)
    activity.record(session, None, acts.PHONE_REMOVED, by=signing_in.principal_of(user), now=now, subject_id=user.id)
