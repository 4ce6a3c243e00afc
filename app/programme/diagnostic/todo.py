"""What diagnostics add to the staff's week: the first one to open, and the one to take again before the end."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Association
from app.clock import PARIS
from app.french.language import _, ngettext
from app.french.naming import listed
from app.programme.cohorts import members
from app.programme.cohorts.models import Cohort
from app.programme.cohorts.states import MemberState
from app.programme.diagnostic.axes import Moment
from app.programme.diagnostic.models import Diagnostic
from app.programme.progress.todo import Line

FIRST_WITHIN = timedelta(days=30)
"""After a cohort's first day, within which the start is to be measured (P)."""
RETAKE_BEFORE = timedelta(days=60)
"""Before a cohort's last day, from when on the end may be measured (P)."""
LATE_BEFORE = timedelta(days=14)


def lines(session: Session, cohort: Cohort, *, now: datetime) -> list[Line]:
    """One line for the first diagnostics that wait, one for those to take again. A closed cohort has none."""
    today = now.astimezone(PARIS).date()
    if cohort.closed_at is not None or cohort.starts_on > today:
        return []
    inside = [one for member, one in members.of_cohort(session, cohort.id) if member.state is MemberState.INSIDE]
    settled = select(Diagnostic.association_id, Diagnostic.moment).where(
        Diagnostic.cohort_id == cohort.id, Diagnostic.agreed_at.is_not(None)
    )
    done = {(row[0], row[1]) for row in session.execute(settled)}
    first = [one for one in inside if not {(one.id, Moment.T0), (one.id, Moment.T1)} & done]
    again = [one for one in inside if (one.id, Moment.T0) in done and (one.id, Moment.T1) not in done]
    return [*_first(first, cohort, today), *_again(again, cohort, today)]


def _first(waiting: Sequence[Association], cohort: Cohort, today: date) -> list[Line]:
    if not waiting:
        return []
    title = ngettext(
        "Faire le premier diagnostic d'une association",
        "Faire le premier diagnostic de %(n)s associations",
        len(waiting),
    )
    on = cohort.starts_on + FIRST_WITHIN
    return [_line(title, waiting, cohort, on, is_late=on < today)]


def _again(waiting: Sequence[Association], cohort: Cohort, today: date) -> list[Line]:
    if not waiting or today < cohort.ends_on - RETAKE_BEFORE:
        return []
    title = ngettext(
        "Faire refaire le diagnostic à une association",
        "Faire refaire le diagnostic à %(n)s associations",
        len(waiting),
    )
    return [_line(title, waiting, cohort, cohort.ends_on, is_late=today > cohort.ends_on - LATE_BEFORE)]


def _line(title: str, waiting: Sequence[Association], cohort: Cohort, on: date, *, is_late: bool) -> Line:
    [first, *_others] = waiting
    one = f"/programme/associations/{first.id}/diagnostic"
    address = one if len(waiting) == 1 else f"/programme/cohortes/{cohort.id}/diagnostics"
    return Line(title, listed([each.name for each in waiting]), _("Inviter"), "list", address, on, is_late)
