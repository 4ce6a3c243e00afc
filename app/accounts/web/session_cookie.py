"""The browser of whoever signs in: its cookie, and the proof of a password."""

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
from app.errors import RuleBroken
from app.french.language import _
from app.web.edge import set_cookie
from app.web.requests import remote_address, runtime

DEVICE = "tambour_device"
"""The cookie of a browser in which somebody has signed in: signing out leaves it."""
DEVICE_LASTS = timedelta(days=400)


def enter(user: User, target: str) -> Response:
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
