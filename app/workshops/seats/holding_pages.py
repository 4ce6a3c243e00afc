"""« Prendre un téléphone »: a participant's own screen plays a phone of the room."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.models import Role
from app.accounts.web.guards import needs, principal, space
from app.clock import utc_now
from app.errors import Conflict, NotFound
from app.french.language import _
from app.web.edge import etag, unchanged
from app.web.requests import runtime
from app.workshops import acts
from app.workshops.alone import service as alone
from app.workshops.models import AlonePractice
from app.workshops.phones import pages as handset_pages
from app.workshops.phones.client import Handsets, SimulatorSilent
from app.workshops.phones.pages import LONGEST_REPLY, QUICK
from app.workshops.phones.wall import Handset
from app.workshops.seats import cookie as seat_cookie
from app.workshops.seats import holding
from app.workshops.seats.service import Sitting, principal_of

blueprint = Blueprint("holding", __name__, url_prefix="/e/<slug>/telephones")


@blueprint.get("/tenir")
@needs(Role.LECTRICE)
def choose() -> ResponseReturnValue:
    """The phones of the room, or of one's own practice, to take one in hand."""
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
    return redirect(url_for(".held", slug=space().slug))


@blueprint.post("/lacher")
@needs(Role.EQUIPIERE)
def let_go() -> ResponseReturnValue:
    """Give it back to the room."""
    mine = _alone()
    with runtime().database.transaction() as session:
        if mine:
            alone.let_go(session, mine)
        else:
            holding.let_go(session, _sitting())
    flash(_("Le téléphone est rendu : quelqu'un d'autre peut le prendre."), "success")
    return redirect(url_for(".choose", slug=space().slug))


@blueprint.get("/en-main")
@needs(Role.LECTRICE)
def held() -> ResponseReturnValue:
    """The phone in hand and all its texts, whoever of the room wrote; polled, only when one came."""
    if mine := _alone():
        phone = mine.held_phone
        there = url_for("handsets.phone", slug=space().slug, handset=handset_pages.sealed(phone)) if phone else ""
        return redirect(there or url_for(".choose", slug=space().slug))
    sitting = _sitting()
    if not sitting.seat.held_phone:
        return redirect(url_for(".choose", slug=space().slug))
    return _held_page(sitting)


@blueprint.post("/en-main")
@needs(Role.EQUIPIERE)
def answer() -> ResponseReturnValue:
    """Write on the phone in hand to whoever wrote to it last."""
    sitting = _sitting()
    body = request.form.get("body", "").replace("\0", "").replace("\r\n", "\n").strip()
    if not body or len(body) > LONGEST_REPLY:
        sentence = _("Écrivez une réponse de 1 600 caractères au plus, ou choisissez-en une.")
        return _held_page(sitting, error=sentence, typed=body)
    with runtime().database.snapshot() as session:
        to = holding.answered_to(session, sitting)
    if to is None or not sitting.seat.held_phone:
        sentence = _("Il n'y a personne à qui répondre : ce téléphone n'a rien reçu, ou d'un nom et pas d'un numéro.")
        return _held_page(sitting, error=sentence, typed=body)
    try:
        with Handsets(to, runtime().settings) as handsets:
            handsets.reply(sitting.seat.held_phone, to=to.sender, body=body)
    except SimulatorSilent:
        sentence = _("Le simulateur ne répond pas : votre réponse n'est pas partie. Réessayez dans un instant.")
        return _held_page(sitting, error=sentence, typed=body)
    with runtime().database.transaction() as session:
        by = principal_of(sitting.seat)
        activity.record(session, sitting.space.id, acts.HANDSET_REPLIED, by=by, now=utc_now())
    return redirect(url_for(".held", slug=space().slug))


def _held_page(sitting: Sitting, *, error: str = "", typed: str = "") -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        texts = holding.texts(session, sitting)
        mark = etag(texts, sitting.seat.held_phone)
        if not error and (nothing_new := unchanged(mark)):
            return nothing_new
        name, to = holding.name_of(session, sitting), holding.answered_to(session, sitting)
    page = render_template(
        "workshops/_held.html" if request.args.get("part") else "workshops/held.html",
        texts=texts,
        mark=mark,
        name=name,
        phone=sitting.seat.held_phone,
        to=to,
        quick=QUICK,
        longest=LONGEST_REPLY,
        error=error,
        typed=typed,
    )
    return page, 422 if error else 200


def _alone() -> AlonePractice | None:
    """The practice of whoever is by themselves."""
    with runtime().database.snapshot() as session:
        return alone.find(session, space().id, g.user.id) if g.get("user") else None


def _offered(session: Session) -> list[Handset]:
    return [Handset(phone, name) for phone, name in alone.offered(session, space())]


def _sitting() -> Sitting:
    """The seat that asks: a trainer takes no phone, the room's screen is theirs."""
    sitting = seat_cookie.load_sitting()
    if sitting is None or sitting.space.id != space().id:
        raise NotFound("no_seat_here", _("Seul un participant prend un téléphone, depuis son espace."))
    return sitting
