"""What recommendations leave to the programme's staff this week."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.accounts.models import Association
from app.clock import PARIS
from app.french.language import _
from app.french.naming import listed
from app.programme.cohorts import members
from app.programme.cohorts.models import Cohort
from app.programme.cohorts.states import MemberState
from app.programme.progress.todo import Line
from app.programme.recommendations import service
from app.programme.recommendations.service import Told
from app.programme.recommendations.states import FOLLOWED, State

SILENCE = timedelta(days=60)
"""A tool started without any news for so long is asked about."""

Row = tuple[Association, Told]


def address_of(association_id: int) -> str:
    """The staff's page of an association's recommendations."""
    return f"/programme/associations/{association_id}/recommandations"


def address_of_all(cohort: Cohort) -> str:
    """The same of all the associations of a cohort."""
    return f"/programme/cohortes/{cohort.id}/recommandations"


def lines(session: Session, cohort: Cohort, *, now: datetime) -> list[Line]:
    """Days of follow-up gone by without news, then tools started long ago of which nobody said anything."""
    inside = [one for member, one in members.of_cohort(session, cohort.id) if member.state is MemberState.INSIDE]
    told = service.of_associations(session, [one.id for one in inside])
    rows = [(one, each) for one in inside for each in told.get(one.id, []) if each.row.cohort_id == cohort.id]
    late = [row for row in rows if _is_late(row[1], now)]
    quiet = [row for row in rows if row not in late and _is_quiet(row[1], now)]
    return [*_followed(late, cohort), *_silent(quiet, cohort)]


def _is_late(told: Told, now: datetime) -> bool:
    """Its day of follow-up is past, and nothing was said since."""
    on = told.row.follow_up_on
    if on is None or told.row.state not in FOLLOWED or on >= now.astimezone(PARIS).date():
        return False
    return told.row.news_at.astimezone(PARIS).date() < on


def _is_quiet(told: Told, now: datetime) -> bool:
    return told.row.state is State.STARTED and now - told.row.news_at >= SILENCE


def _followed(late: Sequence[Row], cohort: Cohort) -> list[Line]:
    if not late:
        return []
    association, told = min(late, key=lambda row: (row[1].row.follow_up_on, row[1].row.id))
    one = _("Demander où en est un outil")
    title = one if len(late) == 1 else _("Demander où en sont %(n)s outils", n=len(late))
    address = address_of(association.id) if len(late) == 1 else address_of_all(cohort)
    return [Line(title, _named(late), _("Demander"), "call", address, told.row.follow_up_on, is_late=True)]


def _silent(quiet: Sequence[Row], cohort: Cohort) -> list[Line]:
    if not quiet:
        return []
    one = _("Prendre des nouvelles d'un outil démarré")
    title = one if len(quiet) == 1 else _("Prendre des nouvelles de %(n)s outils démarrés", n=len(quiet))
    address = address_of(quiet[0][0].id) if len(quiet) == 1 else address_of_all(cohort)
    return [Line(title, _named(quiet), _("Téléphoner"), "call", address)]


def _named(rows: Sequence[Row]) -> str:
    return listed([f"{told.tool.name} ({association.name})" for association, told in rows])
