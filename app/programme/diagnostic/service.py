"""Diagnostics: which an association has, what their agreed answers give, and what withholds the text to everybody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Association
from app.database.ids import CohortId, DiagnosticId, QuestionnaireId
from app.errors import Conflict, NotFound
from app.french.language import _
from app.programme.cohorts import members
from app.programme.cohorts import service as cohorts
from app.programme.cohorts.models import Cohort, CohortMember, Function
from app.programme.cohorts.states import MemberState
from app.programme.diagnostic import rules
from app.programme.diagnostic.axes import Axis, Moment
from app.programme.diagnostic.models import AgreedAnswer, Diagnostic, Mending, Questionnaire, Respondent
from app.programme.diagnostic.questionnaire import versions
from app.programme.diagnostic.rules import Answers, AxisScore, Moved, Question


@dataclass(frozen=True)
class Scores:
    """What the settled agreed answers of one diagnostic give."""

    association_id: int
    moment: Moment
    version: int
    questions: Sequence[Question]
    answers: Answers
    agreed_at: datetime

    @cached_property
    def axes(self) -> Mapping[Axis, AxisScore]:
        return rules.scores(self.questions, self.answers)

    def lowest(self, axis: Axis, count: int = 2) -> list[Question]:
        """The questions of an axis with the lowest answers, what nobody knows left out."""
        known = [(value, one) for one in self.questions if (value := self.answers.get(one.key)) is not None]
        own = sorted((row for row in known if row[1].axis is axis), key=lambda row: (row[0], row[1].position))
        return [one for _value, one in own[:count]]


def association(session: Session, association_id: int) -> Association:
    """One association. Raises NotFound."""
    found = session.get(Association, association_id)
    if found is None:
        raise NotFound("association_unknown", _("Cette association n'existe pas."))
    return found


def cohorts_of(session: Session, association_id: int) -> Sequence[tuple[Cohort, CohortMember]]:
    """The cohorts that an association is or was in: the one that it is in, and that is open, first; then the latest."""
    rows = session.execute(
        select(Cohort, CohortMember)
        .join(CohortMember, CohortMember.cohort_id == Cohort.id)
        .where(CohortMember.association_id == association_id, CohortMember.joined_at.is_not(None))
        .order_by(Cohort.starts_on.desc(), Cohort.id.desc())
    )
    found = [(row[0], row[1]) for row in rows]
    return sorted(found, key=lambda row: not may_change(*row))


def may_change(cohort: Cohort, member: CohortMember) -> bool:
    """Whether diagnostics of this association still change there."""
    return cohort.closed_at is None and member.state is MemberState.INSIDE


def check_may_change(session: Session, association_id: int, cohort_id: CohortId) -> None:
    """Raises NotFound, or Conflict once the cohort is closed or the association has left it."""
    cohort = cohorts.get(session, cohort_id)
    if cohort.closed_at is not None:
        raise Conflict("cohort_closed", _("Cette cohorte est close : le diagnostic se lit encore, et ne change plus."))
    member, _association = members.get(session, cohort_id, association_id)
    if member.state is not MemberState.INSIDE:
        raise Conflict("not_inside", _("Cette association n'est plus dans la cohorte : son diagnostic ne change plus."))


def of_association(session: Session, association_id: int, cohort_id: CohortId) -> Mapping[Moment, Diagnostic]:
    """Its diagnostics in a cohort, settled or under way."""
    query = select(Diagnostic).where(Diagnostic.association_id == association_id, Diagnostic.cohort_id == cohort_id)
    return {one.moment: one for one in session.scalars(query)}


def get(
    session: Session, association_id: int, cohort_id: CohortId, moment: Moment, *, lock: bool = False
) -> Diagnostic:
    """One diagnostic. Raises NotFound."""
    query = select(Diagnostic).where(
        Diagnostic.association_id == association_id, Diagnostic.cohort_id == cohort_id, Diagnostic.moment == moment
    )
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound("diagnostic_unknown", _("Ce diagnostic n'est pas encore ouvert."))
    return found


def changeable(session: Session, association_id: int, cohort_id: CohortId, moment: Moment) -> Diagnostic:
    """One under way, locked. Raises NotFound, or Conflict once its agreed answer is settled."""
    check_may_change(session, association_id, cohort_id)
    found = get(session, association_id, cohort_id, moment, lock=True)
    if found.agreed_at is not None:
        raise Conflict("diagnostic_agreed", _("La réponse commune est arrêtée : plus rien ne change ici."))
    return found


def agreed(session: Session, diagnostic_id: DiagnosticId) -> dict[str, AgreedAnswer]:
    """{question: what the association answers}."""
    query = select(AgreedAnswer).where(AgreedAnswer.diagnostic_id == diagnostic_id)
    return {one.key: one for one in session.scalars(query)}


def scores(session: Session, association_id: int, cohort_id: CohortId, moment: Moment) -> Scores | None:
    """What one association's settled answers give; None while they are not settled."""
    query = select(Diagnostic).where(
        Diagnostic.association_id == association_id, Diagnostic.cohort_id == cohort_id, Diagnostic.moment == moment
    )
    found = session.scalar(query.where(Diagnostic.agreed_at.is_not(None)))
    return _scores(session, [found])[association_id] if found else None


def moved(before: Scores, now: Scores) -> Mapping[Axis, Moved]:
    """How an association moved, over the questions that it could answer both times."""
    return rules.moved(before.questions, now.questions, before.answers, now.answers)


def _scores(session: Session, diagnostics: Sequence[Diagnostic]) -> dict[int, Scores]:
    ids: set[QuestionnaireId] = {one.questionnaire_id for one in diagnostics}
    of_version = versions.questions_of(session, ids)
    numbers = {one.id: one.number for one in session.scalars(select(Questionnaire).where(Questionnaire.id.in_(ids)))}
    answers: dict[DiagnosticId, dict[str, int | None]] = {one.id: {} for one in diagnostics}
    for row in session.scalars(select(AgreedAnswer).where(AgreedAnswer.diagnostic_id.in_(answers))):
        answers[row.diagnostic_id][row.key] = row.value
    return {
        one.association_id: Scores(
            one.association_id, one.moment, numbers[one.questionnaire_id], of_version[one.questionnaire_id],
            answers[one.id], one.agreed_at,
        )
        for one in diagnostics
        if one.agreed_at is not None
    }  # fmt: skip


def guarding(session: Session, association_id: int) -> Diagnostic | None:
    """The diagnostic whose answers say whether the text to everybody is recommended: the latest that was settled.

    One that is taken up again still counts: opening it lifts nothing.
    """
    query = select(Diagnostic).where(Diagnostic.association_id == association_id, _was_settled())
    return session.scalar(query.order_by(Diagnostic.opened_at.desc(), Diagnostic.id.desc()).limit(1))


def _was_settled() -> ColumnElement[bool]:
    return or_(Diagnostic.agreed_at.is_not(None), Diagnostic.reopened_at.is_not(None))


@dataclass(frozen=True)
class Held:
    """What the latest settled diagnostic that knew it answered to a question; ``mending`` if it was mended since."""

    diagnostic: Diagnostic
    value: int
    mending: Mending | None


def held(session: Session, association_id: int) -> Mapping[str, Held]:
    """{question on which the text to everybody hangs: what is known of it last}.

    « Je ne sais pas » at the end lifts nothing: what an earlier diagnostic said still holds.
    """
    query = (
        select(Diagnostic, AgreedAnswer, Mending)
        .join(AgreedAnswer, AgreedAnswer.diagnostic_id == Diagnostic.id)
        .outerjoin(Mending, and_(Mending.diagnostic_id == Diagnostic.id, Mending.key == AgreedAnswer.key))
        .where(Diagnostic.association_id == association_id, _was_settled())
        .where(AgreedAnswer.key.in_(rules.SMS_KEYS), AgreedAnswer.value.is_not(None))
        .order_by(Diagnostic.opened_at, Diagnostic.id)
    )
    return {
        answer.key: Held(one, answer.value, mending)
        for one, answer, mending in session.execute(query)
        if answer.value is not None
    }


def sms_block(session: Session, association_id: int) -> list[str]:
    """The questions for which the text to everybody is not recommended to an association; none is « recommended »."""
    return blocking(held(session, association_id))


def blocking(found: Mapping[str, Held]) -> list[str]:
    """Those of ``held`` that withhold the text to everybody, in their order."""
    answers = {key: one.value for key, one in found.items()}
    return rules.sms_block(answers, {key for key, one in found.items() if one.mending is not None})


def mendings(session: Session, diagnostic_id: DiagnosticId) -> dict[str, Mending]:
    """{question: how it was mended since}."""
    return {one.key: one for one in session.scalars(select(Mending).where(Mending.diagnostic_id == diagnostic_id))}


def took_part(session: Session, cohort_id: CohortId, moment: Moment) -> Mapping[int, set[Function]]:
    """{association: the functions of those who answered to the end}, associations that left the cohort among them."""
    rows = session.execute(
        select(Diagnostic.association_id, Respondent.function)
        .join(Respondent, Respondent.diagnostic_id == Diagnostic.id)
        .where(Diagnostic.cohort_id == cohort_id, Diagnostic.moment == moment, Respondent.finished_at.is_not(None))
    )
    found: dict[int, set[Function]] = {}
    for association_id, function in rows:
        found.setdefault(association_id, set()).add(function)
    return found
