"""What every room of the programme leaves to its staff this week, in one list."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask import url_for
from sqlalchemy.orm import Session

from app.clock import PARIS
from app.french.language import _, ngettext
from app.programme import home_pages
from app.programme.applications import service
from app.programme.applications import todo as applications
from app.programme.applications.rules import Season
from app.programme.cohorts import members, requests
from app.programme.cohorts import service as cohorts
from app.programme.cohorts.models import Cohort
from app.programme.cohorts.states import MemberState
from app.programme.diagnostic import todo as diagnostic
from app.programme.progress.todo import Line
from app.programme.recommendations import todo as recommendations
from app.programme.resources import todo as resources
from app.programme.tools import todo as tools
from app.programme.trainings import todo as trainings

FREED_LATELY = timedelta(days=30)
"""For so long a place that was given back is told (P)."""
NAMED = 3


def lines(session: Session, cohort: Cohort, *, now: datetime) -> list[Line]:
    """Of the cohort of this week; the applications are those of every cohort that is not closed."""
    found = [
        *trainings.lines(session, cohort, now=now),
        *diagnostic.lines(session, cohort, now=now),
        *recommendations.lines(session, cohort, now=now),
        *tools.lines(session, now=now),
        *resources.lines(session, now=now),
        *_asked(session),
        *_spaces(session),
    ]
    for one in recruiting(session):
        pile = url_for("applications.browse", cohorte=one.id)
        letters = url_for("application_letters.browse", cohorte=one.id)
        found += applications.lines(
            session, one, address=pile, letters=letters, programme_id=home_pages.programme_id(session), now=now
        )
        found += _freed(session, one, pile, now=now)
    return found


def _asked(session: Session) -> list[Line]:
    """People whom associations named and the programme knows otherwise."""
    return [
        Line(
            _("Dire si une personne est de « %(name)s »", name=association.name),
            _("Demandé par %(who)s : vous la connaissez autrement.", who=one.asked_by),
            _("Répondre"),
            "people",
            url_for("people.show", association_id=association.id) + "#demandes",
        )
        for one, association, _contact in requests.waiting(session)
    ]


def _spaces(session: Session) -> list[Line]:
    """Associations that came in while a live space had their name."""
    return [
        Line(
            _("Dire si l'espace « %(name)s » est le sien", name=association.name),
            _("Elle est retenue, et un espace réel porte son nom : elle n'y entre pas d'ici là."),
            _("Choisir"),
            "people",
            url_for("members.show", cohort_id=member.cohort_id, association_id=association.id) + "#espace",
        )
        for member, association in members.asking_space(session)
    ]


def _freed(session: Session, cohort: Cohort, address: str, *, now: datetime) -> list[Line]:
    """A place that somebody gave back lately, and that nobody has taken since."""
    gone = [
        association.name
        for member, association in members.of_cohort(session, cohort.id)
        if member.state is MemberState.LEFT and member.joined_at is not None and member.state_at > now - FREED_LATELY
    ]
    left = min(cohort.capacity - cohorts.places_taken(session, cohort), len(gone))
    if left <= 0:
        return []
    title = ngettext(
        "Une place s'est libérée dans « %(name)s »", "%(n)s places se sont libérées dans « %(name)s »", left,
        name=cohort.name,
    )  # fmt: skip
    why = _("Sortie : %(names)s. Une candidature refusée peut être reprise.", names=", ".join(gone[:NAMED]))
    return [Line(title, why, _("Choisir"), "people", address)]


def recruiting(session: Session) -> Sequence[Cohort]:
    """The cohorts that somebody may still decide about, the next to begin first."""
    every = [cohort for cohort, _inside in cohorts.all_of_them(session) if cohort.closed_at is None]
    return sorted(every, key=lambda one: (one.starts_on, one.id))


def chosen(session: Session, *, now: datetime) -> Cohort | None:
    """The cohort that is being chosen, as every page of applications takes it; None once it has begun."""
    cohort, season = service.accepting(session, now=now)
    if cohort is None or (season is Season.OVER and cohort.starts_on <= now.astimezone(PARIS).date()):
        return None
    return cohort
