"""The tools recommended to an association, for the programme's staff: proposed after the diagnostic, then followed."""

from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from app.accounts.models import Staff
from app.accounts.web.guards import principal, staff
from app.clock import utc_now
from app.database.ids import RecommendationId, ToolId
from app.errors import Conflict, RuleBroken
from app.french.language import _
from app.programme.partners.own_pages import programme_id
from app.programme.recommendations import (
    cohort_pages,
    moving,
    questions,
    reading_pages,
    schemas,
    service,
    space_pages,
    states,
    table_pages,
)
from app.programme.recommendations.moving import Pick
from app.programme.recommendations.schemas import ChooseForm, MoveForm, NoteForm
from app.programme.tools import service as tools
from app.web.problems import errors_of
from app.web.requests import number_field, runtime, ticked

blueprint = Blueprint(
    "recommendations", __name__, url_prefix="/programme/associations/<int:association_id>/recommandations"
)


def register(app: Flask) -> None:
    """The pages of the staff, of a cohort, of the table, and of an association's own space."""
    for each in (blueprint, cohort_pages.blueprint, table_pages.blueprint, space_pages.blueprint):
        app.register_blueprint(each)


@blueprint.get("")
@staff(Staff.PROGRAMME)
def show(association_id: int) -> ResponseReturnValue:
    """Its path, what the diagnostic calls for, and where each tool stands."""
    return _page(association_id, {}, {})


@blueprint.post("/proposer")
@staff(Staff.PROGRAMME)
def propose(association_id: int) -> ResponseReturnValue:
    """Those of the proposals that are ticked; what the diagnostic no longer calls for is left out."""
    wanted = ticked("tools")
    try:
        with runtime().database.transaction() as session:
            found = reading_pages.read(session, service.association(session, association_id))
            picks = [
                Pick(one.tool_id, one.question, one.why) for one in found.proposals.chosen if one.tool_id in wanted
            ]
            if not picks:
                sentence = _("Cochez au moins un outil.")
                raise RuleBroken("nothing_ticked", sentence, fields={"tools": sentence})
            moving.recommend(session, association_id, picks, block=found.block, **_told(session))
    except (RuleBroken, Conflict) as wrong:
        return _page(association_id, {}, errors_of(wrong), status=422)
    flash(_("Proposé : l'association le voit dans son espace."), "success")
    return _back(association_id)


@blueprint.post("/choisir")
@staff(Staff.PROGRAMME)
def choose(association_id: int) -> ResponseReturnValue:
    """A tool that somebody of the staff recommends, whatever the diagnostic says."""
    try:
        parsed = ChooseForm().load(request.form)
        number = number_field("tool")
        if number is None:
            sentence = _("Choisissez un outil du catalogue.")
            raise RuleBroken("tool_missing", sentence, fields={"tool": sentence})
        with runtime().database.transaction() as session:
            question = parsed["question"] if parsed["question"] in questions.read(session).words else ""
            pick = Pick(ToolId(number), question, " ".join(parsed["why"].split()))
            block = reading_pages.block_of(session, association_id)
            moving.recommend(session, association_id, [pick], block=block, **_told(session))
    except (ValidationError, RuleBroken, Conflict) as wrong:
        return _page(association_id, request.form.to_dict(), errors_of(wrong), status=422)
    flash(_("Proposé : l'association le voit dans son espace."), "success")
    if request.form.get("from") == "diagnostic":
        return redirect(url_for("diagnostics.show", association_id=association_id, _anchor="priorites"))
    return _back(association_id)


@blueprint.post("/<int:recommendation_id>/etat")
@staff(Staff.PROGRAMME)
def move(association_id: int, recommendation_id: RecommendationId) -> ResponseReturnValue:
    """One of the changes that its state allows."""
    ids: dict[str, Any] = {"association_id": association_id, "recommendation_id": recommendation_id}
    try:
        parsed = MoveForm().load(request.form)
        with runtime().database.transaction() as session:
            block = reading_pages.block_of(session, association_id)
            moving.move(session, **ids, **parsed, block=block, **_told(session))
    except (ValidationError, RuleBroken, Conflict) as wrong:
        return _page(association_id, request.form.to_dict(), errors_of(wrong), sent=recommendation_id, status=422)
    flash(_("C'est noté."), "success")
    return _back(association_id)


@blueprint.post("/<int:recommendation_id>/noter")
@staff(Staff.PROGRAMME)
def note(association_id: int, recommendation_id: RecommendationId) -> ResponseReturnValue:
    """Hours, cost, and the day of follow-up."""
    ids: dict[str, Any] = {"association_id": association_id, "recommendation_id": recommendation_id}
    try:
        parsed = NoteForm().load(request.form)
        with runtime().database.transaction() as session:
            moving.note(session, parsed, **ids, **_told(session))
    except (ValidationError, RuleBroken, Conflict) as wrong:
        return _page(association_id, request.form.to_dict(), errors_of(wrong), sent=recommendation_id, status=422)
    flash(_("C'est noté."), "success")
    return _back(association_id)


def _told(session: Session) -> dict[str, Any]:
    """Who does it, when, and whose journal tells it."""
    return {"space_id": programme_id(session), "by": principal(), "now": utc_now()}


def _back(association_id: int) -> ResponseReturnValue:
    return redirect(url_for("recommendations.show", association_id=association_id))


def _page(
    association_id: int,
    typed: dict[str, str],
    errors: dict[str, str],
    *,
    sent: RecommendationId | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """``sent`` is the recommendation whose form was sent back."""
    with runtime().database.snapshot() as session:
        asked = questions.read(session)
        found = reading_pages.read(session, service.association(session, association_id))
        known = tools.names(session)
        named = tools.by_ids(session, [one.tool_id for one in (*found.proposals.chosen, *found.proposals.withheld)])
    had = {one.tool.id for one in found.told}
    page = render_template(
        "programme/recommendations/staff.html",
        found=found,
        named=named,
        known=[one for one in known if one.id not in had],
        typed=typed,
        errors=errors,
        sent=sent,
        words=states.WORDS,
        following=states.following,
        noted=schemas.typed_of,
        questions=asked.words,
        words_of=asked.words_of,
        axis_words=questions.axis_words,
    )
    return page, status
