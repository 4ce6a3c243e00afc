"""Signing in, second step: the password was right, the number from the phone is asked."""

from flask import Blueprint, redirect, request
from flask import session as form_session
from flask.typing import ResponseReturnValue

from app.accounts.signing import second_factor, users
from app.accounts.web import session_cookie
from app.accounts.web.forms import REFUSALS, Refused, show
from app.accounts.web.guards import public
from app.accounts.web.schemas import FactorIn
from app.clock import utc_now
from app.web.requests import runtime

blueprint = Blueprint("second_proof", __name__, url_prefix="/connexion/code")


@blueprint.get("")
@public("Half of the door itself.")
def ask() -> ResponseReturnValue:
    if session_cookie.half_in(now=utc_now()) is None:
        return redirect("/connexion")
    return show("accounts/second_proof.html")


@blueprint.post("")
@public("Half of the door itself; tries are counted.")
def prove() -> ResponseReturnValue:
    now, database = utc_now(), runtime().database
    half = session_cookie.half_in(now=now)
    if half is None:
        return redirect("/connexion")
    try:
        code = FactorIn().load(request.form)["code"]
        with database.transaction() as session:
            second_factor.take_try(session, half.user_id, now=now)
        with database.transaction() as session:
            user = users.get(session, half.user_id, lock=True)
            second_factor.check(session, user, code, key=runtime().settings.secret_key, now=now)
    except REFUSALS as error:
        return show("accounts/second_proof.html", Refused.by(error))
    form_session.clear()
    return session_cookie.open_session(user, half.target)
