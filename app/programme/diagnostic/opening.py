"""The life of a diagnostic: opened, moved to a newer version, settled, taken up again."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.activity import Act
from app.accounts.principal import Principal
from app.database.engine import insert_missing
from app.database.ids import CohortId, QuestionnaireId, SpaceId
from app.errors import Conflict, RuleBroken
from app.french.language import _, ngettext
from app.programme.cohorts import members
from app.programme.diagnostic import acts, rules, service, texting
from app.programme.diagnostic.axes import Moment
from app.programme.diagnostic.models import (
    AgreedAnswer,
    Diagnostic,
    DiagnosticMovement,
    Mending,
    OwnAnswer,
    Questionnaire,
    Respondent,
)
from app.programme.diagnostic.questionnaire import changes, versions
from app.programme.diagnostic.questionnaire.changes import Changes


def open_one(
    session: Session,
    association_id: int,
    cohort_id: CohortId,
    moment: Moment,
    *,
    space_id: SpaceId | None,
    by: Principal,
    now: datetime,
) -> Diagnostic:
    """Open the diagnostic of a moment; one that is open already is given back.

    At the start it takes the latest version, at the end that of the start. Raises Conflict while the start's is not
    settled, RuleBroken without any version.
    """
    service.check_may_change(session, association_id, cohort_id)
    members.get(session, cohort_id, association_id, lock=True)  # the start's is not opened beside the end's
    known = service.of_association(session, association_id, cohort_id)
    if moment in known:
        return known[moment]
    row = {
        "association_id": association_id, "cohort_id": cohort_id, "moment": moment,
        "questionnaire_id": _version(session, known, moment), "opened_at": now, "opened_by": by.name[:80],
        "agreed_by": "",
    }  # fmt: skip
    unique = [Diagnostic.association_id, Diagnostic.cohort_id, Diagnostic.moment]
    insert_missing(session, Diagnostic, [row], unique=unique, returning=Diagnostic.id)
    made = service.get(session, association_id, cohort_id, moment)
    record(session, made, acts.OPENED, space_id=space_id, by=by, now=now)
    return made


def _version(session: Session, known: Mapping[Moment, Diagnostic], moment: Moment) -> QuestionnaireId:
    start = known.get(Moment.T0)
    if moment is Moment.T0 and known:
        sentence = _("Le diagnostic de fin est déjà ouvert : celui du début ne peut plus l'être.")
        raise Conflict("end_is_open", sentence)
    if start is not None and start.agreed_at is None:
        raise Conflict("start_is_open", _("Arrêtez d'abord la réponse commune du début."))
    if start is not None:
        return start.questionnaire_id
    last = versions.latest(session)
    if last is None:
        raise RuleBroken("no_questionnaire", _("Le questionnaire n'est pas encore publié : revenez bientôt."))
    return last.id


def withdraw(session: Session, one: Diagnostic, *, space_id: SpaceId | None, by: Principal, now: datetime) -> None:
    """Take back one that was opened by mistake. ``one`` is held. Raises Conflict once somebody has answered."""
    own = select(OwnAnswer.key).join(Respondent, Respondent.id == OwnAnswer.respondent_id)
    mine = exists(own.where(Respondent.diagnostic_id == one.id))
    common = exists().where(AgreedAnswer.diagnostic_id == one.id)
    if session.scalar(select(mine)) or session.scalar(select(common)):
        raise Conflict("has_answers", _("Quelqu'un a déjà répondu : ce diagnostic ne se retire plus."))
    record(session, one, acts.WITHDRAWN, space_id=space_id, by=by, now=now)
    texting.take_back(session, Respondent.diagnostic_id == one.id, now=now)
    session.execute(delete(Diagnostic).where(Diagnostic.id == one.id))


def pending(session: Session, one: Diagnostic) -> tuple[Questionnaire, Changes] | None:
    """The newer version that one under way could take, and what it changes; None where there is none to take.

    The end keeps the start's version, whatever appears.
    """
    last = versions.latest(session)
    if one.agreed_at is not None or last is None or last.id == one.questionnaire_id:
        return None
    if one.reopened_at is not None or _has_start(session, one):
        return None
    old, new = versions.questions(session, one.questionnaire_id), versions.questions(session, last.id)
    return last, changes.between(old, new)


def _has_start(session: Session, one: Diagnostic) -> bool:
    if one.moment is Moment.T0:
        return False
    return Moment.T0 in service.of_association(session, one.association_id, one.cohort_id)


def move(session: Session, one: Diagnostic, *, space_id: SpaceId | None, by: Principal, now: datetime) -> Changes:
    """Take the newer version; every answer is kept by its question's key. ``one`` is held. Raises Conflict."""
    found = pending(session, one)
    if found is None:
        raise Conflict("version_current", _("Ce diagnostic a déjà la version qu'il lui faut."))
    last, differences = found
    one.former_id, one.questionnaire_id, one.moved_at = one.questionnaire_id, last.id, now
    record(session, one, acts.MOVED, space_id=space_id, by=by, now=now, count=differences.count)
    return differences


def moved_since(session: Session, one: Diagnostic) -> Changes:
    """What changed when it was moved; nothing for one that never was."""
    if one.former_id is None:
        return Changes()
    old, new = versions.questions(session, one.former_id), versions.questions(session, one.questionnaire_id)
    return changes.between(old, new)


def settle(session: Session, one: Diagnostic, *, space_id: SpaceId | None, by: Principal, now: datetime) -> None:
    """The agreed answer counts from now on, and nobody answers any more; the numbers of the links are erased.

    ``one`` is held. Raises RuleBroken with every question that waits.
    """
    answers = service.agreed(session, one.id)
    missing = [each for each in versions.questions(session, one.questionnaire_id) if each.key not in answers]
    if missing:
        sentence = ngettext(
            "Il manque une réponse : « Je ne sais pas » en est une.",
            "Il manque %(n)s réponses : « Je ne sais pas » en est une.",
            len(missing),
        )
        raise RuleBroken("answers_missing", sentence, fields={each.key: each.words for each in missing})
    one.agreed_at, one.agreed_by = now, by.name[:80]
    texting.take_back(session, Respondent.diagnostic_id == one.id, now=now)
    session.execute(update(Respondent).where(Respondent.diagnostic_id == one.id).values(phone=""))
    keep_movement(session, one)
    record(session, one, acts.AGREED, space_id=space_id, by=by, now=now)


def reopen(session: Session, one: Diagnostic, *, space_id: SpaceId | None, by: Principal, now: datetime) -> None:
    """Mend an agreed answer that was settled too early. ``one`` is held. Raises Conflict once the end's is open."""
    if one.agreed_at is None:
        raise Conflict("diagnostic_open", _("C'est déjà fait : ce diagnostic est ouvert."))
    known = service.of_association(session, one.association_id, one.cohort_id)
    if one.moment is Moment.T0 and Moment.T1 in known:
        sentence = _("Le diagnostic de fin est ouvert : celui du début lui sert de mesure, et ne change plus.")
        raise Conflict("end_is_open", sentence)
    one.agreed_at, one.agreed_by, one.reopened_at = None, "", now
    keep_movement(session, one)
    record(session, one, acts.REOPENED, space_id=space_id, by=by, now=now)


def keep_movement(session: Session, one: Diagnostic) -> None:
    """Write with the end how its association moved, where both are settled; erase it where one of them no longer is.

    ``one`` is either of the two, and held.
    """
    last = service.of_association(session, one.association_id, one.cohort_id).get(Moment.T1)
    if last is None:
        return
    session.execute(delete(DiagnosticMovement).where(DiagnosticMovement.diagnostic_id == last.id))
    then, now = (service.scores(session, one.association_id, one.cohort_id, moment) for moment in Moment)
    if then is not None and now is not None:
        moved = service.moved(then, now)
        session.add(
            DiagnosticMovement(
                diagnostic_id=last.id,
                axes=rules.shown(moved),
                compared=sum(each.compared for each in moved.values()),
                asked=sum(each.of for each in moved.values()),
            )
        )
        session.flush()


def mend(
    session: Session,
    association_id: int,
    key: str,
    *,
    how: str,
    space_id: SpaceId | None,
    by: Principal,
    now: datetime,
) -> None:
    """Note that what withheld the text to everybody is mended, and how; the answer stays, for the comparison.

    Raises RuleBroken without the words, Conflict where nothing of that question withholds it.
    """
    found = service.held(session, association_id)
    if key not in service.blocking(found):
        raise Conflict("not_blocked", _("C'est déjà réparé : rien de cette question ne retient le SMS groupé."))
    how = " ".join(how.split())
    if not how:
        sentence = _("Dites ce qui a été fait, en une phrase : « Une phrase sur le bulletin d'adhésion ».")
        raise RuleBroken("how_missing", sentence, fields={f"how-{key}": sentence})
    last = found[key].diagnostic
    row = {"diagnostic_id": last.id, "key": key, "how": how, "mended_at": now, "mended_by": by.name[:80]}
    insert_missing(session, Mending, [row], unique=[Mending.diagnostic_id, Mending.key], returning=Mending.key)
    record(session, last, acts.MENDED, space_id=space_id, by=by, now=now, key=key)


def record(
    session: Session,
    one: Diagnostic,
    act: Act,
    *,
    space_id: SpaceId | None,
    by: Principal,
    now: datetime,
    **detail: int | str,
) -> None:
    """Tell the journal, by the association's name alone."""
    name = service.association(session, one.association_id).name
    activity.record(
        session, space_id, act, by=by, now=now, subject_id=one.id, note=name, association_id=one.association_id,
        moment=one.moment.value, **detail,
    )  # fmt: skip
