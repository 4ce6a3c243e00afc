"""« Prendre un téléphone »: a participant's own phone plays one of the wall's."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.models import Role
from app.accounts.web.guards import needs, space
from app.clock import utc_now
from app.errors import Conflict, NotFound
from app.french.language import _
from app.web.requests import runtime
from app.workshops.phones import pages as handset_pages
from app.workshops.seats import cookie as seat_cookie
from app.workshops.seats import holding
from app.workshops.seats.service import Sitting

blueprint = Blueprint("holding", __name__, url_prefix="/e/<slug>/telephones")


@blueprint.get("/tenir")
@needs(Role.LECTRICE)
def choose() -> ResponseReturnValue:
    """The phones of one's own copy, to take one in hand."""
    sitting = _sitting()
    with runtime().database.snapshot() as session:
        handsets = holding.offered(session, sitting)
    return render_template("workshops/hold.html", handsets=handsets, held=sitting.seat.held_phone)


@blueprint.post("/tenir")
@needs(Role.EQUIPIERE)
def hold() -> ResponseReturnValue:
    """Take it, and look at its screen."""
    sitting, phone = _sitting(), request.form.get("phone", "")
    try:
        with runtime().database.transaction() as session:
            holding.hold(session, sitting, phone, now=utc_now())
    except Conflict as refusal:
        flash(refusal.sentence, "warning")
        return redirect(url_for(".choose", slug=space().slug))
    return redirect(url_for("handsets.phone", slug=space().slug, handset=handset_pages.sealed(phone)))


@blueprint.post("/lacher")
@needs(Role.EQUIPIERE)
def let_go() -> ResponseReturnValue:
    """Put it back on the wall."""
    with runtime().database.transaction() as session:
        holding.let_go(session, _sitting())
    flash(_("Le téléphone est rendu : quelqu'un d'autre peut le prendre."), "success")
    return redirect(url_for(".choose", slug=space().slug))


def _sitting() -> Sitting:
    """The seat that asks: a trainer holds no phone, the wall is theirs."""
    sitting = seat_cookie.load_sitting()
    if sitting is None or sitting.space.id != space().id:
        raise NotFound("no_seat_here", _("Seul un participant prend un téléphone, depuis son espace."))
    return sitting
