"""« Proposer un outil », « Signaler une erreur »: no account, no cookie, no script, and nothing asked of who writes."""

from collections.abc import Mapping

from flask import Blueprint, Flask, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect

from app.accounts.web.forms import FINE, REFUSALS, Refused
from app.accounts.web.forms import show as show_form
from app.accounts.web.guards import public
from app.clock import utc_now
from app.errors import NotFound, RuleBroken
from app.french.language import _
from app.programme.partners.missing_pages import missing
from app.programme.tools import service, suggesting
from app.programme.tools.models import Tool
from app.programme.tools.schemas import ProposeForm, ReportForm
from app.signup import stamps
from app.web.requests import remote_address, runtime

blueprint = Blueprint("tool_words", __name__, url_prefix="/outils")
blueprint.register_error_handler(NotFound, missing)

TRAP = "website"
"""A field that no reader sees: what fills it in is a program."""
PROPOSED = "outils"
"""What the stamp of the form for a new tool is about; that of an error is about its tool."""
_WRITES = "A signed time stamp, a trap for programs and counters stand before it; the staff read before anybody else."
_AGAIN: Mapping[stamps.Age, str] = {
    stamps.Age.TOO_FAST: _("C'était très rapide. Relisez, puis appuyez encore une fois."),
    stamps.Age.TOO_OLD: _("Cette page est restée ouverte longtemps. Relisez, puis appuyez encore une fois."),
    stamps.Age.UNKNOWN: _("Relisez, puis appuyez encore une fois."),
}


def register(app: Flask, csrf: CSRFProtect) -> None:
    """The page's own stamp stands for the form token, which would need a cookie."""
    csrf.exempt(blueprint)
    app.register_blueprint(blueprint)


@blueprint.get("/proposer")
@public("Anybody may know a tool that is missing.")
def begin() -> ResponseReturnValue:
    return _form("propose", PROPOSED, FINE)


@blueprint.post("/proposer")
@public(_WRITES)
def propose() -> ResponseReturnValue:
    now = utc_now()
    try:
        typed = ProposeForm().load(request.form)
        _check_reader(PROPOSED)
        with runtime().database.transaction() as session:
            suggesting.take_turn(session, came_from=remote_address(), now=now)
            suggesting.propose(session, **typed, now=now)
    except REFUSALS as wrong:
        return _form("propose", PROPOSED, Refused.by(wrong))
    return redirect(url_for(".thank"), 303)


@blueprint.get("/<slug>/signaler")
@public("Anybody may see an error.")
def look(slug: str) -> ResponseReturnValue:
    tool = _tool(slug)
    return _form("report", tool.slug, FINE, tool=tool)


@blueprint.post("/<slug>/signaler")
@public(_WRITES)
def report(slug: str) -> ResponseReturnValue:
    tool, now = _tool(slug), utc_now()
    try:
        typed = ReportForm().load(request.form)
        _check_reader(tool.slug)
        with runtime().database.transaction() as session:
            suggesting.take_turn(session, came_from=remote_address(), now=now)
            suggesting.report(session, tool.id, **typed, now=now)
    except REFUSALS as wrong:
        return _form("report", tool.slug, Refused.by(wrong), tool=tool)
    return redirect(url_for(".thank"), 303)


@blueprint.get("/merci")
@public("The same words for everybody.")
def thank() -> ResponseReturnValue:
    return render_template("programme/tools/thanks.html")


def _tool(slug: str) -> Tool:
    with runtime().database.snapshot() as session:
        return service.find_by_slug(session, slug).tool


def _check_reader(about: str) -> None:
    """Send back what came too fast, too late, or with the hidden field filled in. Raises RuleBroken."""
    age = stamps.read(request.form.get("stamp", ""), about, key=runtime().settings.secret_key, now=utc_now())
    if age is not stamps.Age.FINE or request.form.get(TRAP):
        raise RuleBroken("read_again", _AGAIN.get(age, _AGAIN[stamps.Age.UNKNOWN]))


def _form(name: str, about: str, refused: Refused, *, tool: Tool | None = None) -> Response:
    """The form, with what was typed and, while it is still good, the stamp of when it was first shown."""
    now, key = utc_now(), runtime().settings.secret_key
    stamp = request.form.get("stamp", "")
    if stamps.read(stamp, about, key=key, now=now) not in (stamps.Age.FINE, stamps.Age.TOO_FAST):
        stamp = stamps.make(about, key=key, now=now)
    return show_form(f"programme/tools/{name}.html", refused, stamp=stamp, trap=TRAP, tool=tool)
