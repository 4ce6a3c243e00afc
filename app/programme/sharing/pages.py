"""Where a référente sees exactly what would be shared, agrees, and stops."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import associations
from app.accounts.models import Role
from app.accounts.web.guards import needs, principal, space
from app.clock import utc_now
from app.french.language import _
from app.programme.sharing import rules, service
from app.web.requests import runtime

blueprint = Blueprint("sharing", __name__, url_prefix="/e/<slug>/programme/partage")


@blueprint.get("")
@needs(Role.LECTRICE)
def show() -> ResponseReturnValue:
    """This month's figures as they would be written, before anybody agrees; and every month that was shared."""
    now = utc_now()
    with runtime().database.snapshot() as session:
        association = associations.of_space(session, space().id)
        agreement = service.agreement(session, association.id) if association else None
        shared = service.months(session, [association.id]).get(association.id, []) if association else []
        figures = service.present(session, space(), now=now) if association else None
    return render_template(
        "programme/sharing.html",
        association=association,
        agreement=agreement,
        is_shared=agreement is not None and agreement.withdrawn_at is None,
        shared=shared[::-1],
        figures=figures,
        bands=rules.BANDS,
        month=rules.month_of(now),
        least=rules.LEAST,
    )


@blueprint.post("")
@needs(Role.REFERENTE)
def agree() -> ResponseReturnValue:
    with runtime().database.transaction() as session:
        service.agree(session, space(), by=principal(), now=utc_now())
    flash(_("C'est noté : le premier mois partagé sera celui-ci, quand il sera fini."), "success")
    return redirect(url_for(".show", slug=space().slug), 303)


@blueprint.post("/arreter")
@needs(Role.REFERENTE)
def stop() -> ResponseReturnValue:
    """What was shared already stays, or goes, as she says."""
    erases = request.form.get("erase") == "1"
    with runtime().database.transaction() as session:
        service.withdraw(session, space(), erases=erases, by=principal(), now=utc_now())
    flash(
        _("Plus rien n'est partagé, et les mois d'avant sont effacés.")
        if erases
        else _("Plus rien n'est partagé. Les mois d'avant restent au programme."),
        "success",
    )
    return redirect(url_for(".show", slug=space().slug), 303)
