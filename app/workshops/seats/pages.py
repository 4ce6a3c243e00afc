"""What a participant has beside the product's own pages: the path, an account at the end, two questions."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.web.guards import signed
from app.clock import utc_now
from app.errors import NotSignedIn
from app.french.language import _
from app.web.edge import etag, unchanged
from app.web.requests import number_field, runtime
from app.workshops.models import Seat, Workshop
from app.workshops.path import pages as scenario_pages
from app.workshops.practice import own_list
from app.workshops.practice import pages as own_list_pages
from app.workshops.results import feedback, summary
from app.workshops.seats import cookie as seat_cookie
from app.workshops.seats import strip
from app.workshops.seats.service import Sitting

blueprint = Blueprint("seat", __name__, url_prefix="/atelier")


@blueprint.get("")
@signed("the seat's own cookie")
def enter() -> ResponseReturnValue:
    """Back to one's seat, or to the account once the workshop is over."""
    sitting = seat_cookie.load_sitting()
    if sitting is not None:
        return redirect(url_for("home.home", slug=sitting.space.slug))
    seat = seat_cookie.load_seat()
    return redirect(seat_cookie.address_after(seat) if seat else url_for("joining.ask"))


@blueprint.get("/chemin")
@signed("the seat's own cookie")
def path_strip() -> ResponseReturnValue:
    """The strip alone when it has changed, for the page that polls it; it also says that the tab is awake."""
    sitting = _sitting()
    seat_cookie.note_presence(sitting, sitting.seat.at_page)
    with runtime().database.snapshot() as session:
        key = runtime().settings.secret_key
        found = strip.read(session, sitting, scenario_pages.KINDS.read(), key=key, now=utc_now())
    if nothing_new := unchanged(etag(found.shown)):
        return nothing_new
    return render_template("workshops/_strip.html", path=found, path_address=url_for(".path_strip"))


@blueprint.get("/tableau.csv")
@signed("the seat's own cookie")
def table() -> ResponseReturnValue:
    """« Le fichier de l'atelier »: the spreadsheet to import."""
    sitting = _sitting()
    with runtime().database.snapshot() as session:
        return own_list_pages.spreadsheet(own_list.table(session, sitting.workshop))


@blueprint.get("/bilan")
@signed("the seat's own cookie, after the workshop too")
def account() -> ResponseReturnValue:
    """What this person did, the texts they wrote, and what comes next. Nobody else reads it."""
    seat = _any_seat()
    with runtime().database.snapshot() as session:
        workshop = session.get_one(Workshop, seat.workshop_id)
        found = summary.of_seat(session, workshop, seat, scenario_pages.KINDS.read())
    return render_template(
        "workshops/account.html",
        association=workshop.association,
        practice=True,
        seat=seat,
        is_over=workshop.closed_at is not None,
        account=found,
        answers=feedback.ANSWERS,
        questions=(feedback.GAINED, feedback.READY),
    )


@blueprint.post("/avis")
@signed("the seat's own cookie, after the workshop too")
def say() -> ResponseReturnValue:
    """The two questions at the end."""
    seat = _any_seat()
    with runtime().database.transaction() as session:
        feedback.keep(
            session,
            seat.id,
            gained=number_field("gained"),
            ready=number_field("ready"),
            comment=request.form.get("comment", ""),
        )
    flash(_("Merci ! Votre avis est noté."), "success")
    return redirect(url_for(".account"))


def _sitting() -> Sitting:
    sitting = seat_cookie.load_sitting()
    if sitting is None:
        seat_cookie.see_out()
        raise NotSignedIn("seat_unknown", _("Cet atelier est terminé, ou ce téléphone n'y a pas de poste."))
    return sitting


def _any_seat() -> Seat:
    seat = seat_cookie.load_seat()
    if seat is None:
        raise NotSignedIn("seat_unknown", _("Ce téléphone n'a pas de poste dans un atelier."))
    return seat
