"""Partners for the programme's staff: the list, a new one, its changes, what it takes part in."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from app.accounts.models import Staff
from app.accounts.web.guards import principal, staff
from app.clock import utc_now
from app.database.ids import PartnerId
from app.errors import RuleBroken
from app.french.language import _
from app.programme.partners import rules, schemas, service
from app.programme.partners.models import Subject
from app.programme.partners.own_pages import programme_id, today
from app.programme.partners.schemas import PartnerForm
from app.web.problems import errors_of
from app.web.requests import runtime

blueprint = Blueprint("partners", __name__, url_prefix="/programme/partenaires")


@blueprint.get("")
@staff(Staff.PROGRAMME)
def browse() -> ResponseReturnValue:
    """Every partner by what it brings, then those that left."""
    with runtime().database.snapshot() as session:
        here, gone = service.by_kind(session, today=today())
    return render_template("programme/partners/list.html", here=here, gone=gone, kinds=rules.KINDS)


@blueprint.get("/nouveau")
@staff(Staff.PROGRAMME)
def begin() -> ResponseReturnValue:
    return _page({}, {})


@blueprint.post("/nouveau")
@staff(Staff.PROGRAMME)
def make() -> ResponseReturnValue:
    try:
        terms = PartnerForm().load(request.form)
        with runtime().database.transaction() as session:
            service.make(session, terms, space_id=programme_id(session), by=principal(), now=utc_now())
    except (ValidationError, RuleBroken) as wrong:
        return _page(request.form.to_dict(), errors_of(wrong), status=422)
    flash(_("Partenaire ajouté."), "success")
    return redirect(url_for("partners.browse"))


@blueprint.get("/<int:partner_id>")
@staff(Staff.PROGRAMME)
def show(partner_id: PartnerId) -> ResponseReturnValue:
    """Its form; what it is attached to is chosen on the page of each thing."""
    with runtime().database.snapshot() as session:
        partner = service.get(session, partner_id)
    return _page(schemas.typed_of(partner), {}, partner_id=partner_id)


@blueprint.post("/<int:partner_id>")
@staff(Staff.PROGRAMME)
def change(partner_id: PartnerId) -> ResponseReturnValue:
    try:
        terms = PartnerForm().load(request.form)
        with runtime().database.transaction() as session:
            service.change(session, partner_id, terms, space_id=programme_id(session), by=principal(), now=utc_now())
    except (ValidationError, RuleBroken) as wrong:
        return _page(request.form.to_dict(), errors_of(wrong), partner_id=partner_id, status=422)
    flash(_("C'est enregistré."), "success")
    return redirect(url_for("partners.browse"))


def _page(
    typed: dict[str, str], errors: dict[str, str], *, partner_id: PartnerId | None = None, status: int = 200
) -> ResponseReturnValue:
    name = ""
    ties: dict[Subject, int] = {}
    if partner_id is not None:
        with runtime().database.snapshot() as session:
            name = service.get(session, partner_id).name
            for tie in service.ties_of(session, partner_id):
                ties[tie.subject] = ties.get(tie.subject, 0) + 1
    page = render_template(
        "programme/partners/form.html",
        typed=typed,
        errors=errors,
        partner_id=partner_id,
        name=name,
        ties=ties,
        kinds=rules.KINDS,
        subjects=rules.SUBJECTS,
    )
    return page, status
