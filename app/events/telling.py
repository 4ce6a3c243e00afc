"""Telling those who know of an event that it changes: another day or place, or no event at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.models import Space
from app.accounts.principal import Principal
from app.consent import service as consent
from app.consent.families import Family
from app.contacts.archiving import PRESENT
from app.contacts.models import Contact
from app.events import acts, inviting, knowledge, messages, reminders
from app.events.acts import About
from app.events.models import Answer, Event, EventState, Registration
from app.events.placeholders import CALLED_OFF, MOVED, PLACES, fit, recipient
from app.messaging.messages import compose, sample_link, with_link
from app.messaging.posting import admit, parts_of
from app.settings import Settings


@dataclass(frozen=True)
class Offer:
    """Whom a change can be told to, and at what price.

    ``texted`` of them had an SMS, which is true no more or names no moment. ``unreachable`` can only be called.
    ``body`` still holds its places, ``sample`` is what the first would read. ``parts`` is the SMS of everybody,
    ``max_parts`` of one person. They leave at ``opens_at``; ``too_late`` says that it has begun by then.
    """

    people: Sequence[Contact]
    texted: int
    unreachable: Sequence[Contact]
    body: str
    sample: str
    parts: int
    max_parts: int
    price_micros: int
    opens_at: datetime
    too_late: bool


def offer(session: Session, space: Space, event: Event, *, settings: Settings, now: datetime) -> Offer:
    """What telling everybody who does not know yet would say and cost."""
    found = knowledge.unaware(session, space, event)
    texted = (*found.misled, *found.linked)
    people = {one.phone: one for one in sorted((*texted, *found.others), key=lambda one: one.id)}
    everyone = [recipient(one, event, space.zone) for one in people.values()]
    allowed, refused = admit(session, space, everyone, family=Family.SERVICE, now=now)
    body = fit(CALLED_OFF if event.state is EventState.CANCELLED else MOVED, event)
    whole = with_link(body, known=PLACES)
    opens_at = reminders.leaves_at(space, now)
    parts = parts_of(space, allowed, body=whole, settings=settings)
    return Offer(
        people=[people[one.phone] for one in allowed],
        texted=sum(one.phone not in refused for one in texted),
        unreachable=[people[phone] for phone in refused],
        body=body,
        sample=compose(whole, allowed[0], space=space, link=sample_link(settings)) if allowed else "",
        parts=sum(parts),
        max_parts=max(parts, default=0),
        price_micros=sum(parts) * settings.part_price_micros,
        opens_at=opens_at,
        too_late=opens_at >= event.starts_at,
    )


def informed(session: Session, event: Event, *, but_declined: bool = False) -> Sequence[Contact]:
    """Who was invited by SMS or has answered, but for those who want none; or those among them who did not decline."""
    query = (
        select(Contact)
        .join(Registration, Registration.contact_id == Contact.id)
        .where(Registration.event_id == event.id, PRESENT)
        .where(or_(Registration.mailing_id.is_not(None), Registration.answer != Answer.INVITED))
        .order_by(Contact.id)
    )
    people = session.scalars(query.where(Registration.answer != Answer.NOT_COMING) if but_declined else query).all()
    blocked = consent.blocked(session, event.space_id, Family.SERVICE, {one.fingerprint for one in people})
    return [one for one in people if one.fingerprint not in blocked]


def tell(
    session: Session,
    space: Space,
    event: Event,
    people: Sequence[Contact],
    *,
    body: str,
    by: Principal,
    settings: Settings,
    now: datetime,
) -> int:
    """Write the news to ``people``; how many. Of a moment gone by there is none. Raises RuleBroken."""
    if not people or event.starts_at <= now:
        return 0
    messages.take_back_news(session, event, {one.id for one in people}, now=now)
    inviting.write(session, space, event, people, body=fit(body, event), settings=settings, now=now, about=About.NEWS)
    activity.record(session, space.id, acts.NEWS_TOLD, by=by, now=now, subject_id=event.id, people=len(people))
    return len(people)
