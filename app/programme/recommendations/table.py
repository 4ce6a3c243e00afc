"""Which tools a question of the diagnostic calls for: a table that the programme's staff may change."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.principal import Principal
from app.database.engine import insert_missing
from app.database.ids import SpaceId, ToolId
from app.errors import NotFound, RuleBroken
from app.french.language import _
from app.programme.recommendations import acts, questions
from app.programme.recommendations.models import QuestionTool
from app.programme.recommendations.proposing import Entry, Shelf
from app.programme.tools import service as tools
from app.programme.tools.models import Tool


def rows(session: Session) -> Sequence[tuple[QuestionTool, Tool]]:
    """The table with each tool, by question, then by rank."""
    found = session.execute(
        select(QuestionTool, Tool)
        .join(Tool, Tool.id == QuestionTool.tool_id)
        .where(QuestionTool.removed_at.is_(None))
        .order_by(QuestionTool.question, QuestionTool.rank, QuestionTool.id)
    )
    return [(row[0], row[1]) for row in found]


def entries(session: Session) -> list[Entry]:
    """The same as the rule reads it."""
    return [Entry(row.question, row.tool_id, row.rank, row.why) for row, _tool in rows(session)]


def shelf(session: Session) -> Shelf:
    """Which tools may be proposed, and which of them text many people."""
    offered = tools.names(session)
    return Shelf({one.id for one in offered}, {one.id for one in offered if one.sends_sms})


def add(
    session: Session,
    *,
    question: str,
    tool_id: ToolId,
    why: str,
    space_id: SpaceId | None,
    by: Principal,
    now: datetime,
) -> None:
    """A tool for a question that is asked, after those it has; one taken off before comes back.

    Raises NotFound or RuleBroken.
    """
    if question not in questions.read(session).words:
        sentence = _("Choisissez une question du diagnostic.")
        raise RuleBroken("question_unknown", sentence, fields={"question": sentence})
    tool = tools.get(session, tool_id)
    last = session.scalar(select(func.max(QuestionTool.rank)).where(QuestionTool.question == question)) or 0
    row = {
        "question": question, "tool_id": tool.id, "rank": last + 1, "why": why, "removed_at": None,
        "changed_by": by.name[:80], "changed_at": now,
    }  # fmt: skip
    unique = [QuestionTool.question, QuestionTool.tool_id]
    if not insert_missing(session, QuestionTool, [row], unique=unique, returning=QuestionTool.id):
        held = session.scalars(
            select(QuestionTool)
            .where(QuestionTool.question == question, QuestionTool.tool_id == tool.id)
            .with_for_update()
        ).one()
        if held.removed_at is None:
            sentence = _("« %(name)s » répond déjà à cette question.", name=tool.name)
            raise RuleBroken("question_has_tool", sentence, fields={"tool": sentence})
        held.removed_at, held.rank, held.why = None, last + 1, why
        held.changed_by, held.changed_at = by.name[:80], now
    _record(session, f"{question} : {tool.name}", space_id=space_id, by=by, now=now)


def take_off(session: Session, entry_id: int, *, space_id: SpaceId | None, by: Principal, now: datetime) -> str:
    """It is proposed for that question no more; recommendations already made stay. The question. Raises NotFound."""
    held = _get(session, entry_id)
    held.removed_at, held.changed_by, held.changed_at = now, by.name[:80], now
    name = tools.get(session, held.tool_id).name
    _record(session, f"{held.question} : {name}", space_id=space_id, by=by, now=now)
    return held.question


def put_first(session: Session, entry_id: int, *, space_id: SpaceId | None, by: Principal, now: datetime) -> str:
    """It is the first that its question proposes; which. Raises NotFound."""
    held = _get(session, entry_id)
    first = session.scalar(select(func.min(QuestionTool.rank)).where(QuestionTool.question == held.question)) or 0
    if held.rank != first:
        held.rank, held.changed_by, held.changed_at = first - 1, by.name[:80], now
        name = tools.get(session, held.tool_id).name
        _record(session, f"{held.question} : {name}", space_id=space_id, by=by, now=now)
    return held.question


def _get(session: Session, entry_id: int) -> QuestionTool:
    query = select(QuestionTool).where(QuestionTool.id == entry_id, QuestionTool.removed_at.is_(None))
    held = session.scalar(query.with_for_update())
    if held is None:
        raise NotFound("entry_unknown", _("Cette ligne n'est plus dans la table."))
    return held


def _record(session: Session, note: str, *, space_id: SpaceId | None, by: Principal, now: datetime) -> None:
    activity.record(session, space_id, acts.TABLE_CHANGED, by=by, now=now, note=note)
