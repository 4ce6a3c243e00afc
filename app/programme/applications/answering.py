"""Fields saved one by one: who wrote, when, and what becomes of two who write the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database.ids import ApplicationId
from app.errors import Conflict, RuleBroken
from app.french.language import _
from app.programme.applications import rules, service, versions
from app.programme.applications.models import Application, ApplicationAnswer
from app.programme.applications.questions import Field, Kind
from app.programme.cohorts.models import Cohort

MIRRORED = {
    "association": "association_name",
    "contact_name": "contact_name",
    "contact_email": "contact_email",
    "contact_function": "contact_function",
}
"""{field: column} of what lists and letters say of an application."""
NEVER_EMPTY = frozenset({"association", "contact_name"})
"""What begins an application, and names it in every list."""


@dataclass(frozen=True)
class Typed:
    """What somebody wrote in a field, and the version that they saw before."""

    words: Sequence[str]
    version: int


@dataclass(frozen=True)
class Stale:
    """A field that somebody else has written since: both texts."""

    field: Field
    mine: str
    theirs: ApplicationAnswer


@dataclass(frozen=True)
class Saved:
    """What became of fields saved together: each is saved, refused by a rule, or written by another since."""

    saved: Mapping[str, ApplicationAnswer]
    errors: Mapping[str, str]
    stale: Mapping[str, Stale]


def save(
    session: Session,
    application: Application,
    cohort: Cohort,
    typed: Mapping[str, Typed],
    *,
    name: str,
    now: datetime,
) -> Saved:
    """Save what may be; what may not keeps nothing else from it. The rows are held by the caller.

    A question that is asked no more since their page was opened is kept all the same, and never filed.

    Raises Conflict for a field that may not be changed any more.
    """
    saved: dict[str, ApplicationAnswer] = {}
    errors: dict[str, str] = {}
    stale: dict[str, Stale] = {}
    known, asked = _answers(session, application.id), versions.published(session)
    for key, one in typed.items():
        field = asked.get(key)
        check_open(application, cohort, key, now=now)
        try:
            value = _read(field, one, now=now)
        except RuleBroken as refusal:
            errors[key] = refusal.sentence
            continue
        held = known.get(key)
        if held is not None and held.value == value:
            saved[key] = held
        elif held is not None and held.version != one.version:
            stale[key] = Stale(field, value, held)
        elif held is not None or value:
            saved[key] = write(session, application, held, key, value, name=name, now=now)
    return Saved(saved, errors, stale)


def check_open(application: Application, cohort: Cohort, key: str, *, now: datetime) -> None:
    """Raises Conflict for a field that its association may not change now."""
    if not service.may_edit(application, cohort, key, now=now):
        sentence = _(
            "Cette réponse ne se change plus : rien n'a été enregistré. Gardez votre texte, appelez le programme."
        )
        raise Conflict("answer_closed", sentence)


def write(
    session: Session,
    application: Application,
    held: ApplicationAnswer | None,
    key: str,
    value: str,
    *,
    name: str,
    now: datetime,
) -> ApplicationAnswer:
    """Write one answer, and that the application lives: a notice that it would be thrown away is void."""
    answer = held or ApplicationAnswer(application_id=application.id, field=key, version=0)
    answer.value, answer.version = value, answer.version + 1
    answer.written_by, answer.written_at = name[:80], now
    session.add(answer)
    if key in MIRRORED:
        setattr(application, MIRRORED[key], value)
    touch(application, name=name, now=now)
    session.flush()
    return answer


def touch(application: Application, *, name: str, now: datetime) -> None:
    """Somebody is at it: who wrote last is known, and nothing of it is idle any more."""
    application.written_at, application.written_by = now, name[:80]
    application.noticed_at = application.notice_mailing_id = None
    application.notice_problem = ""


def find(session: Session, application_id: ApplicationId, key: str) -> ApplicationAnswer | None:
    """One answer as it stands."""
    return session.scalar(
        select(ApplicationAnswer).where(
            ApplicationAnswer.application_id == application_id, ApplicationAnswer.field == key
        )
    )


def _answers(session: Session, application_id: ApplicationId) -> dict[str, ApplicationAnswer]:
    rows = session.scalars(select(ApplicationAnswer).where(ApplicationAnswer.application_id == application_id))
    return {one.field: one for one in rows}


def _read(field: Field, one: Typed, *, now: datetime) -> str:
    """The answer as it is kept. Raises RuleBroken: a file has a way of its own."""
    if field.kind is Kind.FILE:
        raise RuleBroken("answer_is_file", _("Une pièce se joint par son bouton."))
    value = rules.read(field, one.words, today=service.today_of(now))
    if not value and field.key in NEVER_EMPTY:
        sentence = _("Écrivez-le : c'est à ce nom que le dossier se retrouve.")
        raise RuleBroken("answer_empty", sentence)
    return value
