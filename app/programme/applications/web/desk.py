"""What the staff's pages of applications read: the cohort, its pile, one application with all that is said of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts import activity, spaces
from app.accounts.models import Activity, Space
from app.clock import PARIS
from app.database.ids import ApplicationId, CohortId, UserId
from app.messaging import status
from app.programme.applications import acts, listing, questions, reviewing, rules, service, states, telling
from app.programme.applications.kept import entering
from app.programme.applications.listing import Filter, Row
from app.programme.applications.models import (
    Application,
    ApplicationDecision,
    ApplicationFiling,
    ApplicationLetter,
    ApplicationOpinion,
)
from app.programme.applications.service import Sheet
from app.programme.applications.states import Who
from app.programme.cohorts import service as cohorts
from app.programme.cohorts.models import Cohort
from app.web.requests import runtime

_ACTS = activity.by_verb(acts.ACTS)


@dataclass(frozen=True)
class Pile:
    """A cohort's applications, and those that a filter holds."""

    cohort: Cohort
    rows: Sequence[Row]
    chosen: Filter
    filters: Sequence[tuple[Filter, int]]
    shown: Sequence[Row]

    @property
    def prepared(self) -> list[Row]:
        """Those that the next publication takes."""
        return [
            one for one in self.rows
            if one.decision is not None and not one.decision.is_held and one.decision.publication_id is None
        ]  # fmt: skip

    def beside(self, application_id: ApplicationId) -> tuple[ApplicationId | None, ApplicationId | None]:
        """The one before and the one after, among those shown."""
        ids = [one.application.id for one in self.shown]
        at = ids.index(application_id) if application_id in ids else -1
        if at < 0:
            return None, ids[0] if ids else None
        return (ids[at - 1] if at else None), (ids[at + 1] if at + 1 < len(ids) else None)


@dataclass(frozen=True)
class Dossier:
    """One application as a reviewer reads it."""

    application: Application
    cohort: Cohort
    sheet: Sheet | None
    """What was filed last; None of a draft, whose text is nobody's to read."""
    changes: Sequence[tuple[questions.Field, str, str]]
    """Since the filing before: the field, before and now."""
    filings: Sequence[ApplicationFiling]
    opinions: Sequence[ApplicationOpinion]
    mine: ApplicationOpinion | None
    decision: ApplicationDecision | None
    published: Sequence[ApplicationDecision]
    letters: Sequence[tuple[ApplicationLetter, str]]
    """Each letter, and what became of its SMS."""
    story: Sequence[tuple[Activity, str]]
    following: Sequence[tuple[states.State, states.Change]]
    is_untold: bool
    """Whether its published decision reached nobody."""
    is_outdated: bool
    """Whether its prepared decision is about an older text than the one filed last."""
    has_left: bool
    """Whether it was kept, and its association is out of the cohort since."""

    @property
    def short(self) -> list[str]:
        """The conditions that are not fulfilled."""
        judged = self.sheet.judged if self.sheet else {}
        return [key for key, one in judged.items() if one.verdict is not rules.Verdict.MET]


def choose(session: Session, cohort_id: CohortId | None, *, now: datetime) -> Cohort | None:
    """The cohort asked for, else the one that applications are about, else that of the week. Raises NotFound."""
    if cohort_id is not None:
        return cohorts.get(session, cohort_id)
    cohort, _season = service.accepting(session, now=now)
    return cohort or cohorts.current(session, today=now.astimezone(PARIS).date())


def pile(session: Session, cohort: Cohort, which: str, user_id: UserId) -> Pile:
    """The pile of a cohort; an unknown filter is all of it."""
    programme = spaces.find(session, runtime().settings.programme_space)
    found = listing.rows(session, cohort.id, programme_id=programme.id if programme else None)
    chosen = Filter(which) if which in list(Filter) else Filter.ALL
    shown = [row for row in found if listing.holds(chosen, row, user_id)]
    filters = listing.counts(found, user_id)
    if chosen not in [one for one, _count in filters]:
        filters.append((chosen, len(shown)))
    return Pile(cohort, found, chosen, filters, shown)


def dossier(session: Session, application: Application, programme: Space | None, user_id: UserId) -> Dossier:
    """Everything of one application."""
    filings = service.filings(session, application.id)
    opinions = reviewing.opinions(session, [application.id])[application.id]
    decisions = reviewing.decisions_of(session, application.id)
    before, sheet = filings[1].answers if len(filings) > 1 else {}, service.filed_sheet(session, application)
    return Dossier(
        application=application,
        cohort=cohorts.get(session, application.cohort_id),
        sheet=sheet,
        changes=_changes(before, filings[0].answers, sheet) if sheet and len(filings) > 1 else (),
        filings=filings,
        opinions=opinions,
        mine=next((one for one in opinions if one.user_id == user_id), None),
        decision=next((one for one in decisions if one.published_at is None), None),
        published=[one for one in decisions if one.published_at is not None],
        letters=[(one, fate(session, programme, one)) for one in reviewing.letters_of(session, application.id)],
        story=_story(session, application, programme),
        following=states.following(application.state, Who.STAFF, was_filed=application.rank is not None),
        is_untold=application.state in states.DECIDED
        and application.id in telling.untold(session, programme.id if programme else None, [application.id]),
        is_outdated=application.id in reviewing.outdated(session, [application.id]),
        has_left=entering.has_left(session, application),
    )


def fate(session: Session, programme: Space | None, letter: ApplicationLetter) -> str:
    """What became of the SMS of a letter, in a word; empty where none could leave."""
    found = telling.status_of(session, programme, letter.mailing_id)
    return status.plain(found) if found is not None else ""


def _changes(before: Mapping[str, str], now: Mapping[str, str], sheet: Sheet) -> list[tuple[questions.Field, str, str]]:
    return [
        (one, questions.shown(one, before.get(one.key, "")), questions.shown(one, now.get(one.key, "")))
        for one in rules.changed(before, now, sheet.form.fields)
    ]


def _story(session: Session, application: Application, programme: Space | None) -> list[tuple[Activity, str]]:
    """What happened, the newest first, each with its sentence."""
    if programme is None:
        return []
    found = activity.story(session, programme.id, acts.BEGUN.subject, application.id)
    return [(one, _ACTS[one.verb].sentence % one.detail) for one in found if one.verb in _ACTS]
