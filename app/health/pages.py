"""« Santé »: for the programme's staff, what `doctor` and `/metrics` say of the jobs."""

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect

from app.accounts.models import Mode, Staff
from app.accounts.web.guards import principal, staff
from app.carrier.codes import explain
from app.clock import utc_now
from app.french.language import _
from app.health import backups, history, service, stopping
from app.messaging.inbox import strays
from app.messaging.restore import halt
from app.web.requests import runtime

blueprint = Blueprint("health", __name__, url_prefix="/sante")


def register(app: Flask, _csrf: CSRFProtect) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("")
@staff(Staff.PROGRAMME)
def show() -> ResponseReturnValue:
    """Spaces by their names alone: of volunteers and texts the programme sees only what came for no space."""
    now = utc_now()
    with runtime().database.snapshot() as session:
        health, backup = service.read(session, now=now), backups.last(session)
        unread, count = strays.unread(session), strays.count_unread(session)
        hours, codes = history.hours(session, now=now), history.codes(session, now=now)
        figures = {
            "without_receipt": service.without_receipt(session, now=now)[0],
            "held": service.held_senders(session, now=now)[Mode.LIVE],
            "waiting": history.waiting(session),
            "in_flight": service.in_flight(session),
        }
    return render_template(
        "health/show.html",
        health=health,
        strays=unread,
        strays_count=count,
        hours=hours,
        measured=any(hour.queued is not None for hour in hours),
        codes=[(explain(code or None), n) for code, n in codes],
        runs=service.runs,
        figures=figures,
        backup=backups.told(backup, now=now),
        backup_wrong=backups.wrong(backup, now=now, settings=runtime().settings),
        backup_mend=backups.MEND,
    )


@blueprint.post("/arreter")
@staff(Staff.PROGRAMME)
def stop() -> ResponseReturnValue:
    """Nothing leaves any more, in any space."""
    with runtime().database.transaction() as session:
        is_new = stopping.stop(session, why=request.form.get("why", ""), by=principal(), now=utc_now())
    if is_new:
        flash(_("Plus rien ne part, d'ici une seconde. Chaque page dit pourquoi."), "success")
    else:
        flash(_("Les envois étaient déjà arrêtés."), "info")
    return redirect(url_for(".show"))


@blueprint.get("/reprendre")
@staff(Staff.PROGRAMME)
def ask_resume() -> ResponseReturnValue:
    """What would leave, and what would not, before it does."""
    with runtime().database.snapshot() as session:
        found, rest = halt.stopped(session), halt.halted(session)
        waiting = stopping.waiting(session, found, now=utc_now()) if found else None
    if waiting is None:
        flash(_("Personne n'a arrêté les envois."), "info")
        return redirect(url_for(".show"))
    return render_template("health/resume.html", found=found, waiting=waiting, rest=rest)


@blueprint.post("/reprendre")
@staff(Staff.PROGRAMME)
def resume() -> ResponseReturnValue:
    """Let everything leave that still may."""
    with runtime().database.transaction() as session:
        waiting = stopping.resume(session, by=principal(), now=utc_now())
        rest = halt.standstill(session)
    if waiting is None:
        flash(_("Personne n'a arrêté les envois."), "info")
    elif rest is not None:
        flash(_("%(why)s Rien ne part avant « tambour restored ».", why=rest.sentence), "warning")
    else:
        flash(_("Les envois repartent."), "success")
    return redirect(url_for(".show"))


@blueprint.post("/textes/<int:stray_id>/lu")
@staff(Staff.PROGRAMME)
def handle_stray(stray_id: int) -> ResponseReturnValue:
    """Somebody read a text to nobody and did what there was to do."""
    with runtime().database.transaction() as session:
        strays.handle(session, stray_id, by=principal(), now=utc_now())
    flash(_("SMS marqué comme lu."), "success")
    return redirect(url_for(".show"))
