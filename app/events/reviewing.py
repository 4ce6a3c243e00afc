"""What a text about an event would do, before anything leaves: who gets it and who not, its price, when it leaves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from app.accounts.models import Mode, Space
from app.audiences.people import name_of
from app.audiences.recipients import Recipient
from app.carrier.carriers import is_fiction
from app.consent import hours, wording
from app.consent.families import Family
from app.contacts.models import Contact
from app.database.ids import ListId, SegmentId
from app.events import messages, reminders, whom
from app.events.acts import About
from app.events.models import Event, Reminder
from app.events.placeholders import PLACES, recipient
from app.messaging.body.parts import GSM, part_count
from app.messaging.body.text import simplify
from app.messaging.messages import compose, sample_link, with_link
from app.messaging.posting import admit
from app.settings import Settings


@dataclass(frozen=True)
class Costly:
    """Somebody whose own name makes their text cost more: ``characters`` of it are not of an SMS's alphabet.

    Their text takes ``parts`` SMS, ``extra`` more than with the plain letters.
    """

    name: str
    characters: str
    parts: int
    extra: int


@dataclass(frozen=True)
class Review:
    """Who would get a text about an event, and what it costs.

    ``people`` get it; of ``left_out``, nobody does, each for a reason of ``LEFT_OUT_WORDS``. Those on one phone get one
    text of ``texts``. ``sample`` is what the first would read. ``parts`` is the SMS of everybody, ``max_parts`` of one
    phone. They leave at ``opens_at``, which ``departure`` says in words unless it is at once; ``lesson``: what the
    hours would say of it outside a practice space; ``too_late``: the event has begun by then.
    """

    people: Sequence[Contact]
    left_out: Sequence[tuple[Contact, str]]
    sample: str
    texts: int
    parts: int
    max_parts: int
    costly: Sequence[Costly]
    price_micros: int
    opens_at: datetime
    departure: str
    lesson: str
    too_late: bool
    invented: Sequence[str]
    """In a live space, the names of those whose number is a pretend one: nothing is sent to it."""


def read(
    session: Session,
    space: Space,
    event: Event,
    people: Sequence[Contact],
    *,
    body: str,
    family: Family,
    settings: Settings,
    at: datetime,
    is_reminder: bool = False,
) -> Review:
    """What a text of ``family`` to ``people``, due ``at``, would do. ``body`` holds its places. Raises RuleBroken."""
    everyone = [recipient(one, event, space.zone) for one in people]
    let = partial(whom.admit, event_id=event.id) if is_reminder else partial(admit, family=family)
    allowed, refused = let(session, space, everyone, now=at)
    let_in = {one.contact_id for one in allowed}
    by_phone = {one.phone: one for one in reversed(allowed)}
    paid = [one for one in allowed if by_phone[one.phone] is one]
    write = partial(compose, with_link(body, known=PLACES), space=space, link=sample_link(settings))
    parts = [part_count(write(one)) for one in paid]
    opens_at = hours.slot(family, space.zone, at, holds=space.hours_hold).opens_at
    return Review(
        people=[one for one in people if one.id in let_in],
        left_out=[(one, refused.get(one.phone, "")) for one in people if one.id not in let_in],
        sample=write(paid[0]) if paid else "",
        texts=len(paid),
        parts=sum(parts),
        max_parts=max(parts, default=0),
        costly=_costly(people, paid, parts, write),
        price_micros=sum(parts) * settings.part_price_micros,
        opens_at=opens_at,
        departure=wording.departure(family, space.zone, at, holds=space.hours_hold),
        lesson="" if space.hours_hold else wording.lesson(family, space.zone, at),
        too_late=opens_at >= event.starts_at,
        invented=[name_of(one) for one in paid if space.mode is Mode.LIVE and is_fiction(one.phone)],
    )


def _costly(
    people: Sequence[Contact], paid: Sequence[Recipient], parts: Sequence[int], write: Callable[[Recipient], str]
) -> Sequence[Costly]:
    names: dict[int | None, str] = {one.id: one.name for one in people}
    return [
        Costly(names[one.contact_id], characters, n, n - plain)
        for one, n in zip(paid, parts, strict=True)
        if (characters := _beyond(one)) and (plain := part_count(write(_plain(one)))) < n
    ]


def reminder(
    session: Session,
    space: Space,
    event: Event,
    *,
    before: timedelta,
    body: str,
    list_id: ListId | None,
    segment_id: SegmentId | None,
    settings: Settings,
    now: datetime,
) -> tuple[Review, datetime]:
    """What a reminder would do for those whom it is for today, and when it is due. Raises AppError as ``make`` does."""
    due_at = reminders.check(
        session, space, event, before=before, body=body, list_id=list_id, segment_id=segment_id, now=now
    )
    meant = Reminder(space_id=space.id, event_id=event.id, list_id=list_id, segment_id=segment_id)
    people = session.scalars(whom.people(session, space, meant, now=due_at).order_by(Contact.id)).all()
    family = messages.family_of(About.REMINDER)
    found = read(
        session, space, event, people, body=body, family=family, settings=settings, at=due_at, is_reminder=True
    )
    return found, due_at


def _beyond(one: Recipient) -> str:
    """The characters of a name that no SMS of the usual alphabet holds, once each: « ç »."""
    name = one.values["prénom"] + one.values["nom"]
    return "".join(dict.fromkeys(character for character in name if character not in GSM))


def _plain(one: Recipient) -> Recipient:
    names = {key: simplify(one.values[key]) for key in ("prénom", "nom")}
    return replace(one, values={**one.values, **names})
