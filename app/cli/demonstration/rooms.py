"""What a room did in its ninety minutes, written as it stands once its people are gone.

Acts, texts and counts are all that stays of a copy: from a month after the workshop, or from the same day where the
list was the association's own.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from secrets import token_hex

from app.accounts import activity, spaces
from app.accounts.models import Mode, Space
from app.accounts.principal import Principal
from app.accounts.signing.signing_in import principal_of
from app.campaigns import steps as campaign_steps
from app.cli.demonstration import lessons
from app.cli.demonstration.desks import Desk, end
from app.cli.demonstration.story import Story
from app.consent import steps as consent_steps
from app.contacts import steps as contact_steps
from app.contacts.models import Contact
from app.events import steps as event_steps
from app.events.models import Event
from app.messaging.inbox import steps as inbox_steps
from app.workshops import acts, kinds
from app.workshops import steps as workshop_steps
from app.workshops.models import PracticeSpace, Seat, Workshop
from app.workshops.path import hints
from app.workshops.path import steps as path
from app.workshops.path.steps import Step
from app.workshops.practice import purging
from app.workshops.room import reading
from app.workshops.seats import service as seating

DOORS = timedelta(minutes=10)
"""How long before the hour the trainer opens them."""
WELCOME, MONDAY = "welcome", "monday"
"""The steps that one does by coming, and by talking: the trainer ticks the second for the room."""

_FEATURES = (workshop_steps, contact_steps, campaign_steps, inbox_steps, consent_steps, event_steps)
STEP_KINDS = path.by_key(kind for feature in _FEATURES for kind in feature.STEPS)
"""Those of the path: what a page needs besides is not loaded to write them."""


def tell(story: Story, workshop: Workshop, event: Event, people: Sequence[Contact]) -> None:
    """From the open doors to the two questions; a subject that has nothing to practise on has no seats either."""
    session, by = story.session, principal_of(story.trainer)
    workshop.opened_at, workshop.closed_at = event.starts_at - DOORS, event.ends_at
    activity.record(session, workshop.space_id, acts.OPENED, by=by, now=workshop.opened_at, subject_id=workshop.id)
    if kinds.of(workshop.kind).practice is not None:
        steps = path.house_steps(workshop.kind, STEP_KINDS)
        desks = [_show(story, workshop, event)]
        desks += [_sit(story, workshop, event, one, place, steps) for place, one in enumerate(people)]
        [talk] = [step for step in steps if step.key == MONDAY]
        path.tick_for_room(
            session, workshop, [desk.space.id for desk in desks], talk, skipped=False, by=by,
            now=event.ends_at - timedelta(minutes=3),
        )  # fmt: skip
        end(story, desks)
        workshop.phones_reached, workshop.phone_reached_at = len(people), event.starts_at
        reading.keep_timings(session, workshop, STEP_KINDS)
    activity.record(session, workshop.space_id, acts.CLOSED, by=by, now=event.ends_at, subject_id=workshop.id)


def _show(story: Story, workshop: Workshop, event: Event) -> Desk:
    """The trainer's own copy, and the text that she sends before their eyes."""
    by, opened = principal_of(story.trainer), event.starts_at - DOORS
    model = _copy(story, workshop, f"Atelier {workshop.association}", by=by, now=opened, is_model=True)
    workshop.model_space_id = model.id
    if event.ends_at > story.now - purging.KEPT_FOR:  # nothing would stay of its people if they were the house's
        activity.record(
            story.session, workshop.space_id, acts.LIST_DISGUISED, by=by, now=opened, subject_id=workshop.id
        )
    desk, now = Desk(story, model, by, place=0), event.starts_at + timedelta(minutes=25)
    desk.send(desk.write(lessons.TEXTS[0], now), now + timedelta(minutes=1))
    return desk


def _sit(story: Story, workshop: Workshop, event: Event, person: Contact, place: int, steps: Sequence[Step]) -> Desk:
    """Somebody's ninety minutes: a seat, the steps that they came to, and what they said of it."""
    session, way = story.session, lessons.way(workshop.id, place)
    joined = event.starts_at + timedelta(minutes=6, seconds=40 * place)
    seat = Seat(
        workshop_id=workshop.id, nickname=person.first_name, token_digest=token_hex(32), joined_at=joined,
        seen_at=event.ends_at, ended_at=event.ends_at, gained=way.gained, ready=way.ready,
        comment=lessons.WORDS.get((workshop.association, place), ""),
    )  # fmt: skip
    session.add(seat)
    session.flush()
    by = seating.principal_of(seat)
    copy = _copy(story, workshop, seat.nickname, by=by, now=joined)
    seat.space_id = copy.id
    desk = Desk(story, copy, by, place)
    desk.note(acts.SEAT_JOINED, joined, seat.id)
    times = _times(workshop, joined, place, steps)
    for key, now in times.items():
        if key not in (WELCOME, MONDAY, *way.missed):
            desk.do(key, now)
    if way.hinted:
        desk.note(acts.FORM_REFUSED, times[way.hinted] - timedelta(minutes=2), seat.id)
        desk.note(acts.FORM_REFUSED, times[way.hinted] - timedelta(minutes=1), seat.id)
        hints.give(session, seat, way.hinted, by=principal_of(story.trainer), now=times[way.hinted])
    return desk


def _copy(
    story: Story, workshop: Workshop, name: str, *, by: Principal, now: datetime, is_model: bool = False
) -> Space:
    """A practice space of the room, ended with it."""
    sender = kinds.practice_of(workshop.kind).sender
    copy = spaces.make(
        story.session, name=name, mode=Mode.PRACTICE, settings=story.settings, by=by, now=now, sender=sender
    )
    story.session.add(PracticeSpace(
        space_id=copy.id, workshop_id=workshop.id, is_model=is_model, source=purging.PURGED,
        archived_at=workshop.closed_at,
    ))  # fmt: skip
    return copy


def _times(workshop: Workshop, joined: datetime, place: int, steps: Sequence[Step]) -> Mapping[str, datetime]:
    """When somebody was done with each step: what it usually takes, some more and some less from room to room."""
    times, now = {}, joined
    for number, step in enumerate(steps):
        if step.key != WELCOME:  # over once they sit
            now += timedelta(minutes=step.minutes)
        times[step.key] = now + timedelta(seconds=20 * ((workshop.id * 5 + number * 3 + place) % 7))
    return times
