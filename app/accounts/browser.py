"""The browser of whoever signs in: its cookie, and the proof of a password."""

from datetime import datetime

from flask import redirect, request
from flask import session as form_session
from werkzeug.wrappers import Response

from app.accounts import signing_in
from app.accounts.guards import COOKIE
from app.accounts.models import User
from app.clock import utc_now
from app.errors import RuleBroken
from app.language import _
from app.web import remote_address, runtime


def enter(user: User, target: str) -> Response:
    """Open a session for ``user`` in this browser, in place of the one it had, and go on to ``target``."""
    now = utc_now()
    with runtime().database.transaction() as session:
        if before := request.cookies.get(COOKIE):
            signing_in.end(session, before, now=now)
        token = signing_in.start(session, user, browser=request.user_agent.string, now=now)
    form_session.clear()
    response = redirect(target)
    response.set_cookie(
        COOKIE,
        token,
        max_age=signing_in.LASTS,
        httponly=True,
        samesite="Lax",
        secure=runtime().settings.public_url.startswith("https:"),
    )
    return response


def leave(target: str) -> Response:
    """Close this browser's session, if it has one."""
    if token := request.cookies.get(COOKIE):
        with runtime().database.transaction() as session:
            signing_in.end(session, token, now=utc_now())
    form_session.clear()
    response = redirect(target)
    response.delete_cookie(COOKIE)
    return response


def prove(email: str, password: str, *, now: datetime) -> User:
    """The user whose password it is. Raises TooMany or WrongPassword, and counts the failure."""
    database, address = runtime().database, remote_address()
    with database.transaction() as session:
        signing_in.take_try(session, email, address=address, now=now)
    try:
        with database.snapshot() as session:
            return signing_in.check_password(session, email, password)
    except signing_in.WrongPassword:
        with database.transaction() as session:
            signing_in.count_failure(session, address=address, now=now)
        raise


def prove_again(user: User, password: str, *, now: datetime) -> None:
    """Before a change that could take the account away: a browser left open is not its owner."""
    try:
        prove(user.email, password, now=now)
    except signing_in.WrongPassword as error:
        sentence = _("Ce n'est pas votre mot de passe actuel.")
        raise RuleBroken("wrong_current", sentence, fields={"current": sentence}) from error
    with runtime().database.transaction() as session:
        signing_in.forget_tries(session, user)
