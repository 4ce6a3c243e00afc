"""One's own second factor: set up with a QR code, ten recovery codes shown once, taken off."""

from datetime import datetime

import segno
from flask import Blueprint, flash, g, redirect, request
from flask import session as form_session
from flask.typing import ResponseReturnValue

from app.accounts.signing import second_factor, signing_in, totp, users
from app.accounts.web.forms import FINE, REFUSALS, Refused, show
from app.accounts.web.guards import signed_in, user
from app.accounts.web.schemas import CurrentIn, FactorIn, FactorRemovalIn
from app.accounts.web.session_cookie import prove_again
from app.clock import utc_now
from app.french.language import _
from app.web.requests import runtime

blueprint = Blueprint("factor", __name__, url_prefix="/profil/double-verification")

PREPARED_BY = "factor_prepared"
"""In the form's cookie: the session that gave its password to begin, which alone sees the secret and ends."""


@blueprint.get("")
@signed_in
def ask() -> ResponseReturnValue:
    return _page()


@blueprint.post("")
@signed_in
def prepare() -> ResponseReturnValue:
    """The secret is in this answer, and in those that refuse a number of it."""
    now = utc_now()
    try:
        prove_again(user(), CurrentIn().load(request.form)["current"], now=now)
        with runtime().database.transaction() as session:
            mine = users.get(session, user().id, lock=True)
            secret = second_factor.prepare(mine, key=runtime().settings.secret_key)
    except REFUSALS as error:
        return _page(Refused.by(error))
    form_session[PREPARED_BY] = g.signed_in.id
    return _code_page(secret)


@blueprint.post("/confirmer")
@signed_in
def confirm() -> ResponseReturnValue:
    now, key = utc_now(), runtime().settings.secret_key
    with runtime().database.snapshot() as session:
        secret = second_factor.prepared(users.get(session, user().id), key=key)
    if secret is None or form_session.get(PREPARED_BY) != g.signed_in.id:
        return redirect("/profil/double-verification")
    try:
        code = FactorIn().load(request.form)["code"]
        with runtime().database.transaction() as session:
            second_factor.take_try(session, user().id, now=now)
        with runtime().database.transaction() as session:
            mine = users.get(session, user().id, lock=True)
            codes = second_factor.confirm(session, mine, code, key=key, now=now)
            signing_in.end_all(session, mine, now=now, exclude=g.signed_in.id)
    except REFUSALS as error:
        return _code_page(secret, Refused.by(error))
    form_session.pop(PREPARED_BY)
    return show("accounts/factor_codes.html", codes=codes)


@blueprint.post("/codes")
@signed_in
def renew_codes() -> ResponseReturnValue:
    """The new ones are in this answer alone."""
    now = utc_now()
    try:
        _prove_both(now)
        with runtime().database.transaction() as session:
            codes = second_factor.renew_codes(session, users.get(session, user().id, lock=True), now=now)
    except REFUSALS as error:
        return _page(Refused.by(error))
    return show("accounts/factor_codes.html", codes=codes)


@blueprint.post("/changer")
@signed_in
def change() -> ResponseReturnValue:
    """For a new phone, or a new key of the service. Where it is asked for, nothing else opens until it is confirmed."""
    now, key = utc_now(), runtime().settings.secret_key
    try:
        _prove_both(now)
        with runtime().database.transaction() as session:
            secret = second_factor.change(session, users.get(session, user().id, lock=True), key=key, now=now)
    except REFUSALS as error:
        return _page(Refused.by(error))
    form_session[PREPARED_BY] = g.signed_in.id
    return _code_page(secret)


@blueprint.post("/retirer")
@signed_in
def remove() -> ResponseReturnValue:
    now, mode = utc_now(), runtime().settings.second_factor
    try:
        _prove_both(now)
        with runtime().database.transaction() as session:
            second_factor.remove(session, users.get(session, user().id, lock=True), mode=mode, now=now)
    except REFUSALS as error:
        return _page(Refused.by(error))
    flash(_("La double vérification est retirée : le mot de passe suffit."), "success")
    return redirect("/profil")


def _prove_both(now: datetime) -> None:
    """A browser left open is not its owner: the password, then a number or a recovery code."""
    parsed = FactorRemovalIn().load(request.form)
    prove_again(user(), parsed["current"], now=now)
    with runtime().database.transaction() as session:
        second_factor.take_try(session, user().id, now=now)
    with runtime().database.transaction() as session:
        mine = users.get(session, user().id, lock=True)
        second_factor.check(session, mine, parsed["code"], key=runtime().settings.secret_key, now=now)


def _page(refused: Refused = FINE) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        left = second_factor.codes_left(session, user().id)
    required = second_factor.is_required(user(), runtime().settings.second_factor)
    return show("accounts/factor.html", refused, codes_left=left, required=required)


def _code_page(secret: str, refused: Refused = FINE) -> ResponseReturnValue:
    qr = str(segno.make(totp.address(secret, user().email), error="m").svg_data_uri(scale=5, border=2))
    return show("accounts/factor_code.html", refused, qr=qr, secret=secret)
