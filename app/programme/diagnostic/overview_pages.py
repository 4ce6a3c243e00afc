"""The one page that everything about a diagnostic comes back to."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.programme.cohorts import people
from app.programme.diagnostic import axes, inventory, opening, respondents, rules, service
from app.programme.diagnostic.axes import PATH_OF, Moment
from app.programme.diagnostic.models import Diagnostic, Mending, Questionnaire
from app.programme.diagnostic.place_pages import Place
from app.programme.diagnostic.questionnaire import versions
from app.programme.diagnostic.questionnaire.changes import Changes
from app.programme.diagnostic.report import Offer, Report
from app.programme.diagnostic.respondents import Answering
from app.programme.diagnostic.rules import Question
from app.web.requests import runtime
from app.web.seams import Seam


@dataclass(frozen=True)
class UnderWay:
    """A diagnostic that people still answer."""

    one: Diagnostic
    moment: str
    words: str
    people: list[Answering]
    known: list[tuple[int, str, object]]
    agreed: int
    """Questions with an agreed answer so far."""
    of: int
    newer: tuple[Questionnaire, Changes] | None

    @property
    def finished(self) -> int:
        return len([each for each in self.people if each.respondent.finished_at is not None])


@dataclass(frozen=True)
class Guard:
    """Whether the text to everybody is recommended, and since when."""

    blocked: list[Question]
    was_blocked: list[Question]
    unknown: list[Question]
    """What nobody knows among what it hangs on."""
    mended: Mapping[str, Mending]
    since: datetime | None

    @property
    def is_recommended(self) -> bool:
        return not self.blocked


OFFERS: Seam[Callable[[Session, int, Collection[str]], Mapping[str, Sequence[Offer]]]] = Seam("tools for a question")
"""(session, association, questions) -> {question: what answers it}, from the room of recommendations."""


def overview(at: Place, typed: dict[str, str], errors: dict[str, str], *, status: int = 200) -> ResponseReturnValue:
    """The page, with what was typed into one of its forms and what to mend there."""
    with runtime().database.snapshot() as session:
        found = service.of_association(session, at.association.id, at.cohort.id)
        report = _report(session, at)
        page = render_template(
            "programme/diagnostic/report.html",
            place=at,
            diagnostics=found,
            under_way=_under_way(session, found),
            report=report,
            answered_by=_answered_by(session, found),
            asked_of=_asked_of(session, at, found, report),
            guard=_guard(session, at, found),
            offers=_offers(session, at, report),
            tools=inventory.of(session, at.association.id),
            settled={PATH_OF[one.moment]: one for one in found.values() if one.agreed_at is not None},
            typed=typed,
            errors=errors,
            **_WORDS,
        )
    return page, status


_WORDS = {
    "moments": axes.MOMENT_WORDS,
    "functions": people.WORDS,
    "short": axes.SHORT,
    "verdicts": inventory.VERDICTS,
    "licences": inventory.LICENCES,
    "hostings": inventory.HOSTINGS,
    "saved": inventory.saved_micros,
    "euros": inventory.euros,
}


def _offers(session: Session, at: Place, report: Report | None) -> Mapping[str, Sequence[Offer]]:
    """What answers the priorities; nothing for one of an axis that is solid already."""
    keys = [one.question.key for one in report.priorities if not one.is_solid] if report is not None else []
    return OFFERS.read()(session, at.association.id, keys) if keys else {}


def _report(session: Session, at: Place) -> Report | None:
    start = service.scores(session, at.association.id, at.cohort.id, Moment.T0)
    end = service.scores(session, at.association.id, at.cohort.id, Moment.T1)
    if end is not None:
        return Report(end, start)
    return Report(start) if start is not None else None


def _under_way(session: Session, found: Mapping[Moment, Diagnostic]) -> UnderWay | None:
    one = next((each for each in found.values() if each.agreed_at is None), None)
    if one is None:
        return None
    questions = versions.questions(session, one.questionnaire_id)
    changed = opening.moved_since(session, one).to_read
    keys = {each.key for each in questions}
    return UnderWay(
        one=one,
        moment=PATH_OF[one.moment],
        words=axes.MOMENT_WORDS[one.moment],
        people=respondents.progress(session, one, questions, changed),
        known=list(respondents.known(session, one)),
        agreed=len(keys & service.agreed(session, one.id).keys()),
        of=len(keys),
        newer=opening.pending(session, one),
    )


def _answered_by(session: Session, found: Mapping[Moment, Diagnostic]) -> int:
    """How many people stand behind the latest settled answers."""
    settled = [found[moment] for moment in (Moment.T1, Moment.T0) if moment in found and found[moment].agreed_at]
    if not settled:
        return 0
    return len([one for one in respondents.all_of(session, settled[0].id) if one.finished_at is not None])


def _asked_of(
    session: Session, at: Place, found: Mapping[Moment, Diagnostic], report: Report | None
) -> Mapping[str, list[str]]:
    """{question nobody agreed on: who did answer it}, for those who manage: what each said alone is not for all."""
    if report is None or not at.manages:
        return {}
    one = found[report.now.moment]
    names = {each.id: each.name for each in respondents.all_of(session, one.id) if each.name}
    given = respondents.own_answers(session, one.id)
    return {
        question.key: [
            name
            for row, name in names.items()
            if (own := given.get(row, {}).get(question.key)) is not None and own.value is not None
        ]
        for question in report.unclear
    }


def _guard(session: Session, at: Place, found: Mapping[Moment, Diagnostic]) -> Guard | None:
    """None before anything is settled: nobody knows."""
    last = service.guarding(session, at.association.id)
    if last is None:
        return None
    asked = {one.key: one for one in versions.questions(session, last.questionnaire_id)}
    held = service.held(session, at.association.id)
    blocked = service.blocking(held)
    mended = {key: one.mending for key, one in held.items() if one.mending is not None}
    was = {key for key, one in held.items() if one.value == 0}
    start = found.get(Moment.T0)
    if start is not None and start.agreed_at is not None:
        was |= set(rules.sms_block(_answers(session, start)))
        mended = service.mendings(session, start.id) | mended
    lifted = [mended[key].mended_at if key in mended else held[key].diagnostic.agreed_at for key in was - {*blocked}]
    since = max((at for at in lifted if at is not None), default=None)

    def told(keys: Collection[str]) -> list[Question]:
        return [asked[key] for key in rules.SMS_KEYS if key in keys and key in asked]

    return Guard(told(blocked), told(was), told(asked.keys() - held.keys()), mended, since)


def _answers(session: Session, one: Diagnostic) -> dict[str, int | None]:
    return {key: each.value for key, each in service.agreed(session, one.id).items()}
