"""To whom of the programme this live space is open, and until when."""

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue

from app.accounts import access_grants
from app.accounts.models import Role
from app.accounts.web.forms import FINE, REFUSALS, Refused, show
from app.accounts.web.guards import needs, principal, space
from app.accounts.web.schemas import AccessGrantIn
from app.clock import utc_now
from app.french.language import _
from app.web.requests import runtime

blueprint = Blueprint("openings", __name__, url_prefix="/e/<slug>/ouvertures")


@blueprint.get("")
@needs(Role.REFERENTE)
def current() -> ResponseReturnValue:
    return _page()


@blueprint.post("")
@needs(Role.REFERENTE)
def open_to() -> ResponseReturnValue:
    try:
        parsed = AccessGrantIn().load(request.form)
        with runtime().database.transaction() as session:
            access_grants.open_to(session, space(), **parsed, by=principal(), now=utc_now())
    except REFUSALS as error:
        return _page(Refused.by(error))
    flash(_("L'accès est donné. Chaque visite sera notée dans le journal."), "success")
    return redirect(f"/e/{space().slug}/ouvertures")


@blueprint.post("/<int:opening_id>/fermer")
@needs(Role.REFERENTE)
def close(opening_id: int) -> ResponseReturnValue:
    with runtime().database.transaction() as session:
        access_grants.close(session, space().id, opening_id, by=principal(), now=utc_now())
    flash(_("L'accès est retiré."), "success")
    return redirect(f"/e/{space().slug}/ouvertures")


def _page(refused: Refused = FINE) -> ResponseReturnValue:
    now = utc_now()
    with runtime().database.snapshot() as session:
        return show(
            "accounts/openings.html",
            refused,
            staff=access_grants.staff(session),
            current=access_grants.current(session, space().id, now=now),
            past=access_grants.past(session, space().id, now=now, limit=20),
        )
