"""A draft begun once for an association and a cohort; whoever comes second gets its link by the number on file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.accounts import activity, quotas
from app.accounts.models import Space
from app.accounts.principal import BY_LINK, Principal, job
from app.accounts.secrets import fingerprint
from app.accounts.signing import throttle
from app.accounts.signing.throttle_keys import Throttled
from app.carrier.carriers import is_fiction
from app.contacts.phone import check_country, read_phone
from app.database.engine import insert_missing
from app.errors import RuleBroken, TooMany
from app.french.language import _
from app.programme.applications import acts, numbers, service, states, telling, versions, wordings
from app.programme.applications.models import Application, ApplicationAnswer
from app.programme.applications.rules import Season
from app.programme.applications.states import State
from app.programme.applications.telling import Told
from app.programme.applications.wordings import Letter
from app.programme.cohorts.models import Cohort
from app.settings import Settings

LINKS_A_DAY = 4
"""SMS of one application's link, asked for by whoever knows its SIREN (P)."""
LINKS_ALL_A_DAY = 200
"""The same of all of them together: whoever tries SIREN after SIREN spends no more (P)."""
PHONE_A_DAY, ALL_A_DAY = 3, 200
"""SMS of new drafts to one number, and of all of them: a stranger types the number, and the programme pays (P)."""
FREE_PHONE, FREE_ALL, FREE_CROWD = 5, 300, 3000
"""Drafts begun in a quarter of an hour before a wait: by number, by all before addresses count, by all then (P)."""
FREE_FROM = 60
"""The same by address, once all of them are many: a school or a federation may share one, and alone never waits (P)."""
FREE_GUESSES = 60
"""Numbers without an application to take up, or that one has begun already, in the same time by address (P)."""
DOSSIERS_MAX = 2
"""Of one association, whose links are sent at once: this year's, and the one before that is not decided yet."""
MAX_WAIT_S = 30
"""At a shared address nobody waits longer."""


@dataclass(frozen=True)
class Begun:
    """What became of a start: its own link's word and its SMS, or the draft that stood there already."""

    application: Application
    word: str = ""
    told: Told | None = None

    @property
    def is_new(self) -> bool:
        return bool(self.word)


def checked_phone(typed: str, settings: Settings) -> str:
    """E.164 of a mobile that the programme may text. Raises RuleBroken, tied to ``phone``."""
    try:
        phone = read_phone(typed)
        if is_fiction(phone):
            raise RuleBroken("phone_fiction", _("Ce numéro est inventé : il ne peut pas recevoir de SMS."))
        check_country(phone, settings.foreign_countries)
    except RuleBroken as refusal:
        raise RuleBroken(refusal.code, refusal.sentence, fields={"phone": refusal.sentence}) from None
    return phone


def take_turn(session: Session, phone: str, *, came_from: str, key: str, now: datetime) -> None:
    """Count a try, whoever it is for. Raises TooMany while the number has to wait, or the address after its guesses.

    However many begin at one address, none waits for that alone; past what all of them begin, those addresses wait that
    go on. ``phone`` is empty of whoever names an association alone.
    """
    throttle.check(session, Throttled.APPLY_GUESS.by(came_from), now=now)
    if phone:
        throttle.take(session, Throttled.APPLY_PHONE.by(fingerprint(phone, key=key)[:40]), now=now, free=FREE_PHONE)
    words: Any = {"now": now, "max_wait_s": MAX_WAIT_S}
    try:
        throttle.take(session, Throttled.APPLY_TO.by("all"), free=FREE_ALL, **words)
    except TooMany:
        throttle.take(session, Throttled.APPLY_FROM.by(came_from), free=FREE_FROM, **words)
        throttle.take(session, Throttled.APPLY_TO.by("crowd"), free=FREE_CROWD, **words)


def count_guess(session: Session, *, came_from: str, now: datetime) -> None:
    """A number that leads nowhere, or to a draft of others: who tries one after another learns who applies."""
    guess = Throttled.APPLY_GUESS.by(came_from)
    throttle.count(session, guess, now=now, free=FREE_GUESSES, max_wait_s=MAX_WAIT_S)


def begin(
    session: Session,
    cohort: Cohort,
    *,
    association: str,
    registration: str,
    name: str,
    phone: str,
    programme: Space | None,
    settings: Settings,
    now: datetime,
) -> Begun:
    """The draft of this association, made once however often it is asked; a second asker gets no link here.

    ``phone`` is E.164; ``registration`` as ``numbers.read`` gives it.
    """
    form = versions.published(session).latest
    row = {
        "cohort_id": cohort.id, "association_name": association, "registration": registration,
        "form_version": form.number, "state": State.DRAFT, "state_at": now, "contact_name": name,
        "contact_phone": phone, "asked_fields": [], "written_at": now, "written_by": name, "created_at": now,
    }  # fmt: skip
    unique = [Application.cohort_id, Application.registration]
    made = insert_missing(session, Application, [row], unique=unique, returning=Application.id)
    found = service.find(session, cohort.id, registration)
    if found is None:
        raise RuntimeError("an application that was just there is gone")
    if not made:
        return Begun(found)
    for field, value in (("association", association), ("contact_name", name)):
        session.add(
            ApplicationAnswer(
                application_id=found.id, field=field, value=value, version=1, written_by=name, written_at=now
            )
        )
    space_id = programme.id if programme else None
    activity.record(session, space_id, acts.BEGUN, by=job(BY_LINK), now=now, subject_id=found.id, note=association)
    word = telling.new_link(session, found, name=name, now=now)
    told = _tell_begun(session, found, programme=programme, settings=settings, now=now)
    return Begun(found, word, told)


def _tell_begun(
    session: Session, application: Application, *, programme: Space | None, settings: Settings, now: datetime
) -> Told:
    """The link by SMS too, so that another device takes it up; within what strangers may make us spend."""
    mark = fingerprint(application.contact_phone, key=settings.fingerprint_key)[:48]
    try:
        quotas.take(session, f"apply:{mark}", a_day=PHONE_A_DAY, now=now)
        quotas.take(session, "apply:all", a_day=ALL_A_DAY, now=now)
    except TooMany:
        return Told(None, _("trop de SMS de candidature aujourd'hui"))
    body = wordings.sms(wordings.BEGUN, name=application.association_name)
    return telling.tell(session, programme, application, body=body, settings=settings, now=now)


def send_link(
    session: Session,
    application: Application,
    *,
    name: str,
    programme: Space | None,
    settings: Settings,
    now: datetime,
) -> Told:
    """« Recevoir le lien par SMS »: to the number on file and nowhere else, for whoever is called ``name``.

    Raises TooMany past what a day allows.
    """
    quotas.take(session, f"apply-link:{application.id}", a_day=LINKS_A_DAY, now=now)
    quotas.take(session, "apply-link:all", a_day=LINKS_ALL_A_DAY, now=now)
    body = wordings.sms(wordings.TAKEN_UP, name=application.association_name)
    told = telling.tell(session, programme, application, body=body, settings=settings, now=now, name=name)
    space_id = programme.id if programme else None
    activity.record(
        session, space_id, acts.LINK_ASKED, by=job(BY_LINK), now=now, subject_id=application.id,
        note=application.association_name,
    )  # fmt: skip
    return told


def change_phone(
    session: Session,
    application: Application,
    phone: str,
    *,
    reason: str,
    programme: Space | None,
    settings: Settings,
    by: Principal,
    now: datetime,
) -> Told:
    """Another number on file (E.164), by staff who say how they know it: it alone has a link from now on.

    No link of before opens anything, since whoever had the old number may have begun this application in the name
    of another; what waits for that number does not leave.
    """
    space_id = programme.id if programme else None
    telling.take_back(session, application, now=now)
    telling.forget_links(session, application, space_id=space_id, now=now)
    application.contact_phone = phone
    application.noticed_at = application.notice_mailing_id = None
    application.notice_problem = ""
    note = _("%(name)s : %(reason)s", name=application.association_name, reason=numbers.without_phones(reason))
    activity.record(session, space_id, acts.PHONE_CHANGED, by=by, now=now, subject_id=application.id, note=note)
    body = wordings.sms(wordings.TAKEN_UP, name=application.association_name)
    return telling.tell_kept(session, programme, application, Letter.NEW_LINK, body, settings=settings, now=now)


def to_take_up(session: Session, registration: str) -> Sequence[Application]:
    """The dossiers of an association that still lead somewhere, the latest first.

    Of cohorts that are not closed; and of closed ones what waits for its decision.
    """
    query = (
        select(Application)
        .join(Cohort, Cohort.id == Application.cohort_id)
        .where(Application.registration == registration, Application.purged_at.is_(None))
        .where(or_(Cohort.closed_at.is_(None), Application.state.in_(states.JUDGED)))
        .order_by(Application.id.desc())
        .limit(DOSSIERS_MAX)
    )
    return session.scalars(query).all()


def open_cohort(session: Session, *, now: datetime) -> Cohort:
    """The cohort that takes applications now. Raises RuleBroken once none does."""
    cohort, season = service.accepting(session, now=now)
    if cohort is None or season is not Season.OPEN:
        raise RuleBroken("applications_closed", _("Les candidatures ne sont pas ouvertes : rien n'est enregistré."))
    return cohort
