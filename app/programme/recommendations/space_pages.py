"""« Outils recommandés », in the association's own space: everybody reads, the référente says what becomes of each."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from app.accounts import associations
from app.accounts.models import Association, Role
from app.accounts.web.guards import needs, principal, space
from app.clock import utc_now
from app.database.ids import RecommendationId
from app.errors import Conflict, NotFound, RuleBroken
from app.french.language import _
from app.programme.recommendations import moving, questions, reading_pages, schemas, states
from app.programme.recommendations.schemas import MoveForm, NoteForm
from app.web.problems import errors_of
from app.web.requests import runtime

blueprint = Blueprint("own_recommendations", __name__, url_prefix="/e/<slug>/recommandations")


@blueprint.get("")
@needs(Role.LECTRICE)
def show() -> ResponseReturnValue:
    """The path from the diagnostic to tools in use, and each tool with what may be made of it."""
    return _page({}, {})


@blueprint.post("/<int:recommendation_id>/etat")
@needs(Role.REFERENTE)
def move(recommendation_id: RecommendationId) -> ResponseReturnValue:
    """Accepted, started, deployed, given up: one of the changes that its state allows."""
    own = _own()
    ids: dict[str, Any] = {"association_id": own.id, "recommendation_id": recommendation_id}
    try:
        parsed = MoveForm().load(request.form)
        with runtime().database.transaction() as session:
            block = reading_pages.block_of(session, own.id)
            moving.move(session, **ids, **parsed, block=block, **_told())
    except (ValidationError, RuleBroken, Conflict) as wrong:
        return _page(request.form.to_dict(), errors_of(wrong), sent=recommendation_id, status=422)
    flash(_("C'est noté."), "success")
    return redirect(url_for(".show", slug=space().slug))


@blueprint.post("/<int:recommendation_id>/noter")
@needs(Role.REFERENTE)
def note(recommendation_id: RecommendationId) -> ResponseReturnValue:
    """Hours, cost, and the day of follow-up."""
    own = _own()
    ids: dict[str, Any] = {"association_id": own.id, "recommendation_id": recommendation_id}
    try:
        parsed = NoteForm().load(request.form)
        with runtime().database.transaction() as session:
            moving.note(session, parsed, **ids, **_told())
    except (ValidationError, RuleBroken, Conflict) as wrong:
        return _page(request.form.to_dict(), errors_of(wrong), sent=recommendation_id, status=422)
    flash(_("C'est noté."), "success")
    return redirect(url_for(".show", slug=space().slug))


def _own() -> Association:
    """The association of this space. Raises NotFound where the programme knows none."""
    with runtime().database.snapshot() as session:
        found = associations.of_space(session, space().id)
    if found is None:
        raise NotFound("recommendation_unknown", _("Cette recommandation n'existe pas, ou n'est pas la vôtre."))
    return found


def _told() -> dict[str, Any]:
    """Who does it, when, and whose journal tells it."""
    return {"space_id": space().id, "by": principal(), "now": utc_now()}


def _page(
    typed: dict[str, str], errors: dict[str, str], *, sent: RecommendationId | None = None, status: int = 200
) -> ResponseReturnValue:
    """``sent`` is the recommendation whose form was sent back. A space without association reads an empty page."""
    with runtime().database.snapshot() as session:
        own = associations.of_space(session, space().id)
        found = reading_pages.read(session, own) if own is not None else None
        asked = questions.read(session)
    page = render_template(
        "programme/recommendations/own.html",
        found=found,
        typed=typed,
        errors=errors,
        sent=sent,
        words=states.WORDS,
        following=states.following,
        noted=schemas.typed_of,
        words_of=asked.words_of,
    )
    return page, status
