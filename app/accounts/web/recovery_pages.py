"""A forgotten password: the e-mail, then the code and the new password. Known and unknown e-mails look the same."""

import logging
import time

from flask import Blueprint, redirect, request
from flask import session as form_session
from flask.typing import ResponseReturnValue

from app.accounts import secrets
from app.accounts.signing import recovery, signing_in
from app.accounts.web.forms import FINE, REFUSALS, Refused, show
from app.accounts.web.guards import public
from app.accounts.web.phone_pages import CODE_SENDER
from app.accounts.web.schemas import EmailIn, RecoverIn
from app.accounts.web.session_cookie import caller_for, enter
from app.clock import utc_now
from app.web.requests import runtime

log = logging.getLogger(__name__)
blueprint = Blueprint("recovery", __name__, url_prefix="/mot-de-passe-oublie")

ANSWER_S = 0.4
"""How long every answer takes at least: writing a code takes longer than finding nobody, and a watch would tell."""
EMAIL, ASKED_BY = "recover_email", "recover_by"
"""In the form's cookie: for whom this browser asked, and the secret without which nobody tries its code."""


@blueprint.get("")
@public("Whoever lost their password cannot sign in.")
def ask() -> ResponseReturnValue:
    return show("accounts/recover.html")


@blueprint.post("")
@public("Whoever lost their password cannot sign in; requests are counted.")
def send() -> ResponseReturnValue:
    started, now, database = time.monotonic(), utc_now(), runtime().database
    try:
        email = EmailIn().load(request.form)["email"]
        with database.transaction() as session:
            per_day = runtime().settings.codes_per_day
            recovery.take_turn(session, email, caller=caller_for(email), per_day=per_day, now=now)
    except REFUSALS as error:
        return show("accounts/recover.html", Refused.by(error))
    form_session[EMAIL], form_session[ASKED_BY] = email, secrets.new_token()
    _send_quietly(email, form_session[ASKED_BY])
    time.sleep(max(0.0, started + ANSWER_S - time.monotonic()))
    return redirect("/mot-de-passe-oublie/code")


@blueprint.get("/code")
@public("Whoever lost their password cannot sign in.")
def ask_code() -> ResponseReturnValue:
    return _code_form() if EMAIL in form_session else redirect("/mot-de-passe-oublie")


@blueprint.post("/code")
@public("A code sent to the verified phone proves who it is; tries are counted.")
def finish() -> ResponseReturnValue:
    email, asked_by = form_session.get(EMAIL), form_session.get(ASKED_BY)
    if not email or not asked_by:
        return redirect("/mot-de-passe-oublie")
    started, now, database = time.monotonic(), utc_now(), runtime().database
    try:
        parsed = RecoverIn().load(request.form)
        signing_in.check_new_password(parsed["password"], None)  # a code is not spent on a password that is too short
        with database.transaction() as session:
            tried = recovery.take_try(session, email, asked_by=asked_by, caller=caller_for(email), now=now)
        with database.transaction() as session:
            user = recovery.finish(session, tried, code=parsed["code"], password=parsed["password"], now=now)
    except REFUSALS as error:
        time.sleep(max(0.0, started + ANSWER_S - time.monotonic()))
        return _code_form(Refused.by(error))
    return enter(user, "/")


def _send_quietly(email: str, asked_by: str) -> None:
    """Whatever happens to a code, the answer is the one an unknown e-mail gets."""
    try:
        with runtime().database.transaction() as session:
            per_day = runtime().settings.codes_per_day
            recovery.ask(session, email, asked_by=asked_by, send=CODE_SENDER.read(), per_day=per_day, now=utc_now())
    except Exception:
        log.exception("code_not_sent")


def _code_form(refused: Refused = FINE) -> ResponseReturnValue:
    return show("accounts/recover_code.html", refused, email=form_session[EMAIL])
