"""« La réponse commune »: what people said, where they differ, and what the association answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.principal import Principal
from app.database.engine import upsert
from app.database.ids import SpaceId
from app.errors import Conflict
from app.french.language import _
from app.french.typography import show_time
from app.programme.diagnostic import acts, axes, opening, respondents, rules, service
from app.programme.diagnostic.axes import Answer
from app.programme.diagnostic.models import AgreedAnswer, Diagnostic
from app.programme.diagnostic.questionnaire import versions
from app.programme.diagnostic.rules import Question


@dataclass(frozen=True)
class Row:
    """A question with who said what, and what is agreed so far."""

    question: Question
    said: Mapping[str, Answer]
    """{name: answer}"""
    agreed: AgreedAnswer | None
    is_changed: bool = False
    """Whether the question changed since it was agreed on, or since people answered it."""

    @property
    def differs(self) -> bool:
        return rules.differ(self.said)

    @property
    def chosen(self) -> str:
        """What the form shows as ticked: what is agreed, or else what all who know said; empty for nothing yet."""
        if self.agreed is not None:
            return axes.sent(self.agreed.value)
        if not self.said or self.differs:
            return ""
        return axes.sent(next(iter(rules.known(self.said)), None))

    @property
    def seen(self) -> str:
        """What was agreed when the form was shown: another's word since is not written over unseen."""
        return axes.sent(self.agreed.value) if self.agreed is not None else ""


@dataclass(frozen=True)
class Rows:
    """All questions, by how much people have to talk about them."""

    differing: Sequence[Row] = field(default_factory=list)
    alike: Sequence[Row] = field(default_factory=list)
    unsaid: Sequence[Row] = field(default_factory=list)
    """Nobody has answered them alone."""

    @property
    def all(self) -> list[Row]:
        return [*self.differing, *self.alike, *self.unsaid]


def rows(session: Session, one: Diagnostic) -> Rows:
    """The questions of a diagnostic, those that differ first, each kind by axis."""
    questions = versions.questions(session, one.questionnaire_id)
    reworded = opening.moved_since(session, one).reworded
    agreed = service.agreed(session, one.id)
    given = respondents.own_answers(session, one.id)
    people = [(each.name, given.get(each.id, {})) for each in respondents.all_of(session, one.id)]
    found = []
    for question in questions:
        own = {name: answers[question.key] for name, answers in people if question.key in answers}
        written = [each.written_at for each in (*own.values(), agreed.get(question.key)) if each is not None]
        stale = question.key in reworded and any(one.moved_at is not None and at < one.moved_at for at in written)
        said = {name: each.value for name, each in own.items()}
        found.append(Row(question, said, agreed.get(question.key), stale))
    return Rows(
        [row for row in found if row.differs],
        [row for row in found if row.said and not row.differs],
        [row for row in found if not row.said],
    )


def write(
    session: Session,
    one: Diagnostic,
    given: Mapping[str, Answer],
    seen: Mapping[str, str],
    *,
    space_id: SpaceId | None,
    by: Principal,
    now: datetime,
    zone: ZoneInfo,
) -> None:
    """Keep what is agreed. ``one`` is held; ``seen`` is what each question showed when the form was made.

    Raises Conflict with every question that somebody else has answered otherwise since, and when, in ``zone``: none is
    written then.
    """
    known = service.agreed(session, one.id)
    asked = {each.key for each in versions.questions(session, one.questionnaire_id)}
    changed = {
        key: value
        for key, value in given.items()
        if key in asked and (key not in known or known[key].value != value or _is_stale(known[key], one))
    }
    clashes = {
        key: _clash(known[key], zone)
        for key in changed
        if key in known and axes.sent(known[key].value) != seen.get(key, "")
    }
    if clashes:
        sentence = _("Quelqu'un d'autre a répondu entre-temps : relisez, puis enregistrez encore une fois.")
        raise Conflict("answered_since", sentence, fields=clashes)
    for key, value in changed.items():
        row = {"diagnostic_id": one.id, "key": key, "value": value, "written_at": now, "written_by": by.name[:80]}
        unique = [AgreedAnswer.diagnostic_id, AgreedAnswer.key]
        written = [AgreedAnswer.value, AgreedAnswer.written_at, AgreedAnswer.written_by]
        upsert(session, AgreedAnswer, row, unique=unique, changed=written)
    if changed and space_id is not None:
        activity.go_on(session, space_id, acts.AGREEING, by=by, now=now, subject_id=one.id, moment=one.moment.value)


def _is_stale(answer: AgreedAnswer, one: Diagnostic) -> bool:
    return one.moved_at is not None and answer.written_at < one.moved_at


def _clash(answer: AgreedAnswer, zone: ZoneInfo) -> str:
    return _(
        "%(who)s a écrit « %(answer)s » à %(time)s.",
        who=answer.written_by,
        answer=axes.ANSWERS[axes.sent(answer.value)],
        time=show_time(answer.written_at, zone),
    )
