"""Scenarios: the house's to copy, one's own to write, order, time and share."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.web.guards import staff, user
from app.clock import utc_now
from app.errors import RuleBroken
from app.french.language import _
from app.web import rows
from app.web.requests import runtime
from app.web.seams import Seam
from app.workshops import guards
from app.workshops.path import arrangement, scenarios
from app.workshops.path import steps as path

blueprint = Blueprint("scenarios", __name__, url_prefix="/ateliers/scenarios")

KINDS: Seam[path.Kinds] = Seam("step kinds")
"""Everything a lesson may wait for."""
COLUMNS = ("key", "title", "text", "hint", "minutes")


@blueprint.get("")
@staff()
def browse() -> ResponseReturnValue:
    """One's own, the house's, and what other trainers share."""
    kinds = KINDS.read()
    rows = [(one, path.steps_of(one, kinds)) for one in guards.known_scenarios()]
    return render_template("workshops/scenarios.html", rows=rows, me=user())


@blueprint.post("/<int:scenario_id>/copie")
@staff()
def copy(scenario_id: int) -> ResponseReturnValue:
    """A version of one's own."""
    with runtime().database.transaction() as session:
        found = scenarios.get(session, scenario_id, user())
        made = scenarios.copy(session, found, user(), now=utc_now())
    return redirect(url_for(".show", scenario_id=made.id))


@blueprint.get("/<int:scenario_id>")
@staff()
def show(scenario_id: int) -> ResponseReturnValue:
    """Its steps: to change when it is one's own, to read and copy otherwise."""
    return _page(scenario_id)


@blueprint.post("/<int:scenario_id>")
@staff()
def edit(scenario_id: int) -> ResponseReturnValue:
    """Each button keeps all that was typed."""
    act = request.form.get("act", "save")
    try:
        steps = arrangement.read_steps({name: request.form.getlist(name) for name in COLUMNS})
        with runtime().database.transaction() as session:
            scenarios.edit(
                scenarios.get(session, scenario_id, user(), lock=True),
                user(),
                title=request.form.get("name", ""),
                is_shared=bool(request.form.get("is_shared")),
                steps=arrangement.arranged(steps, act, new_key=request.form.get("new_key", "")),
                kinds=KINDS.read(),
                now=utc_now(),
            )
    except RuleBroken as refusal:
        return _page(scenario_id, typed=_typed(), error=refusal.sentence)
    if act == "save":
        flash(_("Le scénario est enregistré."), "success")
    place = f"etape-{_lands(act)}" if act != "save" else None
    return redirect(url_for(".show", scenario_id=scenario_id, _anchor=place))


def _lands(act: str) -> int:
    """The step to look at after a button, counting from 1."""
    action, __, place = act.partition(":")
    at = int(place) if place.isascii() and place.isdigit() and len(place) < 4 else 0
    return max(1, at + {"up": 0, "down": 2, "remove": 0}.get(action, 1))


def _typed() -> dict[str, Any]:
    columns = [request.form.getlist(name) for name in COLUMNS]
    steps = [dict(zip(COLUMNS, cells, strict=True)) for cells in zip(*columns, strict=False)]
    return {
        "title": request.form.get("name", ""),
        "is_shared": bool(request.form.get("is_shared")),
        "steps": [step for step in steps if step["key"] in KINDS.read()],
    }


def _page(scenario_id: int, *, typed: dict[str, Any] | None = None, error: str = "") -> ResponseReturnValue:
    kinds = KINDS.read()
    with runtime().database.snapshot() as session:
        found = scenarios.get(session, scenario_id, user())
        usual = scenarios.usual_minutes(session)
    stored: dict[str, Any] = {"title": found.title, "is_shared": found.is_shared, "steps": path.rows_of(found)}
    shown = typed or stored
    steps = [(kinds[step["key"]], step) for step in shown["steps"] if step.get("key") in kinds]
    taken = {kind.key for kind, _step in steps}
    page = render_template(
        "workshops/scenario.html",
        scenario=found,
        is_mine=found.owner_id == user().id,
        typed=shown,
        steps=steps,
        minutes=sum(rows.read(str(step.get("minutes", ""))) or kind.minutes for kind, step in steps),
        free=[(kind.key, kind.title) for kind in kinds.values() if kind.key not in taken],
        usual=usual,
        limits=arrangement.LIMITS,
        error=error,
    )
    return page, 422 if error else 200
