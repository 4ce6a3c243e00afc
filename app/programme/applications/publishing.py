"""Decisions published together: asked for, stopped within thirty seconds, or else done all at once by a tick."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from app.accounts import activity, spaces
from app.accounts.models import Space
from app.accounts.principal import USER, Principal
from app.database.ids import CohortId, SpaceId, UserId
from app.errors import AppError, Conflict, NotFound, RuleBroken
from app.french.language import _, ngettext
from app.messaging.afterthought import AFTERTHOUGHT
from app.programme.applications import acts, reviewing, service, telling
from app.programme.applications.kept import accepting, places
from app.programme.applications.models import Application, ApplicationDecision, ApplicationPublication
from app.programme.applications.states import State, Who
from app.programme.applications.views import Decision
from app.programme.applications.wordings import Letter
from app.programme.cohorts import members
from app.programme.cohorts import service as cohorts
from app.programme.cohorts.models import Cohort
from app.programme.cohorts.states import MemberState
from app.settings import Settings


def ask(
    session: Session, cohort_id: CohortId, *, space_id: SpaceId | None, by: Principal, now: datetime
) -> ApplicationPublication:
    """Publish in thirty seconds every prepared decision that is not held. Raises RuleBroken or Conflict.

    More kept than there are places is refused here, and asked again when it is done.
    """
    cohort = cohorts.changeable(session, cohort_id)
    if under_way(session, cohort.id) is not None:
        raise Conflict("publication_under_way", _("Une publication est déjà en train de partir."))
    leaving = [row for row in reviewing.prepared(session, cohort.id) if not row[0].is_held]
    if not leaving:
        raise RuleBroken("nothing_prepared", _("Aucune décision n'est prête à partir."))
    reviewing.check_current(session, leaving)
    _check_places(session, cohort, leaving)
    asked = ApplicationPublication(
        cohort_id=cohort.id, asked_by_id=UserId(by.id) if by.kind == USER and by.id is not None else None,
        asked_by=by.name[:80], asked_at=now, due_at=now + AFTERTHOUGHT,
    )  # fmt: skip
    session.add(asked)
    session.flush()
    for decision, _application in leaving:
        decision.publication_id = asked.id
    note = ngettext("%(n)s décision", "%(n)s décisions", len(leaving))
    activity.record(session, space_id, acts.PUBLICATION_ASKED, by=by, now=now, subject_id=asked.id, note=note)
    return asked


def under_way(session: Session, cohort_id: CohortId) -> ApplicationPublication | None:
    """The publication of a cohort that may still be stopped."""
    return session.scalar(
        select(ApplicationPublication).where(
            ApplicationPublication.cohort_id == cohort_id, ApplicationPublication.due_at.is_not(None)
        )
    )


def get(session: Session, publication_id: int, *, lock: bool = False) -> ApplicationPublication:
    """One publication. Raises NotFound."""
    query = select(ApplicationPublication).where(ApplicationPublication.id == publication_id)
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound("publication_unknown", _("Cette publication n'existe pas."))
    return found


def of_publication(session: Session, publication_id: int) -> Sequence[tuple[ApplicationDecision, Application]]:
    """What left, or is leaving, together."""
    query = (
        select(ApplicationDecision, Application)
        .join(Application, Application.id == ApplicationDecision.application_id)
        .where(ApplicationDecision.publication_id == publication_id)
        .order_by(ApplicationDecision.decision, Application.association_name, Application.id)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def stop(
    session: Session, publication_id: int, *, space_id: SpaceId | None, by: Principal, now: datetime
) -> ApplicationPublication:
    """« Arrêter »: every decision is prepared as before. Raises Conflict once it has left."""
    found = get(session, publication_id, lock=True)
    if found.due_at is None:
        raise Conflict("publication_gone", _("Trop tard : les décisions sont publiées."))
    found.due_at, found.stopped_at = None, now
    _release(session, found)
    activity.record(session, space_id, acts.PUBLICATION_STOPPED, by=by, now=now, subject_id=found.id)
    return found


def _release(session: Session, publication: ApplicationPublication) -> None:
    session.execute(
        update(ApplicationDecision)
        .where(ApplicationDecision.publication_id == publication.id, ApplicationDecision.published_at.is_(None))
        .values(publication_id=None)
    )


def _check_places(session: Session, cohort: Cohort, leaving: Sequence[tuple[ApplicationDecision, Application]]) -> None:
    """Raises RuleBroken when those kept with those inside are more than the places; who is refused leaves one."""
    inside = {
        member.association_id
        for member, _association in members.of_cohort(session, cohort.id)
        if member.state is MemberState.INSIDE
    }
    for decision, application in leaving:
        if decision.decision is Decision.REFUSED and application.association_id in inside:
            inside.discard(application.association_id or 0)
    coming = [
        application
        for decision, application in leaving
        if decision.decision is Decision.KEPT and application.association_id not in inside
    ]
    wanted = len(inside) + len(coming)
    if coming and wanted > cohort.capacity:
        sentence = ngettext(
            "%(wanted)s retenues pour %(n)s place : retirez-en de la publication, ou ajoutez des places à la cohorte.",
            "%(wanted)s retenues pour %(n)s places : retirez-en de la publication, ou ajoutez des places à la cohorte.",
            cohort.capacity,
            wanted=wanted,
        )
        raise RuleBroken("cohort_overfull", sentence)


def is_due(session: Session, *, now: datetime) -> bool:
    """Whether a publication's thirty seconds are over."""
    return session.scalar(_due(now).with_only_columns(func.count())) != 0


def claim_due(session: Session, *, now: datetime, exclude: Collection[int] = ()) -> ApplicationPublication | None:
    """One whose time has come, held until the transaction ends; its cohort before it, as everybody does."""
    found = session.scalar(
        _due(now).where(ApplicationPublication.id.not_in(exclude)).order_by(ApplicationPublication.id)
    )
    if found is None:
        return None
    cohorts.get(session, found.cohort_id, lock=True)
    session.refresh(found, with_for_update=True)
    return found if found.due_at is not None else None


def publish(
    session: Session,
    publication: ApplicationPublication,
    /,
    *,
    limit: int,  # noqa: ARG001 - queues have it
    settings: Settings,
    now: datetime,
) -> int:
    """Do all of it in one transaction, those refused first so that their places are free; or nothing, and say why."""
    programme = spaces.find(session, settings.programme_space)
    by = Principal(USER, publication.asked_by_id, publication.asked_by)
    publication.due_at = None
    try:
        with session.begin_nested():
            cohort = cohorts.changeable(session, publication.cohort_id)
            leaving = of_publication(session, publication.id)
            reviewing.check_current(session, leaving)
            _check_places(session, cohort, leaving)
            for decision, application in sorted(leaving, key=lambda row: row[0].decision is Decision.KEPT):
                _publish_one(session, decision, application, cohort, programme, settings=settings, by=by, now=now)
    except AppError as refusal:
        session.expire_all()
        publication.due_at, publication.stopped_at, publication.problem = None, now, refusal.sentence[:300]
        _release(session, publication)
        return 0
    publication.done_at = now
    return len(leaving)


def _publish_one(
    session: Session,
    decision: ApplicationDecision,
    application: Application,
    cohort: Cohort,
    programme: Space | None,
    *,
    settings: Settings,
    by: Principal,
    now: datetime,
) -> None:
    session.refresh(application, with_for_update=True)
    space_id = programme.id if programme else None
    was_kept = application.state is State.KEPT
    service.move(
        session, application, decision.decision.state, who=Who.PUBLICATION, reason=decision.reason, space_id=space_id,
        by=by, now=now,
    )  # fmt: skip
    decision.published_at = now
    if decision.decision is Decision.KEPT:
        done = accepting.accept(session, application, cohort, programme=programme, settings=settings, by=by, now=now)
        decision.problem = done.problem
    elif was_kept:
        places.leave(session, application, cohort, space_id=space_id, by=by, now=now)
    title = Letter[decision.decision.name]
    telling.tell_kept(session, programme, application, title, decision.letter, settings=settings, now=now)
    note = application.association_name
    activity.record(session, space_id, acts.PUBLISHED, by=by, now=now, subject_id=application.id, note=note)


def _due(now: datetime) -> Select[ApplicationPublication]:
    return select(ApplicationPublication).where(ApplicationPublication.due_at <= now)
