"""The first version of the questionnaire: thirty questions, kept in a file beside. Idempotent."""

import csv
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database.engine import insert_missing
from app.programme.diagnostic.axes import Axis
from app.programme.diagnostic.models import Questionnaire, QuestionRow

FILE = Path(__file__).with_name("questions.csv")


def seed(session: Session, now: datetime) -> None:
    """Publish version 1 where there is no version at all; what staff have published since is left alone."""
    if session.scalar(select(Questionnaire.id).limit(1)) is not None:
        return
    row = {"number": 1, "published_at": now, "created_by": "", "created_at": now}
    made = insert_missing(session, Questionnaire, [row], unique=[Questionnaire.number], returning=Questionnaire.id)
    if not made:
        return
    with FILE.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file, delimiter=";"):
            axis, position = Axis(line["key"][0]), int(line["key"][1:])
            session.add(QuestionRow(questionnaire_id=made[0], axis=axis, position=position, weight=1, **line))
    session.flush()
