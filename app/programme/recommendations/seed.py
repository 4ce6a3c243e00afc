"""Which tools each question calls for, as the programme began: one line a tool, with what it mends there."""

import csv
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database.engine import insert_missing
from app.programme.recommendations.models import QuestionTool
from app.programme.tools.models import Tool

FILE = Path(__file__).with_name("question_tools.csv")


def seed(session: Session, now: datetime) -> int:
    """Add the lines that are not there yet; how many. One that was taken off stays off. Tools come before."""
    ids = {slug: tool_id for tool_id, slug in session.execute(select(Tool.id, Tool.slug))}
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = [
            {
                "question": row["question"], "tool_id": ids[row["tool"]], "rank": int(row["rank"]), "why": row["why"],
                "removed_at": None, "changed_by": "", "changed_at": now,
            }
            for row in csv.DictReader(file, delimiter=";")
            if row["tool"] in ids
        ]  # fmt: skip
    unique = [QuestionTool.question, QuestionTool.tool_id]
    return len(insert_missing(session, QuestionTool, rows, unique=unique, returning=QuestionTool.id))
