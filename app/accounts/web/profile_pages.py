"""One's own profile: name, password, open sessions."""

from flask import Blueprint, flash, g, redirect, request
from flask.typing import ResponseReturnValue

from app.accounts import team
from app.accounts.signing import signing_in, users
from app.accounts.web.forms import FINE, REFUSALS, Refused, show
from app.accounts.web.guards import signed_in, user
from app.accounts.web.schemas import ChangePasswordIn, NameIn
from app.accounts.web.session_cookie import prove_again
from app.clock import utc_now
from app.database.ids import UserId
from app.french.language import _
from app.web import zones
from app.web.requests import runtime

blueprint = Blueprint("profile", __name__, url_prefix="/profil")


@blueprint.get("", endpoint="show")
@signed_in
def profile() -> ResponseReturnValue:
    return _page()


@blueprint.post("")
@signed_in
def rename() -> ResponseReturnValue:
    try:
        name = NameIn().load(request.form)["name"]
        with runtime().database.transaction() as session:
            users.rename(session, users.get(session, user().id), name=name, now=utc_now())
    except REFUSALS as error:
        return _page(Refused.by(error))
    flash(_("Votre nom est enregistré."), "success")
    return redirect("/profil")


@blueprint.post("/sessions/<int:signed_in_id>/fermer")
@signed_in
def close_session(signed_in_id: UserId) -> ResponseReturnValue:
    with runtime().database.transaction() as session:
        signing_in.end_one(session, user(), signed_in_id, now=utc_now())
    flash(_("La session est fermée."), "success")
    return redirect("/profil")


@blueprint.post("/sessions/fermer-les-autres")
@signed_in
def close_others() -> ResponseReturnValue:
    with runtime().database.transaction() as session:
        signing_in.end_all(session, user(), now=utc_now(), exclude=g.signed_in.id)
    flash(_("Les autres sessions sont fermées."), "success")
    return redirect("/profil")


@blueprint.get("/mot-de-passe")
@signed_in
def ask_password() -> ResponseReturnValue:
    return show("accounts/password.html")


@blueprint.post("/mot-de-passe")
@signed_in
def change_password() -> ResponseReturnValue:
    now = utc_now()
    try:
        parsed = ChangePasswordIn().load(request.form)
        signing_in.check_new_password(parsed["password"], user())
        prove_again(user(), parsed["current"], now=now)
        with runtime().database.transaction() as session:
            mine = users.get(session, user().id)
            signing_in.choose_password(session, mine, parsed["password"], now=now, exclude=g.signed_in.id)
    except REFUSALS as error:
        return show("accounts/password.html", Refused.by(error))
    flash(_("Votre mot de passe est changé. Les autres sessions sont fermées."), "success")
    return redirect("/profil")


def _page(refused: Refused = FINE) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        zones.set_here(team.zone_of(session, user()))
        open_sessions = signing_in.sessions_of(session, user().id, now=utc_now())
    return show("accounts/profile.html", refused, open_sessions=open_sessions, this_session_id=g.signed_in.id)
