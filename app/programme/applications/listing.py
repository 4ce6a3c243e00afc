"""The pile of a cohort: a line an application, its four marks, and which filter holds it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database.ids import CohortId, UserId
from app.french.language import _
from app.programme.applications import reviewing, rules, service, states
from app.programme.applications.models import (
    Application,
    ApplicationDecision,
    ApplicationFile,
    ApplicationFiling,
    ApplicationOpinion,
)
from app.programme.applications.rules import Judged
from app.programme.applications.states import State


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

    @property
    def is_off_criteria(self) -> bool:
        return rules.is_off_criteria(self.judged)

    def has_opinion_of(self, user_id: UserId) -> bool:
        return any(one.user_id == user_id for one in self.opinions)


class Filter(StrEnum):
    """What the pile may be narrowed to; its word stands in the address."""

    ALL = "toutes"
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
ALWAYS = (Filter.ALL, Filter.UNREAD, Filter.MINE)
"""Shown even when nothing is in them."""


def rows(session: Session, cohort_id: CohortId) -> list[Row]:
    """Every application of a cohort, in a number of queries that does not grow with them."""
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
    return [
        _row(one, latest.get(one.id), files, opinions[one.id], decisions.get(one.id), counts.get(one.id, 0))
        for one in found
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
    counted = [(one, sum(holds(one, row, user_id) for row in found)) for one in Filter]
    return [(one, count) for one, count in counted if count or one in ALWAYS]
