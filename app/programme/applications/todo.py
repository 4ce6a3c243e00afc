"""What applications ask of the staff this week, late first."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import PARIS
from app.database.ids import SpaceId
from app.french.language import _, ngettext
from app.french.naming import listed
from app.programme.applications import reviewing, telling
from app.programme.applications.listing import Filter
from app.programme.applications.models import Application
from app.programme.applications.states import DECIDED, State
from app.programme.cohorts import service as cohorts
from app.programme.cohorts.models import Cohort
from app.programme.progress.todo import Line

UNREAD = timedelta(days=7)


def lines(
    session: Session,
    cohort: Cohort,
    *,
    address: str,
    letters: str,
    programme_id: SpaceId | None = None,
    now: datetime,
) -> list[Line]:
    """Decisions that did not arrive, unread for a week, not published, a place left, notices that did not arrive.

    ``address`` is the pile's, to which « ?filtre= » is added with an ampersand; ``letters`` the prepared letters'.
    ``programme_id`` is the space that letters leave from.
    """
    if cohort.closed_at is not None:
        return []
    found = session.scalars(
        select(Application)
        .where(Application.cohort_id == cohort.id, Application.purged_at.is_(None))
        .where(Application.state != State.REVIEW)
        .order_by(Application.filed_at, Application.id)
    ).all()
    unread = [one for one in found if one.state is State.FILED]
    untold = [one for one in found if one.state is State.DRAFT and one.notice_problem]
    decided = [one.id for one in found if one.state in DECIDED]
    lost = telling.untold(session, programme_id, decided)
    return [
        *_undelivered([one for one in found if one.id in lost], address, now),
        *_unread(unread, address, now),
        *_prepared(session, cohort, letters, now),
        *_left(session, cohort, found, address),
        *_untold(untold, address),
    ]


def _undelivered(lost: list[Application], address: str, now: datetime) -> list[Line]:
    """Decisions that no SMS brought: somebody says them, the day they were published."""
    if not lost:
        return []
    title = ngettext(
        "Téléphoner à une association qui n'a pas reçu sa décision",
        "Téléphoner à %(n)s associations qui n'ont pas reçu leur décision",
        len(lost),
    )
    why = _("Leur SMS n'est pas arrivé : %(named)s", named=_named(lost))
    on = min(one.state_at for one in lost).astimezone(PARIS).date()
    is_late = on < now.astimezone(PARIS).date()
    return [Line(title, why, _("Téléphoner"), "call", f"{address}&filtre={Filter.UNTOLD}", on, is_late=is_late)]


def _left(session: Session, cohort: Cohort, found: Sequence[Application], address: str) -> list[Line]:
    """A place that one which was kept gave up, while another was refused and could have it."""
    gone = [one for one in found if one.state is State.WITHDRAWN and one.association_id is not None]
    refused = [one for one in found if one.state is State.REFUSED]
    if not gone or not refused or cohorts.places_taken(session, cohort) >= cohort.capacity:
        return []
    why = _("Une place est libre. Refusées : %(named)s", named=_named(refused))
    title = ngettext(
        "Remplacer une association qui s'est désistée", "Remplacer %(n)s associations désistées", len(gone)
    )
    return [Line(title, why, _("Choisir"), "people", f"{address}&filtre={Filter.REFUSED}", cohort.starts_on)]


def _unread(unread: list[Application], address: str, now: datetime) -> list[Line]:
    """Once one has waited for a week: it says how many those are that its address shows."""
    late = [one for one in unread if one.state_at <= now - UNREAD]
    if not late:
        return []
    one = _("Lire une candidature, déposée depuis plus d'une semaine")
    title = ngettext(one, "Lire %(n)s candidatures, déposées depuis plus d'une semaine", len(late))
    if len(late) < len(unread):
        title = ngettext(
            "Lire %(all)s candidatures, dont une déposée depuis plus d'une semaine",
            "Lire %(all)s candidatures, dont %(n)s déposées depuis plus d'une semaine", len(late), all=len(unread),
        )  # fmt: skip
    on = (late[0].state_at + UNREAD).astimezone(PARIS).date()
    return [Line(title, _named(late), _("Lire"), "eye", f"{address}&filtre={Filter.UNREAD}", on, is_late=True)]


def _prepared(session: Session, cohort: Cohort, address: str, now: datetime) -> list[Line]:
    """Prepared decisions, due before the cohort's first day."""
    ready = [row for row in reviewing.prepared(session, cohort.id) if row[0].publication_id is None]
    if not ready:
        return []
    title = ngettext("Relire une décision prête", "Relire %(n)s décisions prêtes", len(ready))
    why = _("Personne ne les a vues : elles partent ensemble, avant le premier jour de la cohorte.")
    is_late = cohort.starts_on <= now.astimezone(PARIS).date()
    return [Line(title, why, _("Relire"), "send", address, cohort.starts_on, is_late=is_late)]


def _untold(untold: list[Application], address: str) -> list[Line]:
    if not untold:
        return []
    title = ngettext(
        "Téléphoner à une association dont le brouillon dort",
        "Téléphoner à %(n)s associations dont le brouillon dort",
        len(untold),
    )
    why = _("Le SMS n'a pas pu les prévenir : %(named)s", named=_named(untold))
    return [Line(title, why, _("Téléphoner"), "call", f"{address}&filtre={Filter.DRAFTS}")]


def _named(found: list[Application]) -> str:
    return listed([one.association_name for one in found])
