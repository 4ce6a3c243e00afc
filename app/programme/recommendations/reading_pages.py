"""What the pages of recommendations read: the diagnostic of an association, and what may be proposed after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.accounts.models import Association
from app.programme.diagnostic import service as diagnostic
from app.programme.diagnostic.axes import Moment
from app.programme.partners.own_pages import today
from app.programme.recommendations import proposing, service, table
from app.programme.recommendations.path import Stage, path
from app.programme.recommendations.proposing import Diagnosis, Proposals
from app.programme.recommendations.service import Told
from app.web import zones


@dataclass(frozen=True)
class Taken:
    """The latest diagnostic, the day when it was taken, and the day of the first: the way begins there."""

    diagnosis: Diagnosis
    on: date
    first_on: date

    @property
    def has_scores(self) -> bool:
        return any(score is not None for score in self.diagnosis.scores.values())


@dataclass(frozen=True)
class Reading:
    """Everything that the page of an association says."""

    association: Association
    told: Sequence[Told]
    taken: Taken | None
    proposals: Proposals
    stages: Sequence[Stage]

    @property
    def block(self) -> Sequence[str]:
        """The questions that forbid texting many people."""
        return self.taken.diagnosis.block if self.taken else ()


def read(session: Session, association: Association) -> Reading:
    """Its recommendations, its path, and what to propose next."""
    told = service.of_association(session, association.id)
    taken = taken_of(session, association.id)
    proposals = Proposals()
    if taken is not None:
        proposals = proposing.propose(
            taken.diagnosis,
            table.entries(session),
            table.shelf(session),
            had={one.tool.id for one in told},
            open_count=service.open_count(session, association.id),
        )
    way = path(told, diagnosed_on=taken.first_on if taken else None, zone=zones.here())
    return Reading(association, told, taken, proposals, way)


def taken_of(session: Session, association_id: int) -> Taken | None:
    """The latest settled diagnostic of an association in its cohort, None before it settled one."""
    cohort_id = service.cohort_of(session, association_id, today=today())
    if cohort_id is None:
        return None
    both = [diagnostic.scores(session, association_id, cohort_id, moment) for moment in (Moment.T0, Moment.T1)]
    settled = [one for one in both if one is not None]
    if not settled:
        return None
    first, last = settled[0], settled[-1]
    scores = {axis.value: score.score for axis, score in last.axes.items()}
    diagnosis = Diagnosis(scores, last.answers, diagnostic.sms_block(session, association_id))
    return Taken(diagnosis, *(zones.local_day(one.agreed_at) for one in (last, first)))


def block_of(session: Session, association_id: int) -> Sequence[str]:
    """The questions that forbid it to text many people."""
    taken = taken_of(session, association_id)
    return taken.diagnosis.block if taken else ()
