"""The page that a phone opens to say « Ça marche sur mon téléphone »."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.web.guards import public
from app.clock import utc_now
from app.web.requests import runtime
from app.workshops import service
from app.workshops.seats import connectivity
from app.workshops.seats import cookie as seat_cookie

blueprint = Blueprint("reaching", __name__, url_prefix="/rejoindre/essai")


@blueprint.get("/<code>")
@public("a phone of the room tries whether it gets here; the code opens it")
def ask(code: str) -> ResponseReturnValue:
    """One big button, so that a page fetched by a scanner alone proves nothing."""
    workshop = seat_cookie.find_workshop(code)
    return render_template(
        "workshops/reach.html",
        association=workshop.association,
        workshop=workshop,
        is_said=bool(request.args.get("vu")),
        practice=True,
    )


@blueprint.post("/<code>")
@public("the code opens it, and failures are throttled")
def say(code: str) -> ResponseReturnValue:
    """This phone gets to our pages, and its presses come back."""
    found = seat_cookie.find_workshop(code)
    with runtime().database.transaction() as session:
        connectivity.note(session, service.get(session, found.id), now=utc_now())
    return redirect(url_for(".ask", code=code, vu=1))
