"""The page behind a personal link: chosen by the link's purpose. A GET shows, a POST acts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from flask import Blueprint, Flask, Response, render_template
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect

from app.accounts.models import Space
from app.accounts.signing import throttle
from app.accounts.signing.throttle_keys import Throttled
from app.accounts.web.guards import signed
from app.clock import utc_now
from app.errors import NotFound
from app.french.language import _
from app.links import service
from app.links.models import Link
from app.web import zones
from app.web.requests import remote_address, runtime
from app.web.seams import Seam

blueprint = Blueprint("links", __name__, url_prefix="/r")

WRONG_FREE = 40
"""Wrong links from one address before it waits: a whole classroom may share one."""


@dataclass(frozen=True)
class Visit:
    """Somebody with a link in hand."""

    link: Link
    space: Space
    token: str


LATE = "late"
"""The purpose of the page that an expired link opens, whatever it was made for."""


@dataclass(frozen=True)
class LinkPage:
    """What a feature shows, and does, for the links of its purpose."""

    show: Callable[[Visit], ResponseReturnValue]
    act: Callable[[Visit], ResponseReturnValue]
    beside: Mapping[str, Callable[[Visit], ResponseReturnValue]] = field(default_factory=dict)
    """What else the link shows, by the word that follows it: a calendar file, another choice."""


PAGES: Seam[Mapping[str, LinkPage]] = Seam("link pages")
"""The table of pages by purpose."""


def register(app: Flask, csrf: CSRFProtect) -> None:
    """The token is the proof: no form token is asked of a phone that may keep no cookie."""
    csrf.exempt(blueprint)
    app.register_blueprint(blueprint)


@blueprint.get("/<token>", strict_slashes=False)
@signed("the personal token of the link")
def show(token: str) -> ResponseReturnValue:
    """Look only: phones and filters open links by themselves."""
    visit = _visit(token)
    return _page(visit).show(visit)


@blueprint.get("/<token>/<word>")
@signed("the personal token of the link")
def show_beside(token: str, word: str) -> ResponseReturnValue:
    """Something more behind the same link; it only shows too."""
    visit = _visit(token)
    beside = _page(visit).beside.get(word)
    if beside is None:
        raise NotFound("link_unknown", _("Ce lien n'est plus valable."))
    return beside(visit)


@blueprint.post("/<token>", strict_slashes=False)
@signed("the personal token of the link")
def act(token: str) -> ResponseReturnValue:
    """Do what the person pressed."""
    visit = _visit(token)
    return _page(visit).act(visit)


@blueprint.after_request
def keep_secret(response: Response) -> Response:
    """The address holds a secret: no cache, no referrer, no index."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@blueprint.errorhandler(NotFound)
def unknown(_error: NotFound) -> ResponseReturnValue:
    """Nothing behind it: a word mistyped, or a guess."""
    return render_template("links/unknown.html"), 404


def _visit(token: str) -> Visit:
    """A right link always opens: wrong ones from behind the same address are slowed down, never the right to object."""
    now = utc_now()
    with runtime().database.snapshot() as session:
        link = service.find(session, token)
        if link is not None:
            space = session.get_one(Space, link.space_id)
            zones.set_here(space.zone)
            return Visit(link, space, service.clean(token))
    with runtime().database.transaction() as session:
        throttle.take(session, Throttled.LINK_FROM.by(remote_address()), now=now, free=WRONG_FREE)
    raise NotFound("link_unknown", _("Ce lien n'est plus valable."))


def _page(visit: Visit) -> LinkPage:
    return PAGES.read()[visit.link.purpose if visit.link.expires_at > utc_now() else LATE]
