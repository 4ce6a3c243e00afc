"""Signing in and out."""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from app.accounts.web.forms import FINE, REFUSALS, Refused, show
from app.accounts.web.guards import load_user, public
from app.accounts.web.schemas import SignInIn
from app.accounts.web.session_cookie import enter, leave, prove
from app.clock import utc_now
from app.web.requests import safe_next

blueprint = Blueprint("sign_in", __name__)


@blueprint.get("/connexion")
@public("The door itself.")
def ask() -> ResponseReturnValue:
    if load_user():
        return redirect(safe_next(request.args.get("suite")) or "/")
    return _form()


@blueprint.post("/connexion")
@public("The door itself; tries are counted.")
def sign_in() -> ResponseReturnValue:
    try:
        parsed = SignInIn().load(request.form)
        user = prove(parsed["email"], parsed["password"], now=utc_now())
    except REFUSALS as error:
        return _form(Refused.by(error))
    return enter(user, safe_next(request.form.get("suite")) or "/")


@blueprint.post("/deconnexion")
@public("A session that ended elsewhere can be left too.")
def sign_out() -> ResponseReturnValue:
    return leave("/connexion")


def _form(refused: Refused = FINE) -> ResponseReturnValue:
    onward = safe_next(request.values.get("suite")) or ""
    return show("accounts/sign_in.html", refused, onward=onward)
