"""What applications ask of the staff this week, late first."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import PARIS
from app.french.language import _, ngettext
from app.programme.applications import reviewing
from app.programme.applications.models import Application
from app.programme.applications.states import State
from app.programme.cohorts.models import Cohort
from app.programme.progress.todo import Line

UNREAD = timedelta(days=7)
NAMED = 3


def lines(session: Session, cohort: Cohort, *, address: str, letters: str, now: datetime) -> list[Line]:
    """Unread for a week, decisions that nobody published, drafts whose notice did not arrive.

    ``address`` is the pile's, to which « ?filtre= » is added with an ampersand; ``letters`` the prepared letters'.
    """
    if cohort.closed_at is not None:
        return []
    found = session.scalars(
        select(Application)
        .where(Application.cohort_id == cohort.id, Application.purged_at.is_(None))
        .where(Application.state.in_((State.FILED, State.DRAFT)))
        .order_by(Application.filed_at, Application.id)
    ).all()
    unread = [one for one in found if one.state is State.FILED and one.state_at <= now - UNREAD]
    untold = [one for one in found if one.state is State.DRAFT and one.notice_problem]
    return [*_unread(unread, address), *_prepared(session, cohort, letters, now), *_untold(untold, address)]


def _unread(unread: list[Application], address: str) -> list[Line]:
    if not unread:
        return []
    one = _("Lire une candidature, déposée depuis plus d'une semaine")
    title = ngettext(one, "Lire %(n)s candidatures, déposées depuis plus d'une semaine", len(unread))
    on = (unread[0].state_at + UNREAD).astimezone(PARIS).date()
    return [Line(title, _named(unread), _("Lire"), "eye", f"{address}&filtre=a-lire", on, is_late=True)]


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
    return [Line(title, why, _("Téléphoner"), "call", f"{address}&filtre=brouillons")]


def _named(found: list[Application]) -> str:
    names = ", ".join(one.association_name for one in found[:NAMED])
    more = len(found) - NAMED
    if more <= 0:
        return f"{names}."
    others = ngettext("%(n)s autre", "%(n)s autres", more)
    return _("%(words)s et %(others)s.", words=names, others=others)
