"""The pile of a cohort: a line an application, its four marks, and which filter holds it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database.ids import CohortId, SpaceId, UserId
from app.french.language import _
from app.programme.applications import reviewing, rules, service, states, telling
from app.programme.applications.models import (
    Application,
    ApplicationDecision,
    ApplicationFile,
    ApplicationFiling,
    ApplicationOpinion,
)
from app.programme.applications.rules import Judged
from app.programme.applications.states import State
from app.programme.cohorts import members
from app.programme.cohorts.states import MemberState


@dataclass(frozen=True)
class Row:
    """An application in the pile, as it was filed last; a draft has no text to be read."""

    application: Application
    values: Mapping[str, str]
    judged: Mapping[str, Judged]
    opinions: Sequence[ApplicationOpinion]
    decision: ApplicationDecision | None
    """The one prepared."""
    filings: int
    is_untold: bool = False
    """Whether its published decision reached nobody, or the notice that its draft will be thrown away."""
    is_outdated: bool = False
    """Whether its prepared decision is about an older text."""
    has_left: bool = False
    """Whether it was kept, and its association is out of the cohort since."""

    @property
    def is_off_criteria(self) -> bool:
        return rules.is_off_criteria(self.judged)

    def has_opinion_of(self, user_id: UserId) -> bool:
        return any(one.user_id == user_id for one in self.opinions)


class Filter(StrEnum):
    """What the pile may be narrowed to; its word stands in the address."""

    ALL = "toutes"
    BEGUN = "commencees"
    FILED = "deposees"
    UNTOLD = "a-prevenir"
    UNREAD = "a-lire"
    MINE = "mon-avis"
    PREPARED = "pretes"
    OFF = "hors-critere"
    CORRECTED = "corrigees"
    KEPT = "retenues"
    REFUSED = "refusees"
    WITHDRAWN = "desistees"
    DRAFTS = "brouillons"


LABELS: Mapping[Filter, str] = {
    Filter.ALL: _("Toutes"),
    Filter.BEGUN: _("Commencées"),
    Filter.FILED: _("Déposées"),
    Filter.UNTOLD: _("À prévenir"),
    Filter.UNREAD: _("À lire"),
    Filter.MINE: _("Il manque mon avis"),
    Filter.PREPARED: _("Décision prête"),
    Filter.OFF: _("Hors critère"),
    Filter.CORRECTED: _("Corrigées"),
    Filter.KEPT: _("Retenues"),
    Filter.REFUSED: _("Refusées"),
    Filter.WITHDRAWN: _("Désistées"),
    Filter.DRAFTS: _("Brouillons"),
}
STEPS = (Filter.BEGUN, Filter.FILED)
"""What a figure of the funnel opens: shown among the filters while it is chosen."""
ALWAYS = (Filter.ALL, Filter.UNREAD, Filter.MINE)
"""Shown even when nothing is in them."""


def rows(session: Session, cohort_id: CohortId, *, programme_id: SpaceId | None = None) -> list[Row]:
    """Every application of a cohort, in a number of queries that does not grow with them.

    Without ``programme_id``, the space that letters leave from, none is said to be lost.
    """
    found = service.of_cohort(session, cohort_id)
    ids = [one.id for one in found]
    latest: dict[int, ApplicationFiling] = {}
    counts: dict[int, int] = {}
    query = select(ApplicationFiling).where(ApplicationFiling.application_id.in_(ids)).order_by(ApplicationFiling.id)
    for filing in session.scalars(query):
        latest[filing.application_id] = filing
        counts[filing.application_id] = counts.get(filing.application_id, 0) + 1
    files = {
        one.id: one for one in session.scalars(select(ApplicationFile).where(ApplicationFile.application_id.in_(ids)))
    }
    opinions = reviewing.opinions(session, ids)
    decisions = {application.id: decision for decision, application in reviewing.prepared(session, cohort_id)}
    made = [
        _row(one, latest.get(one.id), files, opinions[one.id], decisions.get(one.id), counts.get(one.id, 0))
        for one in found
    ]
    return _marked(session, cohort_id, made, programme_id)


def _marked(session: Session, cohort_id: CohortId, made: Sequence[Row], programme_id: SpaceId | None) -> list[Row]:
    """The same with what became of their letters, their decision and their place."""
    decided = [row.application.id for row in made if row.application.state in states.DECIDED]
    lost = telling.untold(session, programme_id, decided)
    outdated = reviewing.outdated(session, [row.application.id for row in made])
    places = members.of_cohort(session, cohort_id)
    out = {member.association_id for member, _its in places if member.state is MemberState.LEFT}
    return [
        replace(
            row,
            is_untold=row.application.id in lost or bool(row.application.notice_problem),
            is_outdated=row.application.id in outdated,
            has_left=row.application.state is State.KEPT and row.application.association_id in out,
        )
        for row in made
    ]


def _row(
    application: Application,
    filing: ApplicationFiling | None,
    files: Mapping[int, ApplicationFile],
    opinions: Sequence[ApplicationOpinion],
    decision: ApplicationDecision | None,
    count: int,
) -> Row:
    if filing is None:
        return Row(application, {}, {}, opinions, decision, 0)
    held = filing.answers.get("board_file", "")
    file = files.get(int(held)) if held.isdigit() else None
    judged = rules.judge(filing.answers, file=service.state_of_file(file))
    return Row(application, filing.answers, judged, opinions, decision, count)


def holds(which: Filter, row: Row, user_id: UserId) -> bool:
    """Whether ``row`` is in this filter, for the reviewer of this id."""
    state = row.application.state
    waits = state in states.JUDGED
    return {
        Filter.ALL: state is not State.DRAFT,
        Filter.BEGUN: True,
        Filter.FILED: row.application.filed_at is not None,
        Filter.UNTOLD: row.is_untold,
        Filter.UNREAD: state is State.FILED,
        Filter.MINE: waits and not row.has_opinion_of(user_id),
        Filter.PREPARED: row.decision is not None,
        Filter.OFF: row.is_off_criteria,
        Filter.CORRECTED: waits and row.filings > 1,
        Filter.KEPT: state is State.KEPT,
        Filter.REFUSED: state is State.REFUSED,
        Filter.WITHDRAWN: state is State.WITHDRAWN,
        Filter.DRAFTS: state is State.DRAFT,
    }[which]


def counts(found: Sequence[Row], user_id: UserId) -> list[tuple[Filter, int]]:
    """Each filter with how many it holds; those that are empty are left out but for the first."""
    counted = [(one, sum(holds(one, row, user_id) for row in found)) for one in Filter if one not in STEPS]
    return [(one, count) for one, count in counted if count or one in ALWAYS]
