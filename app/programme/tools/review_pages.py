"""The catalogue for the programme's staff: what readers wrote, each tool's form, its withdrawal, its history."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from app.accounts.models import Staff
from app.accounts.web.guards import principal, staff
from app.clock import utc_now
from app.database.ids import PartnerId, ToolId
from app.errors import Conflict, RuleBroken
from app.french.language import _
from app.programme.partners import service as partners
from app.programme.partners.models import Subject
from app.programme.partners.own_pages import programme_id, today
from app.programme.tools import editing, rules, schemas, service, suggesting, telling, words
from app.programme.tools.reading_pages import NO_LONGER
from app.programme.tools.schemas import ReasonForm
from app.web.problems import errors_of
from app.web.requests import number_argument, number_field, runtime, ticked

blueprint = Blueprint("tool_review", __name__, url_prefix="/programme/outils")


@blueprint.get("")
@staff(Staff.PROGRAMME)
def browse() -> ResponseReturnValue:
    """What waits for an answer first, then every tool with the facts to check."""
    return _list({})


@blueprint.post("/propositions/<int:suggestion_id>/accepter")
@staff(Staff.PROGRAMME)
def accept(suggestion_id: int) -> ResponseReturnValue:
    """An error that was mended on the tool's page."""
    with runtime().database.transaction() as session:
        space_id = programme_id(session)
        suggesting.accept(session, suggestion_id, space_id=space_id, by=principal(), now=utc_now())
    flash(_("C'est noté : corrigé."), "success")
    return redirect(url_for("tool_review.browse"))


@blueprint.post("/propositions/<int:suggestion_id>/refuser")
@staff(Staff.PROGRAMME)
def refuse(suggestion_id: int) -> ResponseReturnValue:
    try:
        parsed = ReasonForm().load(request.form)
        with runtime().database.transaction() as session:
            suggesting.refuse(
                session, suggestion_id, **parsed, space_id=programme_id(session), by=principal(), now=utc_now()
            )
    except (ValidationError, RuleBroken) as wrong:
        return _list(errors_of(wrong), status=422)
    flash(f"refusal-{suggestion_id}", "draft-saved")
    flash(_("C'est noté : refusé, avec votre raison."), "success")
    return redirect(url_for("tool_review.browse"))


@blueprint.get("/nouveau")
@staff(Staff.PROGRAMME)
def begin() -> ResponseReturnValue:
    """An empty form, or one filled with a reader's proposal."""
    number = number_argument("proposition")
    typed = {"read_on": today().isoformat()}
    if number is not None:
        with runtime().database.snapshot() as session:
            typed |= schemas.typed_from(suggesting.get(session, number))
    return _form(typed, {}, suggestion_id=number)


@blueprint.post("/nouveau")
@staff(Staff.PROGRAMME)
def make() -> ResponseReturnValue:
    number, chosen = number_field("proposition"), ticked("partners")
    try:
        terms, _version = schemas.read_tool(request.form, request.form.getlist("purposes"))
        with runtime().database.transaction() as session:
            told = _told(session)
            made = editing.make(session, terms, **told)
            partners.set_of(session, Subject.TOOL, made.id, [PartnerId(one) for one in chosen], **told)
            if number is not None:
                suggesting.accept(session, number, tool_id=made.id, **told)
    except (ValidationError, RuleBroken, Conflict) as wrong:
        return _form(request.form.to_dict(), errors_of(wrong), suggestion_id=number, status=422)
    flash(f"tool-new-{number or 0}", "draft-saved")
    flash(_("Outil ajouté au catalogue."), "success")
    return redirect(url_for("tool_review.show", tool_id=made.id))


@blueprint.get("/<int:tool_id>")
@staff(Staff.PROGRAMME)
def show(tool_id: ToolId) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        sheet = service.sheet_of(session, service.get(session, tool_id))
    return _form(schemas.typed_of(sheet), {}, tool_id=tool_id)


@blueprint.post("/<int:tool_id>")
@staff(Staff.PROGRAMME)
def change(tool_id: ToolId) -> ResponseReturnValue:
    """Somebody else's change since this page was opened is never written over unseen."""
    try:
        terms, version = schemas.read_tool(request.form, request.form.getlist("purposes"))
        chosen = [PartnerId(one) for one in ticked("partners")]
        with runtime().database.transaction() as session:
            told = _told(session)
            editing.change(session, tool_id, terms, version=version, **told)
            partners.set_of(session, Subject.TOOL, tool_id, chosen, **told)
    except (ValidationError, RuleBroken, Conflict) as wrong:
        return _form(request.form.to_dict(), errors_of(wrong), tool_id=tool_id, status=422)
    flash(f"tool-{tool_id}", "draft-saved")
    flash(_("C'est enregistré."), "success")
    return redirect(url_for("tool_review.show", tool_id=tool_id))


@blueprint.post("/<int:tool_id>/retirer")
@staff(Staff.PROGRAMME)
def withdraw(tool_id: ToolId) -> ResponseReturnValue:
    """Its page stays and says why; what names it stays too."""
    try:
        parsed = ReasonForm().load(request.form)
        with runtime().database.transaction() as session:
            now = utc_now()
            editing.withdraw(session, tool_id, **parsed, space_id=programme_id(session), by=principal(), now=now)
            NO_LONGER.read()(session, tool_id, now)
    except (ValidationError, RuleBroken) as wrong:
        with runtime().database.snapshot() as session:
            typed = schemas.typed_of(service.sheet_of(session, service.get(session, tool_id)))
        return _form(typed, errors_of(wrong), tool_id=tool_id, status=422)
    flash(f"withdrawal-{tool_id}", "draft-saved")
    flash(_("Retiré : sa fiche reste, et dit pourquoi."), "success")
    return redirect(url_for("tool_review.show", tool_id=tool_id))


@blueprint.post("/<int:tool_id>/remettre")
@staff(Staff.PROGRAMME)
def bring_back(tool_id: ToolId) -> ResponseReturnValue:
    with runtime().database.transaction() as session:
        editing.bring_back(session, tool_id, space_id=programme_id(session), by=principal(), now=utc_now())
    flash(_("Remis au catalogue."), "success")
    return redirect(url_for("tool_review.show", tool_id=tool_id))


def _told(session: Session) -> dict[str, Any]:
    """Who does it, when, and whose journal tells it."""
    return {"space_id": programme_id(session), "by": principal(), "now": utc_now()}


def _list(errors: dict[str, str], *, status: int = 200) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        sheets = service.everything(session)
        waiting, settled = suggesting.waiting(session), suggesting.settled(session)
    doubts = {
        one.tool.id: (
            sum(not fact.is_sure for fact in one.facts.values()),
            sum(fact.is_sure and rules.is_stale(fact.read_on, today=today()) for fact in one.facts.values()),
        )
        for one in sheets
    }
    page = render_template(
        "programme/tools/review.html",
        sheets=sheets,
        slugs={one.tool.id: one.tool.slug for one in sheets},
        waiting=waiting,
        settled=settled,
        doubts=doubts,
        errors=errors,
        purposes=words.PURPOSES,
    )
    return page, status


def _form(
    typed: dict[str, str],
    errors: dict[str, str],
    *,
    tool_id: ToolId | None = None,
    suggestion_id: int | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """A tool's form; sent back, it carries the version of today, so that a second press writes what was typed."""
    with runtime().database.snapshot() as session:
        tool = service.get(session, tool_id) if tool_id is not None else None
        history = service.history(session, tool_id) if tool_id is not None else []
        everyone = partners.everyone(session)
        held = [one.id for one in partners.of_subject(session, Subject.TOOL, tool_id)] if tool_id is not None else []
    page = render_template(
        "programme/tools/form.html",
        tool=tool,
        typed=typed,
        errors=errors,
        history=history,
        suggestion_id=suggestion_id,
        chosen=request.form.getlist("purposes") if errors and request.form else tool.purposes if tool else [],
        partners=everyone,
        held=ticked("partners") if errors and request.form else held,
        purposes=words.PURPOSES,
        facts=words.FACTS,
        fact_words=words.FACT_WORDS,
        since=telling.since(tool.withdrawn_at, now=utc_now()) if tool and tool.withdrawn_at else "",
    )
    return page, status
