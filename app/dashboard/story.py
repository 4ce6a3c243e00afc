"""A contact's whole story: SMS, answers, consents, dates and changes, newest first, a page at a time.

Each source reads as many of its own lines as a page may hold, after the place where the page before ended; the newest
of them all make the page.
"""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts import journal
from app.accounts.models import Activity
from app.campaigns.models import Campaign
from app.consent import acts as consent_acts
from app.consent.families import Family, family_words
from app.consent.models import Act, ConsentEntry
from app.contacts.models import Contact
from app.contacts.phone import show_phone
from app.dashboard.story_lines import Line, Link, Place, Reading
from app.events.models import Answer, Event, EventMailing, Registration
from app.french.language import _
from app.logs import mask
from app.messaging import status, withdrawal
from app.messaging.models import Message, Reply
from app.messaging.sharing import service as sharing
from app.messaging.status import Status


def page(
    session: Session, contact: Contact, *, before: Place | None, limit: int, acts: journal.Acts
) -> tuple[Sequence[Line], Place | None]:
    """A page of somebody's story, and where the next one begins; None at the end."""
    reading = Reading(session, contact, before, limit + 1, acts)
    lines = [one for source, read in enumerate(_SOURCES) for one in read(reading, source)]
    lines.sort(key=lambda one: (-one.at.timestamp(), one.place.source, -one.place.id))
    shown = lines[:limit]
    return shown, shown[-1].place if len(lines) > limit else None


def _texts(reading: Reading, source: int) -> list[Line]:
    contact, at = reading.contact, func.coalesce(Message.claimed_at, Message.created_at)
    query = (
        select(Message.body, Message.status, Message.reason, Campaign.id.label("campaign_id"), Campaign.name)
        .add_columns(EventMailing.event_id, Message.contact_id, Contact.first_name, Contact.last_name)
        .outerjoin(Contact, Contact.id == Message.contact_id)
        .outerjoin(Campaign, Campaign.mailing_id == Message.mailing_id)
        .outerjoin(EventMailing, EventMailing.mailing_id == Message.mailing_id)
        .where(Message.space_id == contact.space_id, sharing.reaching(contact.space_id, contact.id))
    )
    return [
        Line(
            Place(row.at, source, row.id),
            "send",
            _what(row, contact),
            words=mask(row.body),
            detail=withdrawal.sentence(row.reason) or status.plain(row.status),
            link=_page_of(row, contact),
        )
        for row in reading.rows(source, query, at, Message.id)
    ]


def _what(text: Any, contact: Contact) -> str:
    """Which SMS it is, and whose, when it was written for another on the same phone."""
    sms = _("SMS de l'envoi « %(name)s »", name=text.name) if text.name else _("SMS")
    if text.contact_id == contact.id:
        return sms
    if text.contact_id is None:
        return _("%(sms)s pour un téléphone partagé", sms=sms)
    name = text.first_name or text.last_name or show_phone(contact.phone)
    if text.status is Status.DELIVERED:
        return _("%(sms)s reçu sur le téléphone partagé avec %(name)s", sms=sms, name=name)
    return _("%(sms)s pour le téléphone partagé avec %(name)s", sms=sms, name=name)


def _card(contact: Contact) -> Link:
    return "contacts.show", {"contact_id": contact.id}


def _page_of(text: Any, contact: Contact) -> Link:
    """That of the message, else of the date it speaks of, else of the person."""
    if text.campaign_id is not None:
        return "campaign_progress.message", {"campaign_id": text.campaign_id, "message_id": text.id}
    return ("events.show", {"event_id": text.event_id}) if text.event_id is not None else _card(contact)


def _replies(reading: Reading, source: int) -> list[Line]:
    contact = reading.contact
    query = select(Reply.body, Reply.handled_at, Reply.handled_by).where(
        Reply.space_id == contact.space_id, Reply.contact_id == contact.id
    )
    return [
        Line(
            Place(row.at, source, row.id),
            "reply",
            _("A répondu par SMS"),
            words=row.body,
            detail=_("Lue par %(name)s", name=row.handled_by) if row.handled_at else _("Pas encore lue"),
            link=("replies.browse", {}),
        )
        for row in reading.rows(source, query, Reply.at, Reply.id)
    ]


_CONSENTS = {
    Act.GIVEN: _("A donné son accord pour recevoir : %(family)s"),
    Act.WITHDRAWN: _("A retiré son accord pour recevoir : %(family)s"),
    Act.OBJECTED: _("Ne veut plus de SMS"),
    Act.RESTORED: _("Veut de nouveau des SMS"),
}


def _consents(reading: Reading, source: int) -> list[Line]:
    contact, entry = reading.contact, ConsentEntry
    query = select(entry.act, entry.family, entry.wording, entry.recorded_by)
    query = query.where(entry.space_id == contact.space_id, entry.fingerprint == contact.fingerprint)
    return [
        Line(
            Place(row.at, source, row.id),
            "check" if row.act in (Act.GIVEN, Act.RESTORED) else "stop",
            _CONSENTS[row.act] % {"family": family_words(Family(row.family)) if row.family else _("tous les SMS")},
            words=mask(row.wording),
            detail=_("Noté par %(name)s", name=row.recorded_by),
            link=_card(contact),
        )
        for row in reading.rows(source, query, entry.at, entry.id)
    ]


_ANSWERS = {
    Answer.INVITED: _("N'a plus de réponse pour « %(title)s »"),
    Answer.COMING: _("A répondu « Je viens » pour « %(title)s »"),
    Answer.WAITING: _("Attend une place pour « %(title)s »"),
    Answer.NOT_COMING: _("A répondu « Je ne viens pas » pour « %(title)s »"),
}


def _dates(reading: Reading, source: int, at: Any, say: Callable[[Any], str], *wanted: Any) -> list[Line]:
    contact, place = reading.contact, Registration
    query = (
        select(place.answer, place.attended, place.excused, place.event_id, Event.title)
        .join(Event, Event.id == place.event_id)
        .where(place.space_id == contact.space_id, place.contact_id == contact.id, *wanted)
    )
    return [
        Line(
            Place(row.at, source, row.id),
            "calendar",
            say(row) % {"title": row.title},
            link=("events.show", {"event_id": row.event_id}),
        )
        for row in reading.rows(source, query, at, place.id)
    ]


def _invitations(reading: Reading, source: int) -> list[Line]:
    return _dates(reading, source, Registration.created_at, lambda _row: _("Sur la liste de « %(title)s »"))


def _answers(reading: Reading, source: int) -> list[Line]:
    answered = Registration.answered_at.is_not(None)
    return _dates(reading, source, Registration.answered_at, lambda row: _ANSWERS[row.answer], answered)


def _attendances(reading: Reading, source: int) -> list[Line]:
    def say(row: Any) -> str:
        if row.attended:
            return _("Présence notée : « %(title)s »")
        return _("Absence excusée : « %(title)s »") if row.excused else _("Absence notée : « %(title)s »")

    return _dates(reading, source, Event.starts_at, say, Registration.attended.is_not(None))


def _changes(reading: Reading, source: int) -> list[Line]:
    """What was done to the card; of consents the ledger says more."""
    contact = reading.contact
    query = select(Activity).where(
        Activity.space_id == contact.space_id,
        Activity.subject == "contact",
        Activity.subject_id == contact.id,
        Activity.verb.not_in([consent_acts.OPTED_OUT.verb, consent_acts.RESTORED.verb]),
    )
    told = []
    for row in reading.rows(source, query, Activity.at, Activity.id):
        line = journal.line(row.Activity, reading.acts)
        told.append(
            Line(Place(row.at, source, row.id), "edit", line.what, _card(contact), who=line.who, detail=line.about)
        )
    return told


_SOURCES: Sequence[Callable[[Reading, int], list[Line]]] = (
    _changes,
    _consents,
    _replies,
    _attendances,
    _answers,
    _texts,
    _invitations,
)
"""In the order in which lines of one instant are read, the last first."""
