"""« S'entraîner seul »: begun from an association's own space, followed in one's own practice space."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.models import Mode, Role
from app.accounts.web.guards import needs, principal, space, user
from app.clock import utc_now
from app.errors import Conflict, NotFound
from app.events import to_tomorrow
from app.french.language import _
from app.web.edge import etag, unchanged
from app.web.requests import runtime
from app.workshops.alone import service as alone
from app.workshops.alone.words import ACTS
from app.workshops.models import AlonePractice
from app.workshops.path import pages as scenario_pages
from app.workshops.path import steps as path
from app.workshops.phones import phonebook
from app.workshops.phones.sealing import seal
from app.workshops.results import summary as summaries
from app.workshops.seats.strip import Strip

blueprint = Blueprint("alone", __name__, url_prefix="/e/<slug>/s-entrainer")


@blueprint.get("")
@needs(Role.EQUIPIERE)
def show() -> ResponseReturnValue:
    """What it is, and the button; in the practice itself, its first page."""
    if space().mode is Mode.PRACTICE:
        return redirect(url_for("home.home", slug=space().slug))
    with runtime().database.snapshot() as session:
        running = alone.of_user(session, user().id)
    steps = alone.steps(scenario_pages.KINDS.read())
    minutes = sum(step.minutes for step in steps)
    return render_template("workshops/alone.html", running=running, steps=steps, minutes=minutes)


@blueprint.post("")
@needs(Role.EQUIPIERE)
def begin() -> ResponseReturnValue:
    """One's practice space, made the first time and filled anew on demand."""
    if space().mode is not Mode.LIVE:
        raise Conflict("already_practice", _("Vous êtes déjà dans un espace d'entraînement."))
    with runtime().database.transaction() as session:
        again = "again" in request.form
        words: dict[str, Any] = {"settings": runtime().settings, "by": principal(), "now": utc_now()}
        made = alone.begin(session, space(), user(), again=again, **words)
    return redirect(url_for("home.home", slug=made.slug))


@blueprint.get("/chemin")
@needs(Role.EQUIPIERE)
def path_strip() -> ResponseReturnValue:
    """The strip alone when it has changed, for the page that polls it."""
    mine = _mine()
    with runtime().database.snapshot() as session:
        found = _strip(session, mine)
    if nothing_new := unchanged(etag(found.shown)):
        return nothing_new
    return render_template("workshops/_strip.html", path=found, path_address=_polled())


@blueprint.post("/avancer")
@needs(Role.EQUIPIERE)
def advance() -> ResponseReturnValue:
    """What the trainer of a room does for everybody: time passes here, and nowhere else."""
    _mine()
    with runtime().database.transaction() as session:
        to_tomorrow.advance(session, space(), by=principal(), now=utc_now())
    flash(_("Le temps a avancé : ce qui était prévu part maintenant."), "success")
    return redirect(url_for("handsets.wall", slug=space().slug))


@blueprint.post("/lundi")
@needs(Role.EQUIPIERE)
def say_monday() -> ResponseReturnValue:
    """The last step, then what one takes away."""
    _mine()
    with runtime().database.transaction() as session:
        alone.say_monday(session, space(), by=principal(), now=utc_now())
    return redirect(url_for(".summary", slug=space().slug))


@blueprint.get("/bilan")
@needs(Role.EQUIPIERE)
def summary() -> ResponseReturnValue:
    """What this person did, and the texts they wrote."""
    mine = _mine()
    with runtime().database.snapshot() as session:
        steps = alone.steps(scenario_pages.KINDS.read())
        done = alone.done(session, mine, steps)
        texts = summaries.texts_of(session, space().id, by=principal().kind)
        home = alone.home(session, mine)
    count = len([step for step in steps if step.key in done])
    words = {"steps": steps, "done": done, "done_count": count, "texts": texts}
    return render_template("workshops/alone_summary.html", home=home, **words)


def around() -> dict[str, Any]:
    """What the pages of a practice of one's own have beside them; nothing elsewhere."""
    here, who = g.get("space"), g.get("user")
    if here is None or who is None or here.mode is not Mode.PRACTICE:
        return {}
    with runtime().database.snapshot() as session:
        mine = alone.find(session, here.id, who.id)
        return {"path": _strip(session, mine), "path_address": _polled()} if mine else {}


def _mine() -> AlonePractice:
    with runtime().database.snapshot() as session:
        mine = alone.find(session, space().id, user().id)
    if mine is None:
        raise NotFound("practice_unknown", _("Cet espace n'est pas votre entraînement."))
    return mine


def _polled() -> str:
    return url_for("alone.path_strip", slug=space().slug)


def _strip(session: Session, mine: AlonePractice) -> Strip:
    steps, now = alone.steps(scenario_pages.KINDS.read()), utc_now()
    done = alone.done(session, mine, steps)
    now_at = path.current(steps, done)
    last = max((one.at for one in done.values()), default=mine.begun_at)
    held = mine.held_phone or ""
    names = phonebook.names(session, mine.space_id, {held}) if held else {}
    return Strip(
        steps=steps,
        done=done,
        now_at=now_at,
        show_hint=now - last > alone.HINT_AFTER,
        slug=space().slug,
        held=names.get(held, held),
        handset=seal(held, key=runtime().settings.secret_key, space_id=mine.space_id) if held else "",
        is_alone=True,
        act=ACTS.get(now_at.key) if now_at else None,
    )
