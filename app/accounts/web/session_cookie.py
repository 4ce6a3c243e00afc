"""The browser of whoever signs in: its cookie, and the proof of a password."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import g, redirect, request
from flask import session as form_session
from werkzeug.wrappers import Response

from app.accounts import secrets
from app.accounts.models import User
from app.accounts.signing import signing_in
from app.accounts.signing.callers import Caller, Device, read_device, write_device
from app.accounts.web.guards import COOKIE
from app.clock import utc_now
from app.database.ids import UserId
from app.errors import RuleBroken
from app.french.language import _
from app.web.edge import set_cookie
from app.web.requests import remote_address, runtime

DEVICE = "tambour_device"
"""The cookie of a browser in which somebody has signed in: signing out leaves it."""
DEVICE_LASTS = timedelta(days=400)


HALF_IN = "half_in"
"""In the form's cookie, which is signed: who gave the right password here, when, and where they were going."""
HALF_LASTS = timedelta(minutes=10)


@dataclass(frozen=True)
class HalfIn:
    """Somebody whose second proof is awaited."""

    user_id: UserId
    target: str


def enter(user: User, target: str) -> Response:
    """Go on to ``target`` as ``user``: at once, or once their second proof was given, if they have set one up."""
    if user.second_factor_at is None:
        return open_session(user, target)
    form_session.clear()
    form_session[HALF_IN] = [user.id, _mark(user), utc_now().timestamp(), target]
    return redirect("/connexion/code")


def half_in(*, now: datetime) -> HalfIn | None:
    """Whose second proof this browser still may give: ten minutes long, and until their password changes."""
    user_id, mark, at, target = form_session.get(HALF_IN) or (0, "", 0.0, "")
    if not user_id or now.timestamp() - at > HALF_LASTS.total_seconds():
        return None
    with runtime().database.snapshot() as session:
        user = session.get(User, user_id)
    same = user is not None and user.disabled_at is None and user.second_factor_at is not None
    return HalfIn(user.id, target) if user is not None and same and _mark(user) == mark else None


def _mark(user: User) -> str:
    return secrets.digest(f"{user.id} {user.password_hash}")[:16]


def open_session(user: User, target: str) -> Response:
    """Open a session for ``user`` in this browser, in place of the one it had, and go on to ``target``."""
    now = utc_now()
    with runtime().database.transaction() as session:
        if before := request.cookies.get(COOKIE):
            signing_in.end(session, before, now=now)
        token = signing_in.start(session, user, browser=request.user_agent.string, now=now)
        signing_in.forget_tries(session, user, caller=caller_for(user.email))
    form_session.clear()
    response = redirect(target)
    set_cookie(response, COOKIE, token, lasts=signing_in.LASTS)
    device = (_device() or Device(secrets.new_token())).after(user.email)
    cookie = write_device(device, key=runtime().settings.secret_key)
    set_cookie(response, DEVICE, cookie, lasts=DEVICE_LASTS)
    return response


def caller_for(email: str) -> Caller:
    """Who asks to come in as ``email``."""
    device = _device()
    return Caller(remote_address(), device.name if device and device.knows(email) else "")


def leave(target: str) -> Response:
    """Close this browser's session, if it has one."""
    if token := request.cookies.get(COOKIE):
        with runtime().database.transaction() as session:
            signing_in.end(session, token, now=utc_now())
    form_session.clear()
    response = redirect(target)
    response.delete_cookie(COOKIE)
    return response


def prove(email: str, password: str, *, now: datetime, caller: Caller | None = None) -> User:
    """The user whose password it is. Raises TooMany or WrongPassword, and counts the failure."""
    database, caller = runtime().database, caller or caller_for(email)
    with database.transaction() as session:
        signing_in.take_try(session, email, caller=caller, now=now)
    try:
        with database.snapshot() as session:
            return signing_in.check_password(session, email, password)
    except signing_in.WrongPassword:
        with database.transaction() as session:
            signing_in.count_failure(session, caller=caller, now=now)
        raise


def prove_again(user: User, password: str, *, now: datetime) -> None:
    """Before a change that could take the account away: a browser left open is not its owner."""
    caller = Caller(remote_address(), f"session {g.signed_in.id}")
    try:
        prove(user.email, password, now=now, caller=caller)
    except signing_in.WrongPassword as error:
        sentence = _("Ce n'est pas votre mot de passe actuel.")
        raise RuleBroken("wrong_current", sentence, fields={"current": sentence}) from error
    with runtime().database.transaction() as session:
        signing_in.forget_tries(session, user, caller=caller)


def _device() -> Device | None:
    return read_device(request.cookies.get(DEVICE, ""), key=runtime().settings.secret_key)
