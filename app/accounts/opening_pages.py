"""To whom of the programme this live space is open, and until when."""

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue

from app.accounts import openings
from app.accounts.forms import FINE, REFUSALS, Refused, show
from app.accounts.guards import needs, principal, space
from app.accounts.models import Role
from app.accounts.schemas import OpeningIn
from app.clock import utc_now
from app.language import _
from app.web import runtime

blueprint = Blueprint("openings", __name__, url_prefix="/e/<slug>/ouvertures")


@blueprint.get("")
@needs(Role.REFERENTE)
def current() -> ResponseReturnValue:
    return _page()


@blueprint.post("")
@needs(Role.REFERENTE)
def open_to() -> ResponseReturnValue:
    try:
        asked = OpeningIn().load(request.form)
        with runtime().database.transaction() as session:
            openings.open_to(session, space(), **asked, by=principal(), now=utc_now())
    except REFUSALS as error:
        return _page(Refused.by(error))
    flash(_("L'espace est ouvert. Chaque visite sera notée dans le journal."), "success")
    return redirect(f"/e/{space().slug}/ouvertures")


@blueprint.post("/<int:opening_id>/fermer")
@needs(Role.REFERENTE)
def close(opening_id: int) -> ResponseReturnValue:
    with runtime().database.transaction() as session:
        openings.close(session, space().id, opening_id, by=principal(), now=utc_now())
    flash(_("L'espace est refermé."), "success")
    return redirect(f"/e/{space().slug}/ouvertures")


def _page(refused: Refused = FINE) -> ResponseReturnValue:
    now = utc_now()
    with runtime().database.snapshot() as session:
        return show(
            "accounts/openings.html",
            refused,
            staff=openings.staff(session),
            current=openings.current(session, space().id, now=now),
            past=openings.past(session, space().id, now=now, limit=20),
        )
