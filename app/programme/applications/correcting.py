"""What the staff ask of an association again: fields to correct, all of it given back, another file; by a day."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.models import Space
from app.accounts.principal import Principal
from app.clock import PARIS
from app.errors import Conflict, RuleBroken
from app.french.language import _
from app.french.typography import show_plain_day
from app.programme.applications import acts, service, states, telling, versions, wordings
from app.programme.applications.models import Application
from app.programme.applications.states import State, Who
from app.programme.applications.telling import Told
from app.programme.applications.wordings import Letter
from app.programme.cohorts.models import Cohort
from app.settings import Settings

DAYS = timedelta(days=14)
"""How long an association has for what is asked of it without a day of its own, also once applications are closed."""


def ask_correction(
    session: Session,
    application: Application,
    *,
    fields: Collection[str],
    words: str,
    until: date,
    programme: Space | None,
    settings: Settings,
    by: Principal,
    now: datetime,
) -> Told:
    """Ask for these fields by a day of its own, until its midnight, even after the closing date. Raises RuleBroken."""
    if application.state not in states.JUDGED:
        raise Conflict("correction_late", _("Une correction se demande avant la décision."))
    chosen = [one.key for one in versions.published(session).of(application).fields if one.key in fields]
    faults = {}
    if not chosen:
        faults["fields"] = _("Cochez ce qui est à corriger.")
    if until < service.today_of(now):
        faults["until"] = _("Ce jour est passé : laissez quelques jours à l'association.")
    if faults:
        raise RuleBroken("correction_wrong", next(iter(faults.values())), fields=faults)
    telling.take_back(session, application, titles=(Letter.CORRECTION,), now=now)
    application.asked_fields, application.asked_words = chosen, _line(words)
    application.asked_until = _end_of(until)
    space_id = programme.id if programme else None
    note = application.association_name
    activity.record(session, space_id, acts.CORRECTION_ASKED, by=by, now=now, subject_id=application.id, note=note)
    body = _dated(wordings.CORRECTION, application)
    return telling.tell_kept(session, programme, application, Letter.CORRECTION, body, settings=settings, now=now)


def give_back(
    session: Session,
    application: Application,
    cohort: Cohort,
    *,
    reason: str,
    programme: Space | None,
    settings: Settings,
    by: Principal,
    now: datetime,
) -> Told:
    """« Rendre au brouillon »: all of it is theirs again for a fortnight at least, and they read why.

    Raises Conflict or RuleBroken.
    """
    space_id = programme.id if programme else None
    service.move(session, application, State.DRAFT, who=Who.STAFF, reason=reason, space_id=space_id, by=by, now=now)
    every = [one.key for one in versions.published(session).of(application).fields]
    application.asked_fields, application.asked_words = every, application.reason
    closes = cohort.applications_close_at
    application.asked_until = max(_end_of(service.today_of(now + DAYS)), closes or now)
    body = _dated(wordings.GIVEN_BACK, application)
    return telling.tell_kept(session, programme, application, Letter.GIVEN_BACK, body, settings=settings, now=now)


def ask_file(
    session: Session, application: Application, key: str, *, programme: Space | None, settings: Settings, now: datetime
) -> None:
    """A file that was filed had to be thrown away: they are told, and may send another even once it is closed."""
    if application.state not in states.JUDGED:
        return
    every = versions.published(session).of(application).by_key
    application.asked_fields = [one for one in every if one == key or one in application.asked_fields]
    until = _end_of(service.today_of(now + DAYS))
    application.asked_until = max(until, application.asked_until or until)
    body = _dated(wordings.FILE_REFUSED, application)
    telling.tell_kept(session, programme, application, Letter.FILE_REFUSED, body, settings=settings, now=now)


def tell_withdrawn(
    session: Session, application: Application, *, programme: Space | None, settings: Settings, now: datetime
) -> None:
    """The staff noted that it goes no further: its association reads so, and says if it is a mistake."""
    body = wordings.sms(wordings.WITHDRAWN, name=application.association_name)
    telling.tell_kept(session, programme, application, Letter.WITHDRAWN, body, settings=settings, now=now)


def _dated(sentence: str, application: Application) -> str:
    day = show_plain_day(application.asked_until, PARIS) if application.asked_until else ""
    return wordings.sms(sentence, name=application.association_name, day=day)


def _end_of(day: date) -> datetime:
    """Its last minute, which belongs to the time as that of a closing date does."""
    return datetime.combine(day, time(23, 59), tzinfo=PARIS)


def _line(words: str) -> str:
    return " ".join(words.replace("\0", "").split())[:500]
