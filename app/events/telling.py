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
from app.events import acts, inviting, knowledge, messages, reviewing
from app.events.acts import About
from app.events.models import Answer, Event, EventState, Registration
from app.events.placeholders import CALLED_OFF, MOVED, fit
from app.events.reviewing import Review
from app.settings import Settings


@dataclass(frozen=True)
class Offer(Review):
    """Whom a change can be told to, and at what price; those left out can only be called.

    ``texted`` of them had an SMS, which is true no more or names no moment. ``body`` still holds its places.
    """

    texted: int
    body: str


def offer(session: Session, space: Space, event: Event, *, settings: Settings, now: datetime) -> Offer:
    """What telling everybody who does not know yet would say and cost."""
    found = knowledge.unaware(session, space, event)
    texted = (*found.misled, *found.linked)
    people = {one.phone: one for one in sorted((*texted, *found.others), key=lambda one: one.id)}
    body = fit(CALLED_OFF if event.state is EventState.CANCELLED else MOVED, event)
    review = reviewing.read(
        session, space, event, list(people.values()), body=body, family=Family.SERVICE, settings=settings, at=now
    )
    refused = {one.phone for one, _reason in review.left_out}
    return Offer(**vars(review), texted=sum(one.phone not in refused for one in texted), body=body)


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
