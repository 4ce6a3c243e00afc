"""The API keys of a space: made, shown once, revoked."""

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue

from app.accounts import keys
from app.accounts.models import Role
from app.accounts.web.forms import FINE, REFUSALS, Refused, show
from app.accounts.web.guards import needs, principal, space
from app.accounts.web.schemas import KeyIn
from app.clock import utc_now
from app.french.language import _
from app.web.requests import runtime

blueprint = Blueprint("api_keys", __name__, url_prefix="/e/<slug>/cles")


@blueprint.get("")
@needs(Role.REFERENTE)
def browse() -> ResponseReturnValue:
    return _page()


@blueprint.post("")
@needs(Role.REFERENTE)
def make() -> ResponseReturnValue:
    """The key is in this answer alone: only its digest is kept."""
    try:
        parsed = KeyIn().load(request.form)
        with runtime().database.transaction() as session:
            token = keys.make(session, space(), **parsed, by=principal(), now=utc_now())
    except REFUSALS as error:
        return _page(Refused.by(error))
    return show("accounts/key.html", token=token, name=parsed["name"])


@blueprint.post("/<int:key_id>/revoquer")
@needs(Role.REFERENTE)
def revoke(key_id: int) -> ResponseReturnValue:
    with runtime().database.transaction() as session:
        keys.revoke(session, space().id, key_id, by=principal(), now=utc_now())
    flash(_("La clé ne marche plus."), "success")
    return redirect(f"/e/{space().slug}/cles")


def _page(refused: Refused = FINE) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        return show("accounts/keys.html", refused, keys=keys.of_space(session, space().id))
