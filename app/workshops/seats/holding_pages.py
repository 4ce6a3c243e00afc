"""« Tenir un téléphone »: a participant's own phone plays one of the wall's."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.accounts.web.guards import needs, principal, space
from app.clock import utc_now
from app.errors import Conflict, NotFound
from app.french.language import _
from app.web.requests import runtime
from app.workshops.alone import service as alone
from app.workshops.models import AlonePractice
from app.workshops.phones import pages as handset_pages
from app.workshops.phones.wall import Handset
from app.workshops.seats import cookie as seat_cookie
from app.workshops.seats import holding
from app.workshops.seats.service import Sitting

blueprint = Blueprint("holding", __name__, url_prefix="/e/<slug>/telephones")


@blueprint.get("/tenir")
@needs(Role.LECTRICE)
def choose() -> ResponseReturnValue:
    """The phones of one's own copy, to take one in hand."""
    mine = _alone()
    sitting = None if mine else _sitting()
    with runtime().database.snapshot() as session:
        handsets = _offered(session) if sitting is None else holding.offered(session, sitting)
    held = mine.held_phone if mine else sitting.seat.held_phone if sitting else None
    return render_template("workshops/hold.html", handsets=handsets, held=held)


@blueprint.post("/tenir")
@needs(Role.EQUIPIERE)
def hold() -> ResponseReturnValue:
    """Take it, and look at its screen."""
    mine, phone = _alone(), request.form.get("phone", "")
    try:
        with runtime().database.transaction() as session:
            if mine:
                alone.hold(session, space(), mine, phone, by=principal(), now=utc_now())
            else:
                holding.hold(session, _sitting(), phone, now=utc_now())
    except Conflict as refusal:
        flash(refusal.sentence, "warning")
        return redirect(url_for(".choose", slug=space().slug))
    return redirect(url_for("handsets.phone", slug=space().slug, handset=handset_pages.sealed(phone)))


@blueprint.post("/lacher")
@needs(Role.EQUIPIERE)
def let_go() -> ResponseReturnValue:
    """Put it back on the wall."""
    mine = _alone()
    with runtime().database.transaction() as session:
        if mine:
            alone.let_go(session, mine)
        else:
            holding.let_go(session, _sitting())
    flash(_("Le téléphone est de nouveau au mur."), "success")
    return redirect(url_for(".choose", slug=space().slug))


def _alone() -> AlonePractice | None:
    """The practice of whoever is by themselves."""
    with runtime().database.snapshot() as session:
        return alone.find(session, space().id, g.user.id) if g.get("user") else None


def _offered(session: Session) -> list[Handset]:
    return [Handset(space().id, space().slug, phone, name) for phone, name in alone.offered(session, space())]


def _sitting() -> Sitting:
    """The seat that asks: a trainer holds no phone, the wall is theirs."""
    sitting = seat_cookie.load_sitting()
    if sitting is None or sitting.space.id != space().id:
        raise NotFound("no_seat_here", _("Seul un participant tient un téléphone de son espace."))
    return sitting
