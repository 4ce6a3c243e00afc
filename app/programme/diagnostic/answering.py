"""What a respondent does by their link: each answer is kept at once, until the agreed answer is settled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import secrets
from app.accounts.models import Association
from app.database.engine import upsert
from app.errors import Conflict, NotFound, RuleBroken
from app.french.language import _, ngettext
from app.programme.cohorts import members
from app.programme.cohorts import service as cohorts
from app.programme.diagnostic import opening, respondents, rules, service
from app.programme.diagnostic.axes import Answer, Axis
from app.programme.diagnostic.models import Diagnostic, OwnAnswer, Respondent
from app.programme.diagnostic.questionnaire import versions
from app.programme.diagnostic.rules import Question


@dataclass(frozen=True)
class Visit:
    """A respondent at their link, with the questions and what they have answered so far."""

    respondent: Respondent
    diagnostic: Diagnostic
    association: Association
    questions: Sequence[Question]
    answers: Mapping[str, OwnAnswer]
    to_read: frozenset[str]
    """Questions that changed since they answered them."""
    is_open: bool
    """Whether they may still answer."""

    @property
    def by_axis(self) -> Mapping[Axis, list[Question]]:
        return rules.by_axis(self.questions)

    def done(self, axis: Axis) -> int:
        """How many questions of an axis are answered, and need not be read again."""
        return len([one for one in self.by_axis[axis] if one.key in self.answers and one.key not in self.to_read])

    @property
    def missing(self) -> list[Question]:
        return [one for some in self.by_axis.values() for one in some if one.key not in self.answers]

    @property
    def saved_at(self) -> datetime | None:
        """When the last answer was kept."""
        return max((one.written_at for one in self.answers.values()), default=None)

    @property
    def next_axis(self) -> Axis | None:
        """Where to begin, or to go on: the first axis that is not done."""
        return next((axis for axis, some in self.by_axis.items() if self.done(axis) < len(some)), None)


def visit(session: Session, token: str, *, lock: bool = False) -> Visit:
    """Who holds this link. Raises NotFound for one that opens nothing, or nothing any more."""
    query = select(Respondent).where(Respondent.token_digest == secrets.digest(token))
    respondent = session.scalar(query)
    if respondent is None:
        raise NotFound("link_unknown", _("Ce lien n'ouvre plus rien."))
    held = select(Diagnostic).where(Diagnostic.id == respondent.diagnostic_id)
    one = session.scalars(held.with_for_update() if lock else held).one()
    member, association = members.get(session, one.cohort_id, one.association_id)
    is_open = one.agreed_at is None and service.may_change(cohorts.get(session, one.cohort_id), member)
    answers = respondents.own_answers(session, one.id).get(respondent.id, {})
    reworded = opening.moved_since(session, one).reworded
    to_read = frozenset(key for key in reworded if key in answers and respondents.is_to_read(answers[key], one))
    questions = versions.questions(session, one.questionnaire_id)
    return Visit(respondent, one, association, questions, answers, to_read, is_open)


def write(session: Session, at: Visit, given: Mapping[str, Answer], *, now: datetime) -> None:
    """Keep answers, each by its question; those to questions of no such version are left out. Raises Conflict."""
    _check_open(at)
    asked = {one.key for one in at.questions}
    for key, value in given.items():
        if key in asked:
            row = {"respondent_id": at.respondent.id, "key": key, "value": value, "written_at": now}
            unique = [OwnAnswer.respondent_id, OwnAnswer.key]
            upsert(session, OwnAnswer, row, unique=unique, changed=[OwnAnswer.value, OwnAnswer.written_at])


def finish(session: Session, at: Visit, *, rest_unknown: bool, now: datetime) -> None:
    """They have said all. ``rest_unknown``: what they left out is « Je ne sais pas ».

    Raises Conflict, or RuleBroken with every question that they left out.
    """
    _check_open(at)
    if rest_unknown:
        write(session, at, {one.key: None for one in at.missing}, now=now)
    elif at.missing:
        sentence = ngettext(
            "Il reste une question sans réponse.", "Il reste %(n)s questions sans réponse.", len(at.missing)
        )
        raise RuleBroken("answers_missing", sentence, fields={one.key: one.words for one in at.missing})
    if at.respondent.finished_at is None:
        at.respondent.finished_at = now


def _check_open(at: Visit) -> None:
    if not at.is_open:
        raise Conflict("diagnostic_over", _("La réponse commune est arrêtée : vos réponses ne changent plus."))
