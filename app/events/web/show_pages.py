"""One event as its space sees it: its reminders, its people, its form."""

from collections.abc import Sequence
from typing import Any

from flask import render_template
from sqlalchemy.orm import Session

from app.accounts.web.guards import space
from app.audiences.book import open_book
from app.audiences.people import LEFT_OUT_WORDS
from app.clock import utc_now
from app.contacts import lists
from app.contacts.models import Contact
from app.events import inviting, knowledge, listing, messages, reminders, service, stopped, whom
from app.events.acts import SAID
from app.events.asking import MissionAsking
from app.events.models import Answer, Event, EventState, Registration
from app.events.placeholders import USUAL_REMINDER, fit
from app.events.seats import service as seats
from app.french.language import _
from app.messaging import tallies
from app.messaging.status import Status, plain

PILLS = {
    Status.DELIVERED: "arrived",
    Status.UNDELIVERED: "failed",
    Status.FAILED: "failed",
    Status.WITHDRAWN: "failed",
}
"""How the state of an SMS is drawn; anything else is on its way."""


def event_page(session: Session, event: Event, typed: dict[str, Any], errors: dict[str, str]) -> str:
    """``typed`` is what a refused form held; ``errors`` its sentences by field."""
    people = service.people(session, event.id)
    list_options: list[tuple[int | str, str]] = [
        (one.id, f"{one.name} ({one.people})") for one in lists.counted(session, space().id)
    ]
    book = open_book(session, space())
    coming = sum(one.answer is Answer.COMING and person.archived_at is None for one, person in people)
    reminder_options: list[tuple[int | str, str]] = [
        *([("", _("Ceux qui viennent (%(n)s aujourd'hui)", n=coming))] if people else []),
        *((f"lists:{one}", label) for one, label in list_options),
        *((f"segments:{one}", _("Sélection « %(name)s »", name=book.names[one])) for one in book.rules),
    ]
    now = utc_now()
    has_begun = event.starts_at <= now and event.state is not EventState.CANCELLED
    return render_template(
        "events/show.html",
        event=event,
        is_open=event.state not in (EventState.CANCELLED, EventState.HELD) and event.starts_at > now,
        has_begun=has_begun,
        **_reminder_words(session, event),
        **_people_words(session, event, people),
        reminder_options=reminder_options,
        usual=fit(USUAL_REMINDER, event),
        leaving=messages.leaving(session, space(), event, now=now),
        misled=len(knowledge.unaware(session, space(), event).misled) if event.starts_at > now else 0,
        paused=stopped.of_event(session, event.id),
        sendings=[(mailing, SAID[row.about].one) for row, mailing in reversed(messages.of_event(session, event.id))],
        typed=typed,
        errors=errors,
    )


def _people_words(session: Session, event: Event, people: Sequence[tuple[Registration, Contact]]) -> dict[str, Any]:
    """Its people by what they said, and of each whom nothing was heard from, what became of the invitation."""
    objections, states = listing.objections(session, event), listing.invitations(session, event)
    ranks = {one.id: number for number, one in enumerate(seats.waiting(session, event.space_id, event.id), 1)}
    by_rank = sorted(people, key=lambda one: ranks.get(one[0].id, 0))
    return {
        "people": {said: [one for one in by_rank if one[0].answer is said] for said in Answer},
        "ranks": ranks,
        "seats": seats.of_event(session, event),
        "people_count": len(people),
        "untold": len(inviting.untold(session, event)),
        "silent": len(MissionAsking().silent(session, space(), event.id)),
        "sms": {one: (PILLS.get(status, "waiting"), plain(status)) for one, status in states.items()},
        "objections": {one: LEFT_OUT_WORDS.get(reason, "") for one, reason in objections.items()},
    }


def _reminder_words(session: Session, event: Event) -> dict[str, Any]:
    """Its reminders, and by their ids when they leave, to whom, and what stands in the way."""
    found = reminders.of_event(session, event.id)
    return {
        "reminders": found,
        "progress": tallies.progress_of(session, [one.mailing_id for one in found if one.mailing_id]),
        "held": {one.id: reminders.departure(space(), one.due_at) for one in found},
        "too_far": {one.id: whom.too_far(session, space(), event, one) for one in found},
        "names": {one.id: whom.name_of(session, space(), one) for one in found},
        "faults": {one.id: one.held_reason or whom.fault(session, space(), one.segment_id) for one in found},
    }
