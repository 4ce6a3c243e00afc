"""An idle draft: told by SMS, two weeks, the bin, two weeks more, gone. Nothing goes that nobody was told of."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, delete, or_, select
from sqlalchemy.orm import Session

from app.accounts import activity, spaces
from app.accounts.models import Space
from app.accounts.principal import TAMBOUR, Principal
from app.database.ids import SpaceId
from app.errors import Conflict, RuleBroken
from app.french.language import _
from app.french.typography import show_plain_day
from app.programme.applications import acts, rules, service, telling, wordings
from app.programme.applications.models import (
    Application,
    ApplicationAnswer,
    ApplicationFile,
    ApplicationLetter,
    ApplicationLink,
)
from app.programme.applications.states import State
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
LONGER_MAX = timedelta(days=366)
PURGED = _("brouillon effacé")


def look(session: Session, *, settings: Settings, now: datetime, limit: int) -> int:
    """Take up to ``limit`` drafts one step further each; how many were looked at and moved.

    One whose step waits for news of its SMS is looked at again at the next tick, and is not counted.
    """
    programme = spaces.find(session, settings.programme_space)
    steps = 0
    for one in session.scalars(_due(now).limit(limit).with_for_update(skip_locked=True)).all():
        steps += _step(session, one, programme, settings=settings, now=now)
    for one in session.scalars(_unfiled(now).limit(limit).with_for_update(skip_locked=True, of=Application)).all():
        steps += _tell_unfiled(session, one, programme, settings=settings, now=now)
    return steps


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


def _step(session: Session, one: Application, programme: Space | None, *, settings: Settings, now: datetime) -> int:
    if one.binned_at is not None:
        purge(session, one, space_id=programme.id if programme else None, now=now)
    elif one.noticed_at is None:
        _notice(session, one, programme, settings=settings, now=now)
    else:
        return _bin(session, one, programme, now=now)
    return 1


def _notice(session: Session, one: Application, programme: Space | None, *, settings: Settings, now: datetime) -> None:
    """Write the SMS; where it cannot leave, say so to the staff, and go no further."""
    body = wordings.sms(wordings.NOTICE, name=one.association_name, day=show_plain_day(now + NOTICE + BIN))
    told = telling.tell(session, programme, one, body=body, settings=settings, now=now)
    if told.mailing_id is None:
        one.notice_problem = told.problem[:300]
        return
    one.noticed_at, one.notice_mailing_id = now, told.mailing_id
    _record(session, one, acts.NOTICED, programme.id if programme else None, by=TAMBOUR, now=now)


def _bin(session: Session, one: Application, programme: Space | None, *, now: datetime) -> int:
    """Into the bin, once the carrier took the notice and nobody says that it was lost; by hand it needs no news."""
    status = telling.status_of(session, programme, one.notice_mailing_id)
    by_hand = one.notice_mailing_id is None
    if not by_hand and status in telling.LOST:
        one.noticed_at = one.notice_mailing_id = None
        one.notice_problem = _("le SMS n'est pas arrivé")
        return 1
    if not by_hand and status not in telling.REACHED:
        return 0
    one.binned_at = now
    _record(session, one, acts.BINNED, programme.id if programme else None, by=TAMBOUR, now=now)
    return 1


def purge(session: Session, one: Application, *, space_id: SpaceId | None, now: datetime) -> None:
    """Nothing is left but a number among those begun: no name, no number, no word."""
    for table in (ApplicationAnswer, ApplicationFile, ApplicationLink, ApplicationLetter):
        session.execute(delete(table).where(table.application_id == one.id))
    _record(session, one, acts.PURGED, space_id, by=TAMBOUR, now=now, note=PURGED)
    one.association_name, one.registration = PURGED, None
    one.contact_name = one.contact_phone = one.contact_email = one.contact_function = one.written_by = ""
    one.reason, one.asked_words, one.notice_problem, one.purged_at = "", "", "", now
    one.notice_mailing_id = None


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
        .where(Cohort.closed_at.is_(None), Cohort.applications_open_at <= now, Cohort.applications_close_at > now)
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
) -> int:
    """« Rempli mais pas déposé », once; whoever still lacks something is looked at again."""
    sheet = service.sheet(session, one)
    if rules.missing(sheet.values, sheet.judged):
        return 0
    one.told_unfiled_at = now
    body = wordings.sms(wordings.UNFILED, name=one.association_name)
    telling.tell(session, programme, one, body=body, settings=settings, now=now)
    return 1


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
