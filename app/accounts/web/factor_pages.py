"""One's own second factor: set up with a QR code, ten recovery codes shown once, taken off."""

from datetime import datetime, timedelta

import segno
from flask import Blueprint, flash, g, redirect, request
from flask import session as form_session
from flask.typing import ResponseReturnValue

from app.accounts import team
from app.accounts.signing import second_factor, signing_in, totp, users
from app.accounts.web.forms import FINE, REFUSALS, Refused, show
from app.accounts.web.guards import signed_in, user
from app.accounts.web.schemas import CurrentIn, FactorIn, FactorRemovalIn
from app.accounts.web.session_cookie import prove_again
from app.clock import utc_now
from app.french.language import _
from app.web import zones
from app.web.requests import runtime

blueprint = Blueprint("factor", __name__, url_prefix="/profil/double-verification")

PREPARED_BY = "factor_prepared"
"""In the form's cookie: the session that gave its password to begin, which alone sees the secret and ends."""
ANOTHER = "factor_another"
"""In the form's cookie: the sealed secret of another phone, and since when. The account knows nothing of it yet."""
ANOTHER_LASTS = timedelta(minutes=30)


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
    form_session.pop(ANOTHER, None)
    return _code_page(secret)


@blueprint.post("/confirmer")
@signed_in
def confirm() -> ResponseReturnValue:
    now, key, sealed = utc_now(), runtime().settings.secret_key, _another(utc_now())
    ours = second_factor.prepared(user(), key=key, now=now)
    secret = totp.unseal(sealed, key=key, user_id=user().id) if sealed else ours
    if secret is None or form_session.get(PREPARED_BY) != g.signed_in.id:
        return _nothing_to_confirm(now)
    try:
        code = FactorIn().load(request.form)["code"]
        with runtime().database.transaction() as session:
            second_factor.take_try(session, user().id, now=now)
        with runtime().database.transaction() as session:
            mine = users.get(session, user().id, lock=True)
            codes = second_factor.confirm(session, mine, code, key=key, now=now, sealed=sealed)
            signing_in.end_all(session, mine, now=now, exclude=g.signed_in.id)
    except REFUSALS as error:
        return _code_page(secret, Refused.by(error))
    form_session.pop(PREPARED_BY)
    form_session.pop(ANOTHER, None)
    return show("accounts/factor_codes.html", codes=codes)


def _nothing_to_confirm(now: datetime) -> ResponseReturnValue:
    if second_factor.was_just_set(user(), now=now):
        sentence = _(
            "La double vérification est déjà en place. Si vous n'avez pas gardé les codes, faites-en d'autres."
        )
        flash(sentence, "success")
    else:
        flash(_("Rien n'a changé : le temps est passé, recommencez."), "info")
    return redirect("/profil/double-verification")


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
    """For a new phone, or a new key of the service. The one in place is asked until a number of the new one is right.

    Left half done, the password alone would open the account, and let whoever has it put their own phone there.
    """
    now, key = utc_now(), runtime().settings.secret_key
    try:
        _prove_both(now)
    except REFUSALS as error:
        return _page(Refused.by(error))
    sealed = second_factor.another(user(), key=key)
    form_session[PREPARED_BY], form_session[ANOTHER] = g.signed_in.id, [sealed, now.timestamp()]
    return _code_page(totp.unseal(sealed, key=key, user_id=user().id) or "")


def _another(now: datetime) -> str | None:
    """What ``change`` began in this browser, not long ago."""
    sealed, at = form_session.get(ANOTHER) or (None, 0.0)
    return sealed if now.timestamp() - at <= ANOTHER_LASTS.total_seconds() else None


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
        zones.set_here(team.zone_of(session, user()))
        left = second_factor.codes_left(session, user().id)
    required = second_factor.is_required(user(), runtime().settings.second_factor)
    return show("accounts/factor.html", refused, codes_left=left, required=required)


def _code_page(secret: str, refused: Refused = FINE) -> ResponseReturnValue:
    qr = str(segno.make(totp.address(secret, user().email), error="m").svg_data_uri(scale=5, border=2))
    return show("accounts/factor_code.html", refused, qr=qr, secret=secret)
