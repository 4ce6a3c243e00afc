"""The participants of a workshop before the day: typed, invited and reminded from the programme's own space."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NoReturn

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.models import Space
from app.accounts.principal import Principal
from app.carrier.carriers import is_fiction
from app.contacts import service as contacts
from app.contacts.fields import Card
from app.contacts.models import Contact
from app.contacts.phone import check_country, read_phone, show_phone
from app.database.ids import ContactId, ListId, MailingId
from app.errors import Conflict, RuleBroken
from app.events import inviting, reminders
from app.events import service as events
from app.events.models import Answer, Event, Reminder
from app.events.placeholders import USUAL_REMINDER, fit
from app.french.language import _
from app.settings import Settings
from app.workshops import acts, kinds
from app.workshops.models import Workshop
from app.workshops.seats import service as seating

MAXIMUM = 40
MIN_CHARACTERS = 2
"""Of a search: fewer would list everybody."""
DAY_BEFORE = timedelta(days=1)
USUAL_INVITATION = _("Bonjour {prénom}, {titre}, {jour} à {heure}, {lieu}. Vous venez ? {lien}")
_LINE = re.compile(r"(?P<name>[^\d+]*?)[\s,;:]*(?P<phone>[+\d][\d\s().+-]*)")


@dataclass(frozen=True)
class Typed:
    """One line: a name and a mobile, both as typed."""

    name: str
    phone: str


def read_lines(typed: str) -> list[Typed]:
    """« Amina Diallo 06 12 34 56 78 », one a line. Raises RuleBroken with the first line that cannot be read."""
    found = []
    for line in (line.strip() for line in typed.splitlines()):
        if not line:
            continue
        read = _LINE.fullmatch(line)
        if read is None or not read["name"].strip():
            _refuse(_("« %(line)s » : écrivez le prénom, puis le mobile.", line=line[:60]))
        found.append(Typed(" ".join(read["name"].split()), read["phone"]))
    if not found:
        _refuse(_("Écrivez au moins une personne : son prénom, puis son mobile."))
    if len(found) > MAXIMUM:
        _refuse(_("%(most)s personnes au plus : une salle n'en tient pas davantage.", most=MAXIMUM))
    return found


def put_on(
    session: Session,
    programme: Space,
    workshop: Workshop,
    people: Sequence[Typed],
    *,
    settings: Settings,
    by: Principal,
    now: datetime,
) -> list[Contact]:
    """Make them contacts of the programme and put them on the workshop's list; who was not on it. Raises RuleBroken."""
    event = events.get(session, programme.id, workshop.event_id, lock=True)
    known = [_contact(session, programme, one, settings=settings, by=by, now=now) for one in people]
    new = set(events.invite(session, event, known, by=by, now=now))
    _check_room(session, workshop, field="people")
    return [one for one in known if one.id in new]


def take_list(session: Session, workshop: Workshop, list_id: ListId, *, by: Principal, now: datetime) -> Sequence[int]:
    """Put everybody of one of the programme's own lists on the workshop's; the new ones. Raises AppError."""
    event = events.get(session, workshop.space_id, workshop.event_id, lock=True)
    new = events.invite_list(session, event, list_id, by=by, now=now)
    _check_room(session, workshop, field="people_list")
    return new


def take_chosen(
    session: Session, workshop: Workshop, contact_ids: Iterable[ContactId], *, by: Principal, now: datetime
) -> Sequence[int]:
    """Put some of the programme's own contacts on the workshop's list; the new ones. Raises AppError."""
    event = events.get(session, workshop.space_id, workshop.event_id, lock=True)
    new = events.invite_chosen(session, event, contact_ids, by=by, now=now)
    _check_room(session, workshop, field="contact")
    return new


def find(session: Session, workshop: Workshop, words: str, *, after: str, limit: int) -> contacts.Page:
    """Contacts of the programme whom ``words`` name.

    A trainer is no member of the programme's space: nobody is shown before they are looked for.
    """
    if len(words) < MIN_CHARACTERS:
        return contacts.Page([], None)
    return contacts.search(session, workshop.space_id, words=words, after=after, limit=limit)


def tell(
    session: Session,
    programme: Space,
    workshop: Workshop,
    *,
    body: str,
    settings: Settings,
    by: Principal,
    now: datetime,
) -> int:
    """Invite everybody who has had no SMS, and prepare one reminder for the day before; how many. Raises RuleBroken."""
    if workshop.closed_at is not None:
        raise Conflict("workshop_closed", _("Cet atelier est terminé."))
    event = events.get(session, programme.id, workshop.event_id, lock=True)
    result = inviting.send(session, programme, event, body=body, by=by, settings=settings, now=now)
    if event.starts_at - DAY_BEFORE > now and not reminders.of_event(session, event.id):
        reminders.make(
            session, programme, event, before=DAY_BEFORE, body=fit(USUAL_REMINDER, event), list_id=None, by=by, now=now
        )
    activity.record(session, programme.id, acts.TOLD, by=by, now=now, subject_id=workshop.id, people=result)
    return result


def stop(
    session: Session, programme: Space, workshop: Workshop, mailing_id: MailingId, *, by: Principal, now: datetime
) -> bool:
    """Take back what of a text has not left, and with it the reminder that ``tell`` prepared, once it is for nobody.

    Whether that is all of the text. One that somebody comes for, or was invited for, stays. Raises NotFound.
    """
    event = events.get(session, programme.id, workshop.event_id, lock=True)
    in_time = inviting.stop(session, programme, event, mailing_id, by=by, now=now)
    people = [registration for registration, _person in events.people(session, event.id)]
    if not any(one.answer is Answer.COMING or (one.answer is Answer.INVITED and one.mailing_id) for one in people):
        for reminder in reminders.of_event(session, event.id):
            if reminder.mailing_id is None and _is_usual(reminder):
                reminders.remove(session, reminder, by=by, now=now)
    return in_time


def pretend(people: Sequence[Contact]) -> list[str]:
    """The invented numbers among theirs, to which a live space sends nothing."""
    return [show_phone(one.phone) for one in people if is_fiction(one.phone)]


def event_of(session: Session, workshop: Workshop) -> Event:
    return session.scalars(select(Event).where(Event.id == workshop.event_id)).one()


def _contact(
    session: Session, programme: Space, typed: Typed, *, settings: Settings, by: Principal, now: datetime
) -> Contact:
    first, _space, last = typed.name.partition(" ")
    known = contacts.find(session, programme.id, typed.phone, first)
    if known is not None:
        return known
    card = Card(phone=typed.phone, first_name=first, last_name=last)
    try:
        check_country(read_phone(typed.phone), settings.foreign_countries)
        return contacts.add(session, programme, card, key=settings.fingerprint_key, by=by, now=now)
    except RuleBroken as wrong:
        _refuse(f"{typed.name} : {wrong.sentence}")


def _is_usual(reminder: Reminder) -> bool:
    """Whether it is as ``tell`` makes it, with a place or without."""
    bodies = (fit(USUAL_REMINDER, Event(place=place, link="")) for place in ("", "x"))
    is_for_all = reminder.list_id is None and reminder.segment_id is None
    return is_for_all and reminder.before_s == DAY_BEFORE.total_seconds() and reminder.body in bodies


def _check_room(session: Session, workshop: Workshop, *, field: str) -> None:
    """A list taken by mistake must not text four hundred people to a room of sixty."""
    max = seating.MOST_COPIES
    if kinds.of(workshop.kind).practice is not None and len(events.listed(session, workshop.event_id)) > max:
        sentence = _("Cela ferait plus de %(most)s personnes : une salle n'en tient pas davantage.", most=max)
        raise RuleBroken("participants_too_many", sentence, fields={field: sentence})


def _refuse(sentence: str) -> NoReturn:
    raise RuleBroken("participants_unreadable", sentence, fields={"people": sentence})
