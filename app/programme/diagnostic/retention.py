"""What goes by itself: who answered, and what each said alone, once the cohort has long been over."""

from datetime import datetime, timedelta

from sqlalchemy import String, and_, cast, delete, or_, select, update
from sqlalchemy.orm import Session

from app.clock import PARIS
from app.programme.cohorts.models import Cohort
from app.programme.diagnostic.models import Diagnostic, OwnAnswer, Respondent

AFTER_CLOSING = timedelta(days=180)
"""For as long after a cohort was closed, names and own answers are kept (P)."""
AFTER_ITS_END = timedelta(days=365)
"""After the last day of a cohort that nobody closed (P)."""


def forget_names(session: Session, *, now: datetime) -> int:
    """Erase who answered, their numbers, links and own answers; how many people.

    Functions stay, for the count of who took part; the agreed answers and their scores stay too.
    """
    last_day = (now - AFTER_ITS_END).astimezone(PARIS).date()
    over = select(Diagnostic.id).join(Cohort, Cohort.id == Diagnostic.cohort_id).where(
        or_(
            Cohort.closed_at <= now - AFTER_CLOSING,
            and_(Cohort.closed_at.is_(None), Cohort.ends_on < last_day),
        )
    )  # fmt: skip
    named = select(Respondent.id).where(Respondent.diagnostic_id.in_(over), Respondent.name != "")
    ids = session.scalars(named).all()
    if not ids:
        return 0
    session.execute(delete(OwnAnswer).where(OwnAnswer.respondent_id.in_(ids)))
    blank = {
        "name": "", "folded": cast(Respondent.id, String), "phone": "", "token_digest": None, "person_id": None,
    }  # fmt: skip
    session.execute(update(Respondent).where(Respondent.id.in_(ids)).values(blank))
    return len(ids)
