"""What the staff do with what was filed: own opinion first, then the others'; a decision and its letter prepared."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.models import User
from app.accounts.principal import Principal
from app.database.engine import upsert
from app.database.ids import ApplicationId, CohortId, SpaceId
from app.errors import Conflict, NotFound, RuleBroken
from app.french.language import _
from app.programme.applications import acts, rules, service, states, telling, wordings
from app.programme.applications.models import (
    Application,
    ApplicationDecision,
    ApplicationFiling,
    ApplicationLetter,
    ApplicationOpinion,
)
from app.programme.applications.rules import Verdict
from app.programme.applications.states import State, Who
from app.programme.applications.views import Decision, View
from app.programme.applications.wordings import Letter

REASON_MAX = 500


def opinions(
    session: Session, application_ids: Sequence[ApplicationId]
) -> Mapping[ApplicationId, list[ApplicationOpinion]]:
    """{application: its opinions, the oldest first}."""
    found: dict[ApplicationId, list[ApplicationOpinion]] = {one: [] for one in application_ids}
    query = select(ApplicationOpinion).where(ApplicationOpinion.application_id.in_(application_ids))
    for one in session.scalars(query.order_by(ApplicationOpinion.given_at, ApplicationOpinion.id)):
        found[one.application_id].append(one)
    return found


def give_opinion(
    session: Session,
    application: Application,
    user: User,
    *,
    view: View,
    words: str,
    space_id: SpaceId | None,
    by: Principal,
    now: datetime,
) -> None:
    """One's own opinion, or another in its place. The row is held by the caller. Raises Conflict or RuleBroken."""
    begin_review(session, application, space_id=space_id, by=by, now=now)
    said = _line(words)
    if not said:
        sentence = _("Dites pourquoi, en une phrase : c'est elle que les autres liront.")
        raise RuleBroken("opinion_empty", sentence, fields={"words": sentence})
    row = {
        "application_id": application.id, "user_id": user.id, "name": user.name[:80], "view": view, "words": said,
        "given_at": now,
    }  # fmt: skip
    unique = [ApplicationOpinion.application_id, ApplicationOpinion.user_id]
    changed = [
        ApplicationOpinion.name, ApplicationOpinion.view, ApplicationOpinion.words, ApplicationOpinion.given_at
    ]  # fmt: skip
    upsert(session, ApplicationOpinion, row, unique=unique, changed=changed)
    _record(session, application, acts.OPINION_GIVEN, space_id=space_id, by=by, now=now)


def begin_review(
    session: Session, application: Application, *, space_id: SpaceId | None, by: Principal, now: datetime
) -> None:
    """Whoever says something of an application that nobody had read begins its study. Raises Conflict."""
    if application.state is State.FILED:
        service.move(session, application, State.REVIEW, who=Who.STAFF, space_id=space_id, by=by, now=now)
    elif application.state is not State.REVIEW:
        word = states.WORDS[application.state]
        raise Conflict("application_elsewhere", _("Cette candidature est « %(state)s ».", state=word))


def prepared(session: Session, cohort_id: CohortId) -> Sequence[tuple[ApplicationDecision, Application]]:
    """The decisions of a cohort that nobody has seen, those kept first, by name."""
    query = (
        select(ApplicationDecision, Application)
        .join(Application, Application.id == ApplicationDecision.application_id)
        .where(Application.cohort_id == cohort_id, ApplicationDecision.published_at.is_(None))
        .order_by(ApplicationDecision.decision, Application.association_name, Application.id)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def decisions_of(session: Session, application_id: ApplicationId) -> Sequence[ApplicationDecision]:
    """Every decision of one, the latest first; at most the first of them is not published."""
    query = select(ApplicationDecision).where(ApplicationDecision.application_id == application_id)
    return session.scalars(
        query.order_by(ApplicationDecision.published_at.is_not(None), ApplicationDecision.id.desc())
    ).all()


def letters_of(session: Session, application_id: ApplicationId) -> Sequence[ApplicationLetter]:
    """Every letter that one was sent, the oldest first."""
    query = select(ApplicationLetter).where(ApplicationLetter.application_id == application_id)
    return session.scalars(query.order_by(ApplicationLetter.id)).all()


def prepare(
    session: Session,
    application: Application,
    decision: Decision | None,
    *,
    reason: str,
    space_id: SpaceId | None,
    by: Principal,
    now: datetime,
) -> None:
    """Prepare a decision, another in its place, or none (« Pas encore »). Nobody outside sees it.

    After the study it turns a published one round, with a reason. The row is held by the caller. Raises Conflict or
    RuleBroken.
    """
    known = next((one for one in decisions_of(session, application.id) if one.published_at is None), None)
    if known is not None and known.publication_id is not None:
        raise Conflict("decision_leaving", _("Cette décision est en train de partir : arrêtez d'abord la publication."))
    if decision is None:
        if known is not None:
            session.delete(known)
            _record(session, application, acts.DECISION_DROPPED, space_id=space_id, by=by, now=now)
        return
    if application.state not in states.DECIDED:
        begin_review(session, application, space_id=space_id, by=by, now=now)
    said = _line(reason)
    states.check(application.state, decision.state, Who.PUBLICATION, said, was_filed=True)
    _check_reason(session, application, decision, said)
    letter = wordings.letter(decision, who=application.contact_name, name=application.association_name)
    if known is None:
        known = ApplicationDecision(application_id=application.id, letter=letter, decision=decision)
        session.add(known)
    elif known.decision is not decision:
        known.decision, known.letter = decision, letter
    known.reason, known.prepared_by, known.prepared_at, known.is_held = said, by.name[:80], now, False
    _record(session, application, acts.DECISION_PREPARED, space_id=space_id, by=by, now=now)
    session.flush()


def _check_reason(session: Session, application: Application, decision: Decision, reason: str) -> None:
    """A refusal says why, and so does whoever keeps one that lacks a condition. Raises RuleBroken."""
    if reason:
        return
    if decision is Decision.REFUSED:
        sentence = _("Dites pourquoi : la raison est donnée à l'association, et reste dans le dossier.")
        raise RuleBroken("reason_missing", sentence, fields={"reason": sentence})
    sheet = service.filed_sheet(session, application)
    short = [key for key, one in sheet.judged.items() if one.verdict is not Verdict.MET] if sheet else []
    if short:
        named = ", ".join(rules.SHORT[key] for key in short)
        sentence = _("Une condition manque (%(named)s) : dites pourquoi vous la retenez quand même.", named=named)
        raise RuleBroken("reason_missing", sentence, fields={"reason": sentence})


def get_prepared(session: Session, application_id: ApplicationId) -> tuple[ApplicationDecision, Application]:
    """The prepared decision of an application, held with its cohort as a publication holds them.

    Raises NotFound once there is none, Conflict once it is leaving.
    """
    application, _cohort = service.locked(session, service.get(session, application_id))
    found = next((one for one in decisions_of(session, application_id) if one.published_at is None), None)
    if found is None:
        raise NotFound("decision_unknown", _("Aucune décision n'est préparée pour cette candidature."))
    session.refresh(found)
    if found.publication_id is not None:
        raise Conflict("decision_leaving", _("Cette décision est en train de partir : arrêtez d'abord la publication."))
    return found, application


def change_letter(session: Session, application_id: ApplicationId, letter: str) -> ApplicationDecision:
    """Other words for the SMS of a prepared decision. Raises RuleBroken."""
    decision, _application = get_prepared(session, application_id)
    decision.letter = wordings.checked_letter(letter)
    return decision


def hold(session: Session, application_id: ApplicationId, *, is_held: bool) -> None:
    """« Retirer de la publication », or put back. Raises Conflict for a decision on an old text."""
    decision, application = get_prepared(session, application_id)
    if not is_held:
        check_current(session, [(decision, application)])
    decision.is_held = is_held


def outdated(session: Session, application_ids: Collection[ApplicationId]) -> set[ApplicationId]:
    """Those of these that were filed again after their decision was prepared."""
    query = (
        select(ApplicationDecision.application_id)
        .join(ApplicationFiling, ApplicationFiling.application_id == ApplicationDecision.application_id)
        .where(ApplicationDecision.application_id.in_(application_ids), ApplicationDecision.published_at.is_(None))
        .where(ApplicationFiling.filed_at > ApplicationDecision.prepared_at)
    )
    return set(session.scalars(query))


def check_current(session: Session, leaving: Sequence[tuple[ApplicationDecision, Application]]) -> None:
    """Raises Conflict where somebody decided about another text than the one that was filed last."""
    old = outdated(session, [application.id for _decision, application in leaving])
    names = ", ".join(application.association_name for _decision, application in leaving if application.id in old)
    if names:
        sentence = _(
            "Déposée de nouveau depuis : %(names)s. Relisez-la et préparez sa décision de nouveau.", names=names
        )
        raise Conflict("decision_outdated", sentence)


def said_by_hand(
    session: Session, application: Application, *, space_id: SpaceId | None, by: Principal, now: datetime
) -> None:
    """Somebody told them the decision that no SMS brought. Raises Conflict where one did, or nobody has to."""
    if application.id not in telling.untold(session, space_id, [application.id]):
        raise Conflict("decision_told", _("Cette association a reçu sa décision : il n'y a rien à lui dire."))
    session.add(
        ApplicationLetter(application_id=application.id, title=Letter.SAID.value, body=by.name[:80], written_at=now)
    )
    _record(session, application, acts.DECISION_SAID, space_id=space_id, by=by, now=now)


def _line(words: str) -> str:
    return " ".join(words.replace("\0", "").split())[:REASON_MAX]


def _record(
    session: Session,
    application: Application,
    act: activity.Act,
    *,
    space_id: SpaceId | None,
    by: Principal,
    now: datetime,
) -> None:
    note = application.association_name
    activity.record(session, space_id, act, by=by, now=now, subject_id=application.id, note=note)
