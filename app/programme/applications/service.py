"""Applications: which there are, one by its link or its row, its answers and what its conditions come to."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts import activity, secrets
from app.accounts.principal import Principal
from app.clock import PARIS
from app.database.ids import ApplicationId, CohortId, SpaceId
from app.errors import NotFound
from app.french.language import _
from app.programme.applications import acts, numbers, rules, states, telling, versions
from app.programme.applications.models import (
    Application,
    ApplicationAnswer,
    ApplicationDecision,
    ApplicationFile,
    ApplicationFiling,
    ApplicationLink,
)
from app.programme.applications.questions import FIELDS, FILES, NO_CHANGES, Changes, Field, Version, between
from app.programme.applications.rules import FileState, Judged, Season
from app.programme.applications.states import State, Who
from app.programme.cohorts.models import Cohort


@dataclass(frozen=True)
class Sheet:
    """An application as it is filled in: the working text, or what was filed."""

    values: Mapping[str, str]
    judged: Mapping[str, Judged]
    answers: Mapping[str, ApplicationAnswer]
    """Of the working text: who wrote each field, and when; empty for what was filed."""
    files: Mapping[int, ApplicationFile]
    """Every file of the application, by its id."""
    form: Version
    """The version of the form that asks it."""
    changes: Changes = NO_CHANGES
    """What the form changed since a draft was begun; nothing of what was filed."""
    former: Sequence[Field] = ()
    """The questions that are asked no more, and were answered: kept, read, and not filed."""

    def file_of(self, key: str) -> ApplicationFile | None:
        """The file that a field holds."""
        held = self.values.get(key, "")
        return self.files.get(int(held)) if held.isdigit() else None

    @property
    def missing(self) -> list[Field]:
        return rules.missing(self.values, self.judged, self.form.fields)

    @property
    def asked_values(self) -> dict[str, str]:
        """The answers to what this version asks: all that is filed."""
        return {key: value for key, value in self.values.items() if key in self.form.by_key}

    @property
    def is_off_criteria(self) -> bool:
        return rules.is_off_criteria(self.judged)


def get(session: Session, application_id: ApplicationId, *, lock: bool = False) -> Application:
    """One application that was not purged. Raises NotFound."""
    query = select(Application).where(Application.id == application_id, Application.purged_at.is_(None))
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound("application_unknown", _("Cette candidature n'existe pas."))
    return found


def by_word(session: Session, word: str) -> tuple[Application, ApplicationLink]:
    """The application that a link opens, and whose link it is. Raises NotFound."""
    query = (
        select(Application, ApplicationLink)
        .join(ApplicationLink, ApplicationLink.application_id == Application.id)
        .where(ApplicationLink.digest == secrets.digest(word), Application.purged_at.is_(None))
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound("application_link_unknown", _("Ce lien n'ouvre aucune candidature."))
    return row[0], row[1]


def locked(session: Session, application: Application) -> tuple[Application, Cohort]:
    """It and its cohort, held until the transaction ends: the cohort first, as everybody does."""
    cohort = session.scalars(select(Cohort).where(Cohort.id == application.cohort_id).with_for_update()).one()
    held = get(session, application.id)
    session.refresh(held, with_for_update=True)
    return held, cohort


def accepting(session: Session, *, now: datetime) -> tuple[Cohort | None, Season]:
    """The cohort that applications are about: one that takes them, else the next to, else the last that did."""
    query = select(Cohort).where(Cohort.closed_at.is_(None), Cohort.applications_open_at.is_not(None))
    known = session.scalars(query.order_by(Cohort.applications_open_at)).all()
    for wanted in (Season.OPEN, Season.BEFORE, Season.OVER):
        found = [
            one for one in known if rules.season(one.applications_open_at, one.applications_close_at, now) is wanted
        ]
        if found:
            return (found[-1] if wanted is Season.OVER else found[0]), wanted
    return None, Season.UNSAID


def find(session: Session, cohort_id: CohortId, registration: str) -> Application | None:
    """The one of an association and a cohort, if it has been begun."""
    return session.scalar(
        select(Application).where(Application.cohort_id == cohort_id, Application.registration == registration)
    )


def find_kept(session: Session, association_id: int) -> Application | None:
    """The latest application that this association came in by; None for one that never applied, or once it is gone."""
    query = select(Application).where(Application.association_id == association_id, Application.purged_at.is_(None))
    return session.scalar(query.order_by(Application.id.desc()).limit(1))


def of_cohort(session: Session, cohort_id: CohortId) -> Sequence[Application]:
    """Those of a cohort, in the order in which they were filed; drafts last."""
    query = select(Application).where(Application.cohort_id == cohort_id, Application.purged_at.is_(None))
    return session.scalars(query.order_by(Application.rank.is_(None), Application.rank, Application.id)).all()


def sheet(session: Session, application: Application) -> Sheet:
    """The working text: of a draft by the latest form, of what was filed by its own."""
    rows = session.scalars(select(ApplicationAnswer).where(ApplicationAnswer.application_id == application.id))
    answers = {one.field: one for one in rows}
    known = versions.published(session)
    form, begun = known.of(application), known.every[application.form_version]
    values = {key: one.value for key, one in answers.items()}
    past = [known.find(key) for key, value in values.items() if value and key not in form.by_key]
    read = sheet_of(values, answers, files_of(session, application.id), form)
    return replace(read, changes=between(begun, form), former=[one for one in past if one is not None])


def filed_sheet(session: Session, application: Application) -> Sheet | None:
    """What was filed last; None while nothing was."""
    filing = next(iter(filings(session, application.id)), None)
    if filing is None:
        return None
    form = versions.published(session).every[filing.form_version]
    return sheet_of(filing.answers, {}, files_of(session, application.id), form)


def filings(session: Session, application_id: ApplicationId) -> Sequence[ApplicationFiling]:
    """Every filing, the latest first."""
    query = select(ApplicationFiling).where(ApplicationFiling.application_id == application_id)
    return session.scalars(query.order_by(ApplicationFiling.id.desc())).all()


def files_of(session: Session, application_id: ApplicationId) -> dict[int, ApplicationFile]:
    """Its files by id, without their bytes."""
    rows = session.scalars(select(ApplicationFile).where(ApplicationFile.application_id == application_id))
    return {one.id: one for one in rows}


def sheet_of(
    values: Mapping[str, str],
    answers: Mapping[str, ApplicationAnswer],
    files: Mapping[int, ApplicationFile],
    form: Version,
) -> Sheet:
    """These values, judged with the files at hand."""
    [key] = FILES
    held = values.get(key, "")
    file = files.get(int(held)) if held.isdigit() else None
    return Sheet(values, rules.judge(values, file=state_of_file(file)), answers, files, form)


def state_of_file(file: ApplicationFile | None) -> FileState:
    """One that was thrown away is none."""
    if file is None or file.refused:
        return FileState.NONE
    return FileState.CHECKED if file.checked_at else FileState.WAITING


def move(
    session: Session,
    application: Application,
    to: State,
    *,
    who: Who,
    reason: str = "",
    space_id: SpaceId | None,
    by: Principal,
    now: datetime,
) -> None:
    """The one way in which its state changes, by the table of ``states``; its row is held by the caller.

    Letters that wait for their hour, and say what is true no more, do not leave. Raises Conflict or RuleBroken.
    """
    before = application.state
    reason = " ".join(reason.replace("\0", "").split())[:500]
    states.check(application.state, to, who, reason, was_filed=application.rank is not None)
    application.state, application.state_at, application.reason = to, now, reason
    if who is not Who.PUBLICATION:
        forget_prepared(session, application.id)
    if not {before, to} <= set(states.JUDGED):
        telling.take_back(session, application, now=now)
        application.noticed_at = application.notice_mailing_id = None
    said = numbers.without_phones(reason)
    note = _("%(name)s : %(reason)s", name=application.association_name, reason=said) if reason else ""
    activity.record(
        session, space_id, acts.MOVED, by=by, now=now, subject_id=application.id,
        note=note or application.association_name, state=states.WORDS[to],
    )  # fmt: skip


def forget_prepared(session: Session, application_id: ApplicationId) -> bool:
    """Drop the decision that nobody has seen; whether there was one."""
    gone = delete(ApplicationDecision).where(
        ApplicationDecision.application_id == application_id, ApplicationDecision.published_at.is_(None)
    )
    return bool(session.scalars(gone.returning(ApplicationDecision.id)).all())


def editable(application: Application, cohort: Cohort, *, now: datetime) -> frozenset[str] | None:
    """The fields that its association may change now, None for all of them.

    All while applications are open; afterwards what the staff asked before, until the term of its own.
    """
    if application.state not in (State.DRAFT, *states.JUDGED) or application.binned_at or cohort.closed_at:
        return frozenset()
    is_open = rules.season(cohort.applications_open_at, cohort.applications_close_at, now) is Season.OPEN
    if is_open:
        return None
    if application.asked_until is not None and rules.is_in_time(application.asked_until, now):
        return with_reasons(application.asked_fields)
    return frozenset()


def with_reasons(keys: Collection[str]) -> frozenset[str]:
    """These fields, and the « pourquoi » that another answer to one of them may make necessary."""
    return frozenset({*keys, *(one.key for one in FIELDS if one.why_of in keys)})


def may_edit(application: Application, cohort: Cohort, key: str, *, now: datetime) -> bool:
    fields = editable(application, cohort, now=now)
    return fields is None or key in fields


def today_of(now: datetime) -> date:
    """The day in Paris."""
    return now.astimezone(PARIS).date()
