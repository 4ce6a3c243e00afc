"""What each person was last told of an event by SMS, and whether that is still true."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.audiences.recipients import Recipient
from app.contacts.models import Contact
from app.events.acts import About
from app.events.models import Answer, Event, EventMailing, EventState, Registration
from app.events.placeholders import CALLED_OFF_WORDS, PLACES, recipient
from app.messaging.body.mention import wholes
from app.messaging.body.text import fields_of, render
from app.messaging.models import Message
from app.messaging.status import Status

TOLD = frozenset(Status) - {Status.QUEUED, Status.WITHDRAWN, Status.UNDELIVERED, Status.FAILED}
"""Of a message that somebody has read, or may have."""
_DATED = frozenset({"jour", "heure", "lieu"})
_FREE = "\x01"
_LAST = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Unaware:
    """Who knows of an event, and has had no SMS that says what is true of it now.

    ``misled`` had one that says another day, hour or place, or nothing of its being called off. ``linked`` had one
    that names no moment, and ``others`` have answered without any: what they saw was the page, when they saw it.
    """

    misled: Sequence[Contact]
    linked: Sequence[Contact]
    others: Sequence[Contact]


def unaware(session: Session, space: Space, event: Event) -> Unaware:
    """Who must be told of a change, by id. Nobody, when nothing about it has changed since it was made."""
    if event.updated_at == event.created_at:
        return Unaware((), (), ())
    people, truths = _last_said(session, space, event)
    answers: dict[int, Answer] = {}
    registered = select(Registration.answer, Contact).join(Contact, Contact.id == Registration.contact_id)
    for answer, person in session.execute(
        registered.where(Registration.event_id == event.id, Contact.space_id == space.id)
    ):
        answers[person.id] = answer
        if answer is not Answer.INVITED:
            people.setdefault(person.id, person)
    is_off = event.state is EventState.CANCELLED
    asked = [one for _id, one in sorted(people.items()) if not (is_off and answers.get(_id) is Answer.NOT_COMING)]
    return Unaware(
        misled=[one for one in asked if truths.get(one.id) is False],
        linked=[one for one in asked if one.id in truths and truths[one.id] is None],
        others=[one for one in asked if one.id not in truths],
    )


def is_true(template: str, body: str, person: Recipient) -> bool | None:
    """Whether ``body``, made from ``template``, says the moment and place that fill ``person``'s values now.

    None when the template names neither. Names and titles may have been mended since: they do not count.
    """
    if not _DATED & set(fields_of(template, known=PLACES)):
        return None
    dated = {name: value for name, value in person.values.items() if name in _DATED}
    for names in (_FREE, ""):
        free = dict.fromkeys(PLACES, _FREE) | dict.fromkeys(("prénom", "nom"), names)
        pattern = re.escape(render(template, {**free, **dated})).replace(re.escape(_FREE), ".*")
        if re.fullmatch(_without_hat(pattern), _without_hat(body), re.DOTALL):
            return True
    return False


def _without_hat(text: str) -> str:
    """A month is written « aout » since it costs no second SMS; what said « août » said the same."""
    return text.replace("û", "u")


def _last_said(session: Session, space: Space, event: Event) -> tuple[dict[int, Contact], dict[int, bool | None]]:
    """Who has had an SMS about the event, and whether the last one is true: news that waits counts as read."""
    rows = session.execute(
        select(Contact, Message.body, Message.claimed_at, Message.id, EventMailing.about, EventMailing.body)
        .join(Message, Message.contact_id == Contact.id)
        .join(EventMailing, EventMailing.mailing_id == Message.mailing_id)
        .where(EventMailing.event_id == event.id, Message.space_id == space.id)
        .where(
            or_(
                Message.status.in_(TOLD),
                and_(EventMailing.about == About.NEWS, Message.status == Status.QUEUED),
            )
        )
    ).all()
    people: dict[int, Contact] = {}
    truths: dict[int, bool | None] = {}
    for person, body, _at, _id, about, template in sorted(rows, key=lambda row: (row[2] or _LAST, row[3])):
        people[person.id] = person
        if event.state is EventState.CANCELLED:
            truths[person.id] = about is About.NEWS and template in CALLED_OFF_WORDS
        elif not template:  # written before texts were kept with their places
            truths[person.id] = None
        else:
            one = recipient(person, event, space.zone)
            found = [is_true(whole, body, one) for whole in wholes(template, known=PLACES)]
            truths[person.id] = True if True in found else found[0]
    return people, truths
