"""Which tools a question calls for, as the programme's staff change it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from app.accounts.models import Staff
from app.accounts.web.guards import principal, staff
from app.clock import utc_now
from app.database.ids import ToolId
from app.errors import RuleBroken
from app.french.language import _
from app.programme.partners.own_pages import programme_id
from app.programme.recommendations import questions, table
from app.programme.recommendations.models import QuestionTool
from app.programme.recommendations.schemas import ChooseForm
from app.programme.tools import service as tools
from app.programme.tools.models import Tool
from app.web.problems import errors_of
from app.web.requests import number_field, runtime

blueprint = Blueprint("question_tools", __name__, url_prefix="/programme/outils/par-question")


@blueprint.get("")
@staff(Staff.PROGRAMME)
def browse() -> ResponseReturnValue:
    """Each question with its tools, in the order in which they are proposed."""
    return _page({}, {})


@blueprint.post("")
@staff(Staff.PROGRAMME)
def add() -> ResponseReturnValue:
    try:
        parsed = ChooseForm().load(request.form)
        number = number_field("tool")
        if number is None:
            sentence = _("Choisissez un outil du catalogue.")
            raise RuleBroken("tool_missing", sentence, fields={"tool": sentence})
        with runtime().database.transaction() as session:
            table.add(
                session,
                question=parsed["question"],
                tool_id=ToolId(number),
                why=" ".join(parsed["why"].split()),
                space_id=programme_id(session),
                by=principal(),
                now=utc_now(),
            )
    except (ValidationError, RuleBroken) as wrong:
        return _page(request.form.to_dict(), errors_of(wrong), status=422)
    flash(_("Ajouté : il sera proposé aux prochaines associations."), "success")
    return _back(parsed["question"])


@blueprint.post("/<int:entry_id>/retirer")
@staff(Staff.PROGRAMME)
def take_off(entry_id: int) -> ResponseReturnValue:
    with runtime().database.transaction() as session:
        question = table.take_off(session, entry_id, space_id=programme_id(session), by=principal(), now=utc_now())
    flash(_("Retiré de cette question : ce qui est déjà recommandé reste."), "success")
    return _back(question)


@blueprint.post("/<int:entry_id>/en-premier")
@staff(Staff.PROGRAMME)
def put_first(entry_id: int) -> ResponseReturnValue:
    with runtime().database.transaction() as session:
        question = table.put_first(session, entry_id, space_id=programme_id(session), by=principal(), now=utc_now())
    flash(_("Il sera proposé en premier."), "success")
    return _back(question)


def _back(question: str) -> ResponseReturnValue:
    """To the axis of the question, which stays open."""
    axis = question[:1]
    return redirect(url_for("question_tools.browse", axe=axis, _anchor=f"axe-{axis}"))


def _page(typed: dict[str, str], errors: dict[str, str], *, status: int = 200) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        rows = table.rows(session)
        known = tools.names(session)
        asked = questions.read(session)
    by_question: dict[str, list[tuple[QuestionTool, Tool]]] = {key: [] for key in asked.words}
    for row in rows:
        by_question.setdefault(row[0].question, []).append(row)
    page = render_template(
        "programme/recommendations/table.html",
        by_question=by_question,
        known=known,
        typed=typed,
        errors=errors,
        questions=asked.words,
        dropped=[key for key in by_question if key not in asked.words],
        words_of=asked.words_of,
        axes=questions.AXES,
        opened=request.args.get("axe", ""),
    )
    return page, status
