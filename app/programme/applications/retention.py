"""How long applications are kept. An idle draft: an SMS, two weeks, the bin, two weeks more, gone; never untold.

What was filed, or withdrawn, has a term by its state, which its association read before it filed: an SMS four weeks
before, and it goes, also where that SMS finds nobody any more.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from app.accounts import activity, spaces
from app.accounts.models import Space
from app.accounts.principal import TAMBOUR, Principal
from app.clock import PARIS
from app.database.ids import ApplicationId, SpaceId
from app.errors import Conflict, RuleBroken
from app.french.language import _
from app.french.typography import show_plain_day
from app.programme.applications import acts, service, telling, wordings
from app.programme.applications.models import (
    Application,
    ApplicationAnswer,
    ApplicationDecision,
    ApplicationFile,
    ApplicationFiling,
    ApplicationLetter,
    ApplicationOpinion,
)
from app.programme.applications.states import State
from app.programme.applications.wordings import Letter
from app.programme.cohorts.models import Cohort
from app.settings import Settings

IDLE = timedelta(days=91)
"""Three months without a word written."""
NOTICE = timedelta(days=14)
"""From the notice to the bin."""
BIN = timedelta(days=14)
"""From the bin, where one press brings it back, to the end."""
UNFILED = timedelta(days=2)
"""How long one that is wholly filled in waits before its association is told, once, that it is not filed."""
MINUTE = timedelta(minutes=1)
"""The minute of a closing date belongs to the time."""
LONGER_MAX = timedelta(days=366)
YEAR = timedelta(days=365)
"""From the end of its cohort, of one that was filed and not kept: they may ask why, or apply again, for a season."""
KEPT = 2 * YEAR
"""The same of one that was kept: what is told to those who pay for the programme is told a year later (P)."""
PURGED = _("candidature effacée")


def due(session: Session, *, now: datetime, limit: int) -> Sequence[ApplicationId]:
    """Those whose next step has come, and drafts that may be filled in and not filed; the ids of ``limit`` at most.

    One whose step waits for news of its SMS is among them at each tick.
    """
    found: list[ApplicationId] = []
    for query in (_due(now), _old(now), _unfiled(now)):
        found += session.scalars(query.with_only_columns(Application.id).limit(limit)).all()
    return list(dict.fromkeys(found))[:limit]


def step(session: Session, application_id: ApplicationId, *, settings: Settings, now: datetime) -> None:
    """Take one a step further, if it is still due and nobody holds it."""
    programme = spaces.find(session, settings.programme_space)
    steps = ((_due, _step), (_old, _step_old), (_unfiled, _tell_unfiled))
    for query, do in steps:
        mine = query(now).where(Application.id == application_id)
        one = session.scalar(mine.with_for_update(skip_locked=True, of=Application))
        if one is not None:
            do(session, one, programme, settings=settings, now=now)
            return


def _due(now: datetime) -> Select[Application]:
    """Drafts idle for three months that have not been told, or whose fortnight is over, or whose bin's is.

    One that was filed and given back is no draft to be thrown away.
    """
    idle = Application.written_at <= now - IDLE
    kept = or_(Application.keep_until.is_(None), Application.keep_until < service.today_of(now))
    untold = (Application.noticed_at.is_(None)) & (Application.notice_problem == "")
    told = (Application.noticed_at <= now - NOTICE) & Application.binned_at.is_(None)
    binned = Application.binned_at <= now - BIN
    return (
        select(Application)
        .where(Application.state == State.DRAFT, Application.rank.is_(None), Application.purged_at.is_(None), kept)
        .where(or_(idle & untold & Application.binned_at.is_(None), idle & told, binned))
        .order_by(Application.id)
    )


def _step(session: Session, one: Application, programme: Space | None, *, settings: Settings, now: datetime) -> None:
    if one.binned_at is not None:
        purge(session, one, space_id=programme.id if programme else None, now=now)
    elif one.noticed_at is None:
        _notice(session, one, programme, settings=settings, now=now)
    else:
        _bin(session, one, programme, now=now)


def _step_old(
    session: Session, one: Application, programme: Space | None, *, settings: Settings, now: datetime
) -> None:
    """One whose term is near is told, if an SMS still finds them; four weeks later it goes."""
    if one.noticed_at is not None:
        purge(session, one, space_id=programme.id if programme else None, now=now)
        return
    body = wordings.sms(wordings.OLD, name=one.association_name, day=show_plain_day(now + NOTICE + BIN, PARIS))
    told = telling.tell(session, programme, one, body=body, settings=settings, now=now)
    one.noticed_at, one.notice_mailing_id = now, told.mailing_id
    _record(session, one, acts.NOTICED, programme.id if programme else None, by=TAMBOUR, now=now)


def _old(now: datetime) -> Select[Application]:
    """What was filed or withdrawn, once its term after its cohort is over; and withdrawn drafts as idle as others."""
    over = {term: and_(Application.state_at <= now - term, _ended(now - term)) for term in (YEAR, KEPT)}
    kept, others = Application.state == State.KEPT, Application.state != State.KEPT
    never_filed = Application.rank.is_(None)
    ended = or_(
        and_(never_filed, Application.state == State.WITHDRAWN, Application.state_at <= now - IDLE),
        and_(Application.rank.is_not(None), or_(and_(kept, over[KEPT]), and_(others, over[YEAR]))),
    )
    told = or_(Application.noticed_at.is_(None), Application.noticed_at <= now - NOTICE - BIN)
    query = select(Application).join(Cohort, Cohort.id == Application.cohort_id)
    return query.where(Application.purged_at.is_(None), ended, told).order_by(Application.id)


def _ended(by: datetime) -> ColumnElement[bool]:
    """Whether the cohort was over by then."""
    return or_(Cohort.closed_at <= by, Cohort.ends_on <= service.today_of(by))


def _notice(session: Session, one: Application, programme: Space | None, *, settings: Settings, now: datetime) -> None:
    """Write the SMS; where it cannot leave, say so to the staff, and go no further."""
    body = wordings.sms(wordings.NOTICE, name=one.association_name, day=show_plain_day(now + NOTICE + BIN, PARIS))
    told = telling.tell(session, programme, one, body=body, settings=settings, now=now)
    if told.mailing_id is None:
        one.notice_problem = told.problem[:300]
        return
    one.noticed_at, one.notice_mailing_id = now, told.mailing_id
    _record(session, one, acts.NOTICED, programme.id if programme else None, by=TAMBOUR, now=now)


def _bin(session: Session, one: Application, programme: Space | None, *, now: datetime) -> None:
    """Into the bin, once the carrier took the notice and nobody says that it was lost; by hand it needs no news."""
    status = telling.status_of(session, programme, one.notice_mailing_id)
    by_hand = one.notice_mailing_id is None
    if not by_hand and status in telling.LOST:
        one.noticed_at = one.notice_mailing_id = None
        one.notice_problem = _("le SMS n'est pas arrivé")
    elif by_hand or status in telling.REACHED:
        one.binned_at = now
        _record(session, one, acts.BINNED, programme.id if programme else None, by=TAMBOUR, now=now)


def purge(session: Session, one: Application, *, space_id: SpaceId | None, now: datetime) -> None:
    """Nothing is left but what is counted: no name, no number, no word, in the journal nor in what was sent."""
    telling.forget_texts(session, one, space_id=space_id, now=now)
    for table in (ApplicationAnswer, ApplicationFile, ApplicationLetter, ApplicationOpinion):
        session.execute(delete(table).where(table.application_id == one.id))
    blank: dict[str, str] = {"reason": "", "letter": "", "problem": "", "prepared_by": ""}
    session.execute(update(ApplicationDecision).where(ApplicationDecision.application_id == one.id).values(**blank))
    filings = update(ApplicationFiling).where(ApplicationFiling.application_id == one.id)
    session.execute(filings.values(answers={}, filed_by=""))
    activity.forget_notes(session, space_id, acts.PURGED.subject, one.id)
    _record(session, one, acts.PURGED, space_id, by=TAMBOUR, now=now, note=PURGED)
    one.association_name, one.registration = PURGED, None
    one.contact_name = one.contact_phone = one.contact_email = one.contact_function = one.written_by = ""
    one.reason, one.asked_words, one.notice_problem, one.purged_at = "", "", "", now
    one.notice_mailing_id, one.asked_fields, one.asked_until = None, [], None


def keep_longer(
    session: Session, one: Application, *, until: date, space_id: SpaceId | None, by: Principal, now: datetime
) -> None:
    """A longer term for a draft: a notice given is void, and it is out of the bin. Raises RuleBroken or Conflict."""
    _check_draft(one)
    today = service.today_of(now)
    if not today < until <= today + LONGER_MAX:
        sentence = _("Choisissez un jour à venir, dans l'année.")
        raise RuleBroken("term_wrong", sentence, fields={"until": sentence})
    one.keep_until = until
    one.noticed_at = one.notice_mailing_id = one.binned_at = None
    one.notice_problem = ""
    _record(session, one, acts.KEPT_LONGER, space_id, by=by, now=now)


def told_by_hand(session: Session, one: Application, *, space_id: SpaceId | None, by: Principal, now: datetime) -> None:
    """Somebody told them where no SMS could: the two weeks begin now. Raises Conflict where no notice was due."""
    _check_draft(one)
    if not one.notice_problem:
        raise Conflict("notice_not_due", _("Aucun avis n'attend : il n'y a rien à dire à cette association."))
    one.notice_problem, one.noticed_at, one.notice_mailing_id = "", now, None
    _record(session, one, acts.TOLD_BY_HAND, space_id, by=by, now=now)


def _check_draft(one: Application) -> None:
    if one.state is not State.DRAFT:
        raise Conflict("application_elsewhere", _("Cette candidature n'est plus un brouillon : rien ne l'efface."))


def _unfiled(now: datetime) -> Select[Application]:
    """Drafts that nobody touched for two days, while applications are open, and that were not told of it yet."""
    return (
        select(Application)
        .join(Cohort, Cohort.id == Application.cohort_id)
        .where(Application.state == State.DRAFT, Application.purged_at.is_(None), Application.binned_at.is_(None))
        .where(Application.told_unfiled_at.is_(None), Application.written_at <= now - UNFILED)
        .where(Cohort.closed_at.is_(None), Cohort.applications_open_at <= now)
        .where(or_(Cohort.applications_close_at.is_(None), Cohort.applications_close_at > now - MINUTE))
        .where(select(ApplicationAnswer.id).where(*_is_of("who")).exists())
        .order_by(Application.id)
    )


def _is_of(field: str) -> Sequence[ColumnElement[bool]]:
    """The last question that one answers: most drafts are passed over without being read."""
    return (
        ApplicationAnswer.application_id == Application.id,
        ApplicationAnswer.field == field,
        ApplicationAnswer.value != "",
    )


def _tell_unfiled(
    session: Session, one: Application, programme: Space | None, *, settings: Settings, now: datetime
) -> None:
    """« Rempli mais pas déposé », once; whoever still lacks something is looked at again."""
    sheet = service.sheet(session, one)
    if sheet.missing:
        return
    one.told_unfiled_at = now
    body = wordings.sms(wordings.UNFILED, name=one.association_name)
    telling.tell_kept(session, programme, one, Letter.UNFILED, body, settings=settings, now=now)


def _record(
    session: Session,
    one: Application,
    act: activity.Act,
    space_id: SpaceId | None,
    *,
    by: Principal,
    now: datetime,
    note: str = "",
) -> None:
    activity.record(session, space_id, act, by=by, now=now, subject_id=one.id, note=note or one.association_name)
