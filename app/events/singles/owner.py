"""One message about an event, written again or stopped by itself: it follows the event as its mailing did."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.accounts.principal import Principal
from app.contacts.models import Contact
from app.database.ids import MailingId
from app.errors import RuleBroken
from app.events import inviting, reminders, service, whom
from app.events.acts import About
from app.events.models import Answer, Event, EventMailing, EventState, Registration, Reminder
from app.events.placeholders import CALLED_OFF_WORDS, EVENT, PLACES, recipient
from app.french.language import _
from app.messaging import messages
from app.messaging.messages import LinkTarget
from app.messaging.models import Mailing, Message
from app.messaging.singles.owners import Draft, Owner


def owns(session: Session, space: Space, mailing_id: MailingId) -> bool:
    """Whether a mailing speaks of an event, a campaign that asks about one among them."""
    return session.scalar(_rows(space, mailing_id)) is not None


def hold(session: Session, space: Space, mailing_id: MailingId) -> None:
    """Nobody moves the event, or calls it off, before the transaction ends."""
    _held(session, space, mailing_id)


def draft(session: Session, space: Space, message: Message, contact: Contact, now: datetime) -> Draft:
    """The text as the event is today. Raises RuleBroken when it is over, or the person answered or is off the list."""
    row = session.scalars(_rows(space, message.mailing_id)).one()
    event = service.get(session, space.id, row.event_id)
    _check_true(event, row, message, now=now)
    place = select(Registration).where(Registration.space_id == space.id, Registration.event_id == event.id)
    place = place.where(Registration.contact_id == contact.id)
    first = session.scalar(place)
    _check_wanted(row, first)
    _check_reminded(session, space, row, contact, first, now=now)

    def follow(mailing: Mailing) -> None:
        held = session.scalar(place.with_for_update(), execution_options={"populate_existing": True})
        _check_wanted(row, held)  # an answer of this moment is read, or takes back what is written here
        _check_reminded(session, space, row, contact, held, now=now)
        its = {"about": row.about, "body": row.body}
        session.add(EventMailing(space_id=space.id, event_id=event.id, mailing_id=mailing.id, **its))
        session.flush()
        if held is not None and held.mailing_id is None and row.about is About.INVITATION:
            held.mailing_id = mailing.id  # stopped in time, the first left them « pas encore invité »

    return Draft(
        body=row.body,
        known=PLACES,
        target=LinkTarget(EVENT, event.id),
        recipient=lambda person: recipient(person, event, space.zone),
        follow=follow,
    )


def stop(session: Session, space: Space, mailing_id: MailingId, by: Principal, now: datetime) -> bool:
    """As on the event's page: whoever it did not reach is « pas encore invité » again."""
    event = _held(session, space, mailing_id)
    return inviting.stop(session, space, event, mailing_id, by=by, now=now)


OWNER = Owner(owns=owns, hold=hold, draft=draft, stop=stop)


def _held(session: Session, space: Space, mailing_id: MailingId) -> Event:
    return service.get(session, space.id, session.scalars(_rows(space, mailing_id)).one().event_id, lock=True)


def _rows(space: Space, mailing_id: MailingId) -> Select[EventMailing]:
    return select(EventMailing).where(EventMailing.space_id == space.id, EventMailing.mailing_id == mailing_id)


def _check_true(event: Event, row: EventMailing, message: Message, *, now: datetime) -> None:
    """Of an event called off only its calling off is told, of one gone by nothing."""
    tells_of_it = row.about is About.NEWS and row.body in CALLED_OFF_WORDS
    if event.state is EventState.CANCELLED and not tells_of_it:
        sentence = _("La mission « %(title)s » est annulée : ce SMS n'est plus vrai.", title=event.title)
        raise RuleBroken("event_over", sentence)
    if event.state is EventState.HELD or event.starts_at <= now:
        sentence = _("La mission « %(title)s » est passée : écrivez plutôt un nouveau SMS.", title=event.title)
        raise RuleBroken("event_over", sentence)
    if not row.body and event.updated_at > message.created_at:
        sentence = _("La mission « %(title)s » a changé depuis : écrivez plutôt un nouveau SMS.", title=event.title)
        raise RuleBroken("event_changed", sentence)


def _check_wanted(row: EventMailing, place: Registration | None) -> None:
    """Nobody is asked again who has answered or is off the list, nor reminded of what they do not come to."""
    if row.about is About.INVITATION and place is None:
        sentence = _("Cette personne n'est plus sur la liste de la mission : remettez-l'y d'abord.")
        raise RuleBroken("registration_unknown", sentence)
    answer = place.answer if place is not None else Answer.INVITED
    if answer is Answer.NOT_COMING and row.about is not About.NEWS:
        raise RuleBroken("not_coming", _("Cette personne a dit qu'elle ne vient pas à cette mission."))
    if answer is not Answer.INVITED and row.about is About.INVITATION:
        raise RuleBroken("answered", _("Cette personne a déjà répondu pour cette mission."))


def _check_reminded(
    session: Session, space: Space, row: EventMailing, contact: Contact, place: Registration | None, *, now: datetime
) -> None:
    """A reminder goes again to those who come, and to others whom it is for today."""
    if row.about is not About.REMINDER or (place is not None and place.answer is Answer.COMING):
        return
    if not whom.is_for(session, space, _reminders(session, row), contact.id, now=now):
        sentence = _("Cette personne n'est plus de celles à qui s'adresse ce rappel : écrivez plutôt un nouveau SMS.")
        raise RuleBroken("registration_unknown", sentence)


def _reminders(session: Session, row: EventMailing) -> Sequence[Reminder]:
    """Those that a mailing is of; of one written again, which none of them names, those of its text."""
    found = reminders.of_event(session, row.event_id)
    named = [one for one in found if row.mailing_id in (one.mailing_id, one.left_mailing_id)]
    return named or [one for one in found if messages.with_link(one.body, known=PLACES) == row.body]
