"""The page where anybody signs up: no account, no cookie, no script; the same answer for every number."""

from collections.abc import Mapping

from flask import Blueprint, Flask, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect

from app.accounts.web.forms import FINE, REFUSALS, Refused, show
from app.accounts.web.guards import public
from app.clock import utc_now
from app.contacts.options import AVAILABILITY
from app.errors import NotFound
from app.french.language import _
from app.signup import asking, service, settings_pages, stamps, wordings
from app.signup.link_pages import SIGN_UP_PAGE
from app.signup.schemas import SignUpForm, bits
from app.signup.service import OpenPage
from app.web.requests import remote_address, runtime, ticked

blueprint = Blueprint("sign_up", __name__, url_prefix=service.PATH.rstrip("/"))

LINKS = {asking.SIGN_UP: SIGN_UP_PAGE}
"""For the table of pages by purpose of link."""
TRAP = "website"
"""A field that no reader sees: what fills it in is a program."""
_AGAIN: Mapping[stamps.Age, str] = {
    stamps.Age.TOO_FAST: _("C'était très rapide. Relisez, puis appuyez encore une fois."),
    stamps.Age.TOO_OLD: _("Cette page est restée ouverte longtemps. Relisez, puis appuyez encore une fois."),
    stamps.Age.UNKNOWN: _("Relisez, puis appuyez encore une fois."),
}


def register(app: Flask, csrf: CSRFProtect) -> None:
    """The page's own stamp stands for the form token, which would need a cookie."""
    csrf.exempt(blueprint)
    app.register_blueprint(blueprint)
    app.register_blueprint(settings_pages.blueprint)


@blueprint.get("/<slug>")
@public("Whoever scans the poster has no account.")
def fill_in(slug: str) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        return _form(service.open_page(session, slug))


@blueprint.post("/<slug>")
@public("A signed time stamp, a trap for programs and counters stand before it; nothing is known before the SMS.")
def sign_up(slug: str) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        at = service.open_page(session, slug)
    if not request.form.get("adult"):
        return _form(at, Refused(422), is_young=True)
    now, settings = utc_now(), runtime().settings
    age = stamps.read(request.form.get("stamp", ""), slug, key=settings.secret_key, now=now)
    try:
        typed = SignUpForm().load(request.form)
        phone = asking.checked_phone(typed["phone"], at.space, settings)
        if age is not stamps.Age.FINE or request.form.get(TRAP):
            return _form(at, Refused(422, _AGAIN.get(age, _AGAIN[stamps.Age.UNKNOWN])))
        typed["availability"] = bits(ticked("availability"))
        key = settings.fingerprint_key
        with runtime().database.transaction() as session:
            asking.take_turn(session, at.space.id, phone, came_from=remote_address(), key=key, now=now)
            asking.keep(session, at, typed, phone=phone, settings=settings, now=now)
    except REFUSALS as error:
        return _form(at, Refused.by(error))
    return redirect(url_for(".thank", slug=slug), 303)


@blueprint.get("/<slug>/merci")
@public("The same words for everybody, whoever they are.")
def thank(slug: str) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        at = service.open_page(session, slug)
    return render_template("signup/thanks.html", **_around(at))


@blueprint.errorhandler(NotFound)
def closed(_error: NotFound) -> ResponseReturnValue:
    """A closed page and a space that never was answer alike."""
    return render_template("signup/closed.html"), 404


def _form(at: OpenPage, refused: Refused = FINE, *, is_young: bool = False) -> Response:
    """The form, with what was typed and, while it is still good, the stamp of when it was first shown."""
    now, key, slug = utc_now(), runtime().settings.secret_key, at.space.slug
    stamp = request.form.get("stamp", "")
    if stamps.read(stamp, slug, key=key, now=now) not in (stamps.Age.FINE, stamps.Age.TOO_FAST):
        stamp = stamps.make(slug, key=key, now=now)
    return show(
        "signup/form.html",
        refused,
        page=at.page,
        stamp=stamp,
        trap=TRAP,
        is_young=is_young,
        missions=wordings.missions(at.space.name),
        commercial=wordings.commercial(at.space.name) if at.page.asks_commercial else "",
        adult=wordings.ADULT,
        availability=[(one.bit, one.label) for one in AVAILABILITY],
        chosen=ticked("availability"),
        **_around(at),
    )


def _around(at: OpenPage) -> dict[str, object]:
    return {"association": at.space.name, "practice": at.space.mode == "practice", "visited": at.space}
