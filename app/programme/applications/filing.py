"""« Déposer »: once however often it is pressed, by our clock; withdrawn, taken up again, corrected."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.models import Space
from app.accounts.principal import BY_LINK, Principal, job
from app.database.ids import SpaceId
from app.errors import Conflict, RuleBroken
from app.french.language import _
from app.programme.applications import acts, answering, rules, service, states, telling, wordings
from app.programme.applications.kept import places
from app.programme.applications.models import Application, ApplicationDecision, ApplicationFiling
from app.programme.applications.questions import Field
from app.programme.applications.service import Sheet
from app.programme.applications.states import State, Who
from app.programme.applications.wordings import Letter
from app.programme.cohorts.models import Cohort
from app.settings import Settings


@dataclass(frozen=True)
class Receipt:
    """A filing, the SMS that tells it, and whether this press made it."""

    filing: ApplicationFiling
    is_new: bool


def file(
    session: Session,
    application: Application,
    cohort: Cohort,
    *,
    name: str,
    programme: Space | None,
    settings: Settings,
    now: datetime,
    read: int | None = None,
) -> Receipt:
    """File what stands in the working text. The rows are held by the caller, so two presses make one filing.

    ``read`` is the version of the form that they read before, where it is known. Raises RuleBroken with everything
    missing, {field: sentence}, and Conflict once it may not be filed any more.
    """
    latest = next(iter(service.filings(session, application.id)), None)
    sheet = service.sheet(session, application)
    if latest is not None and application.state in states.JUDGED and not is_changed(latest, sheet):
        return Receipt(latest, is_new=False)
    if service.editable(application, cohort, now=now) == frozenset():
        raise Conflict("filing_closed", _("Les candidatures sont closes : rien n'a été déposé."))
    sheet = to_file(application, cohort, sheet, latest, now=now)
    check_complete(sheet, read=read)
    filing = _write(session, application, sheet, name=name, now=now)
    space_id = programme.id if programme else None
    if application.rank is None:
        _number(session, application, cohort, now=now)
    if application.state is State.DRAFT:
        service.move(session, application, State.FILED, who=Who.APPLICANT, space_id=space_id, by=job(BY_LINK), now=now)
    application.form_version = sheet.form.number
    answering.touch(application, name=name, now=now)
    _settle(session, application, now=now)
    session.flush()
    _tell(session, application, programme=programme, is_first=latest is None, settings=settings, now=now)
    return Receipt(filing, is_new=True)


def _tell(
    session: Session,
    application: Application,
    *,
    programme: Space | None,
    is_first: bool,
    settings: Settings,
    now: datetime,
) -> None:
    """The journal has each filing, the association the receipt of the first."""
    name, space_id = application.association_name, programme.id if programme else None
    act = acts.FILED if is_first else acts.FILED_AGAIN
    activity.record(session, space_id, act, by=job(BY_LINK), now=now, subject_id=application.id, note=name)
    if is_first:
        body = wordings.sms(wordings.RECEIPT, name=name, number=application.number)
        telling.tell_kept(session, programme, application, Letter.RECEIPT, body, settings=settings, now=now)


def to_file(
    application: Application, cohort: Cohort, sheet: Sheet, latest: ApplicationFiling | None, *, now: datetime
) -> Sheet:
    """What « Déposer » files: the working text while all of it may change, else what was filed with what is asked.

    Raises Conflict where nothing of what is asked has changed.
    """
    asked = service.editable(application, cohort, now=now)
    if latest is None or asked is None or application.state not in states.JUDGED:
        return sheet
    values = {**latest.answers, **{key: sheet.values.get(key, "") for key in asked}}
    if not rules.changed(latest.answers, values, sheet.form.fields):
        sentence = _("Rien n'a changé de ce que le programme vous demande : rien n'est déposé de nouveau.")
        raise Conflict("nothing_asked_changed", sentence)
    return service.sheet_of(values, sheet.answers, sheet.files, sheet.form)


def _settle(session: Session, application: Application, *, now: datetime) -> None:
    """Nothing is asked of them any more; a decision prepared on the text before waits until it is prepared again."""
    application.asked_fields, application.asked_words, application.asked_until = [], "", None
    telling.take_back(session, application, titles=(Letter.CORRECTION, Letter.FILE_REFUSED), now=now)
    session.execute(
        update(ApplicationDecision)
        .where(ApplicationDecision.application_id == application.id, ApplicationDecision.published_at.is_(None))
        .where(ApplicationDecision.publication_id.is_(None))
        .values(is_held=True)
    )


def _write(session: Session, application: Application, sheet: Sheet, *, name: str, now: datetime) -> ApplicationFiling:
    """Keep the text word for word, with what its conditions came to."""
    filing = ApplicationFiling(
        application_id=application.id, form_version=sheet.form.number, answers=sheet.asked_values,
        verdicts={key: one.verdict.value for key, one in sheet.judged.items()},
        is_off_criteria=sheet.is_off_criteria, filed_by=name[:80], filed_at=now,
    )  # fmt: skip
    session.add(filing)
    return filing


def is_changed(filing: ApplicationFiling, sheet: Sheet) -> bool:
    """Whether the working text is another than what was filed."""
    return bool(rules.changed(filing.answers, sheet.values, sheet.form.fields))


def check_complete(sheet: Sheet, *, read: int | None = None) -> None:
    """Raises RuleBroken that names all that is missing at once, Conflict for whoever ``read`` another version."""
    if read not in (None, sheet.form.number):
        sentence = _("Le formulaire a changé pendant que vous relisiez : rien n'est déposé. Relisez, puis déposez.")
        raise Conflict("form_changed", sentence)
    if sheet.missing:
        fields = {one.key: _("Il manque : %(label)s", label=label_of(one)) for one in sheet.missing}
        raise RuleBroken("application_incomplete", next(iter(fields.values())), fields=fields)


def label_of(field: Field) -> str:
    """The question, with its condition where four questions have the same words."""
    return f"{field.label} ({rules.CONDITIONS[field.why_of]})" if field.why_of else field.label


def _number(session: Session, application: Application, cohort: Cohort, *, now: datetime) -> None:
    """The next number of the cohort, whose row is held."""
    top = session.scalar(select(func.max(Application.rank)).where(Application.cohort_id == cohort.id))
    application.rank = (top or 0) + 1
    application.number = f"{cohort.starts_on.year}-{application.rank:03d}"
    application.filed_at = now


def withdraw(
    session: Session,
    application: Application,
    cohort: Cohort,
    *,
    who: Who,
    reason: str,
    space_id: SpaceId | None,
    by: Principal,
    now: datetime,
) -> None:
    """It goes no further, with its reason; one that was kept leaves its place in the cohort to another."""
    was_kept = application.state is State.KEPT
    service.move(session, application, State.WITHDRAWN, who=who, reason=reason, space_id=space_id, by=by, now=now)
    if was_kept:
        places.leave(session, application, cohort, space_id=space_id, by=by, now=now)


def take_up(
    session: Session,
    application: Application,
    cohort: Cohort,
    *,
    name: str,
    space_id: SpaceId | None,
    now: datetime,
) -> None:
    """Out of the bin, or withdrawn after all: as it was. Raises Conflict for one withdrawn once applications closed."""
    if application.state is State.WITHDRAWN:
        if not rules.is_in_time(cohort.applications_close_at, now) or cohort.closed_at:
            raise Conflict("applications_closed", _("Les candidatures sont closes : appelez le programme."))
        to = State.FILED if application.rank is not None else State.DRAFT
        reason = _("reprise par l'association")
        service.move(
            session, application, to, who=Who.APPLICANT, reason=reason, space_id=space_id, by=job(BY_LINK), now=now
        )
    if application.binned_at is not None:
        application.binned_at = None
        note = application.association_name
        activity.record(
            session, space_id, acts.RESTORED, by=job(BY_LINK), now=now, subject_id=application.id, note=note
        )
    answering.touch(application, name=name, now=now)
