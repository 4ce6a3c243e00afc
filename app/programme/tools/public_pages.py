"""« Outils », for anybody: the catalogue, its filters, a tool's page, some side by side, all of them as a file."""

from flask import Blueprint, Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect

from app.accounts.web.guards import public
from app.clock import utc_now
from app.contacts.importing.formulas import as_csv
from app.errors import NotFound
from app.programme.partners.missing_pages import missing
from app.programme.partners.own_pages import today
from app.programme.tools import file_pages, review_pages, rules, schemas, service, word_pages
from app.programme.tools.filter_pages import Filters
from app.programme.tools.reading_pages import cards, compared
from app.web.edge import download
from app.web.requests import number_argument, runtime

blueprint = Blueprint("tools", __name__, url_prefix="/outils")

blueprint.register_error_handler(NotFound, missing)
_OPEN = "The catalogue is for everybody to read."
TICKED_MAX = 20
"""Slugs of an address that are looked at."""


def register(app: Flask, csrf: CSRFProtect) -> None:
    """The catalogue, what its readers write, and the pages of the staff who keep it."""
    word_pages.register(app, csrf)
    app.register_blueprint(blueprint)
    app.register_blueprint(review_pages.blueprint)


@blueprint.get("")
@public(_OPEN)
def browse() -> ResponseReturnValue:
    """The tools that pass the filters of the address; « outil » are those ticked to be compared."""
    return _list(ticked=_ticked())


@blueprint.get("/comparer")
@public(_OPEN)
def compare() -> ResponseReturnValue:
    """Two or three tools: what they have alike, then what differs. Ticked otherwise, the list says what to do."""
    with runtime().database.snapshot() as session:
        sheets = service.by_slugs(session, _ticked())
        fits = 1 < len(sheets) <= rules.COMPARED_MAX
        found = cards(session, sheets, today=today(), now=utc_now()) if fits else []
    if not found:
        return _list(ticked=[one.tool.slug for one in sheets], asked=True)
    alike, differing = compared(found)
    return render_template("programme/tools/compare.html", cards=found, alike=alike, differing=differing)


@blueprint.get("/catalogue.csv")
@public(_OPEN)
def table() -> ResponseReturnValue:
    """Every tool that is offered, a line each; its columns never change their names."""
    with runtime().database.snapshot() as session:
        found = cards(session, service.offered(session), today=today(), now=utc_now())
    content = as_csv([file_pages.COLUMNS, *(file_pages.line(one) for one in found)])
    return download(content, file_name="outils.csv", mimetype="text/csv")


@blueprint.get("/<slug>")
@public(_OPEN)
def show(slug: str) -> ResponseReturnValue:
    """One tool, withdrawn or not: who is sent there by a recommendation still finds it."""
    with runtime().database.snapshot() as session:
        [card] = cards(session, [service.find_by_slug(session, slug)], today=today(), now=utc_now())
    return render_template("programme/tools/tool.html", card=card, today=today())


PAGE = 12
"""Cards on a page: whole rows of two and of three."""


def _ticked() -> list[str]:
    return request.args.getlist("outil")[:TICKED_MAX]


def _list(*, ticked: list[str], asked: bool = False) -> ResponseReturnValue:
    """The catalogue. ``asked``: it was asked to compare what cannot be, and says so."""
    choice = schemas.read_choice(request.args.to_dict(flat=False))
    with runtime().database.snapshot() as session:
        offered = service.offered(session)
        shown = [one for one in offered if rules.fits(one.traits, choice)]
        page_number = min(number_argument("page") or 1, max(1, -(-len(shown) // PAGE)))
        here = shown[(page_number - 1) * PAGE : page_number * PAGE]
        found = cards(session, here, today=today(), now=utc_now())
        chosen = service.by_slugs(session, ticked)
    filters = Filters(choice, [one.traits for one in offered])
    page = render_template(
        "programme/tools/list.html",
        cards=found,
        count=len(shown),
        pages=(page_number, -(-len(shown) // PAGE)),
        carried=schemas.arguments(choice),
        filters=filters,
        total=len(offered),
        ticked=[one.tool.slug for one in chosen],
        chosen=chosen,
        asked=asked,
        compared_max=rules.COMPARED_MAX,
    )
    return page, 422 if asked else 200
