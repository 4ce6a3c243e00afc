"""One's own phone: typed, then verified by the code it receives."""

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue

from app.accounts.signing import codes, one_times, phones, users
from app.accounts.web.forms import FINE, REFUSALS, Refused, show
from app.accounts.web.guards import signed_in, user
from app.accounts.web.schemas import CodeIn, CurrentIn, PhoneIn
from app.accounts.web.session_cookie import prove_again
from app.clock import utc_now
from app.errors import RuleBroken
from app.french.language import _
from app.web.requests import runtime
from app.web.seams import Seam

blueprint = Blueprint("own_phone", __name__, url_prefix="/profil/telephone")

PHONE_READER: Seam[phones.PhoneReader] = Seam("phone reader")
CODE_SENDER: Seam[codes.CodeSender] = Seam("code sender")


@blueprint.get("")
@signed_in
def ask() -> ResponseReturnValue:
    return show("accounts/phone.html")


@blueprint.post("")
@signed_in
def send() -> ResponseReturnValue:
    now, database = utc_now(), runtime().database
    try:
        parsed = PhoneIn().load(request.form)
        phone = _read(parsed["phone"])
        prove_again(user(), parsed["current"], now=now)
        with database.transaction() as session:
            phones.take_turn(session, user(), now=now)
        with database.transaction() as session:
            mine, per_day = users.get(session, user().id), runtime().settings.codes_per_day
            phones.ask(session, mine, phone=phone, send=CODE_SENDER.read(), per_day=per_day, now=now)
    except REFUSALS as error:
        return show("accounts/phone.html", Refused.by(error))
    return redirect("/profil/telephone/code")


@blueprint.get("/code")
@signed_in
def ask_code() -> ResponseReturnValue:
    return _code_form()


@blueprint.post("/code")
@signed_in
def confirm() -> ResponseReturnValue:
    now, database = utc_now(), runtime().database
    try:
        code = CodeIn().load(request.form)["code"]
        with database.transaction() as session:
            tried = one_times.take_try(session, user().id, one_times.PHONE, now=now)
        with database.transaction() as session:
            phones.confirm(session, users.get(session, user().id), one_time_id=tried, code=code, now=now)
    except REFUSALS as error:
        return _code_form(Refused.by(error))
    flash(_("Votre téléphone est vérifié. Il vous rendra l'accès si vous oubliez votre mot de passe."), "success")
    return redirect("/profil")


@blueprint.get("/retirer")
@signed_in
def ask_removal() -> ResponseReturnValue:
    return show("accounts/phone_removal.html")


@blueprint.post("/retirer")
@signed_in
def remove() -> ResponseReturnValue:
    now = utc_now()
    try:
        prove_again(user(), CurrentIn().load(request.form)["current"], now=now)
    except REFUSALS as error:
        return show("accounts/phone_removal.html", Refused.by(error))
    with runtime().database.transaction() as session:
        phones.remove(session, users.get(session, user().id), now=now)
    flash(_("Votre téléphone est retiré."), "success")
    return redirect("/profil")


def _code_form(refused: Refused = FINE) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        waiting = one_times.find_code(session, user().id, one_times.PHONE, now=utc_now())
    if waiting is None and not refused.errors:
        return redirect("/profil/telephone")
    return show("accounts/phone_code.html", refused, phone=waiting.phone if waiting else None)


def _read(typed: str) -> str:
    try:
        return PHONE_READER.read()(typed)
    except RuleBroken as error:
        raise RuleBroken(error.code, error.sentence, fields={"phone": error.sentence}) from error
