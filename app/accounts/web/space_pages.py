"""The way in: which space, and how it is set."""

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue

from app.accounts import spaces
from app.accounts.models import Mode, Role, Staff
from app.accounts.web.forms import FINE, REFUSALS, Refused, show
from app.accounts.web.guards import FOLDS, led, load_user, needs, principal, public, signed_in, space, user
from app.accounts.web.schemas import SettingsIn
from app.clock import ZONES, utc_now
from app.french.language import _
from app.web.requests import runtime

blueprint = Blueprint("spaces", __name__)


@blueprint.get("/")
@public("Only sends on: to the sign-in, to the workshops of those who run them, to the one space, or to the choice.")
def home() -> ResponseReturnValue:
    if not load_user():
        return redirect("/connexion")
    if user().staff is not None:
        return redirect("/programme" if user().staff is Staff.PROGRAMME else "/ateliers")
    with runtime().database.snapshot() as session:
        mine = spaces.of_user(session, user(), led=led(user()), now=utc_now())
    return redirect(f"/e/{mine[0].slug}/" if len(mine) == 1 else "/espaces")


@blueprint.get("/espaces")
@signed_in
def choose() -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        mine = spaces.of_user(session, user(), led=led(user()), now=utc_now())
        folds = FOLDS.read()(session, [one.id for one in mine if one.mode is Mode.PRACTICE])
    by_id = {one.id: one for one in mine}
    folded = [(fold, [by_id[one] for one in fold.space_ids]) for fold in folds]
    inside = {one for fold in folds for one in fold.space_ids}
    return show("accounts/spaces.html", mine=[one for one in mine if one.id not in inside], folded=folded)


@blueprint.get("/e/<slug>/reglages")
@needs(Role.REFERENTE)
def settings() -> ResponseReturnValue:
    return _settings()


@blueprint.post("/e/<slug>/reglages")
@needs(Role.REFERENTE)
def change_settings() -> ResponseReturnValue:
    try:
        parsed = SettingsIn().load(request.form)
        with runtime().database.transaction() as session:
            changed = spaces.get(session, space().slug, lock=True)
            spaces.change_settings(session, changed, **parsed, by=principal(), now=utc_now())
    except REFUSALS as error:
        return _settings(Refused.by(error))
    flash(_("Les réglages sont enregistrés."), "success")
    return redirect(f"/e/{space().slug}/reglages")


def _settings(refused: Refused = FINE) -> ResponseReturnValue:
    micros = space().budget_micros
    budget = "" if micros is None else f"{micros / 1_000_000:.2f}".replace(".", ",").removesuffix(",00")
    return show("accounts/settings.html", refused, budget=budget, zones={space().zone: space().zone, **ZONES})
