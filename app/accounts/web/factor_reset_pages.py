"""The second factor of somebody who lost phone and codes, taken off by the programme, who knows them."""

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue

from app.accounts.models import Staff
from app.accounts.signing import second_factor, signing_in, users
from app.accounts.web.forms import REFUSALS, Refused, show
from app.accounts.web.guards import principal, staff, user
from app.accounts.web.schemas import FactorResetIn
from app.accounts.web.session_cookie import prove_again
from app.clock import utc_now
from app.errors import RuleBroken
from app.french.language import _
from app.web.requests import runtime

blueprint = Blueprint("factor_reset", __name__, url_prefix="/profil/double-verification/lever")


@blueprint.get("")
@staff(Staff.PROGRAMME)
def ask() -> ResponseReturnValue:
    return show("accounts/factor_reset.html")


@blueprint.post("")
@staff(Staff.PROGRAMME)
def reset() -> ResponseReturnValue:
    now = utc_now()
    try:
        parsed = FactorResetIn().load(request.form)
        prove_again(user(), parsed["current"], now=now)
        with runtime().database.transaction() as session:
            found = signing_in.find_user(session, parsed["email"])
            if found is None:
                sentence = _("Personne n'a cette adresse ici.")
                raise RuleBroken("user_unknown", sentence, fields={"email": sentence})
            second_factor.reset(session, users.get(session, found.id, lock=True), by=principal(), now=now)
    except REFUSALS as error:
        return show("accounts/factor_reset.html", Refused.by(error))
    flash(
        _("La double vérification est levée. La personne entre par son mot de passe, et peut la remettre."), "success"
    )
    return redirect("/profil")
