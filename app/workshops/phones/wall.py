"""The wall of pretend phones, read from our own rows: what has landed, what was answered."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.contacts.archiving import PRESENT
from app.contacts.models import Contact
from app.database.ids import SpaceId
from app.messaging.models import Message, Reply, Tally
from app.messaging.status import Status
from app.workshops.models import Seat, Workshop
from app.workshops.practice import fates

TEXTS = 2
"""How many bubbles a phone of the wall shows: legible at five metres."""
PHONES = 10
"""Two rows of five on a projector, all of them whole."""
LOOKED_PAST = 30
LOOKED_AT = 400
"""The newest messages and replies that a wall reads; older ones are off its phones anyway."""


@dataclass(frozen=True)
class Bubble:
    """A text on a phone; ``mine`` was written by its owner."""

    body: str
    at: datetime
    mine: bool


@dataclass
class Handset:
    """A phone of the wall."""

    space_id: SpaceId
    slug: str
    phone: str
    name: str = ""
    held_by: str = ""
    bubbles: list[Bubble] = field(default_factory=list)


def changes(session: Session, space_ids: Sequence[SpaceId]) -> tuple[object, ...]:
    """Figures of which one changes whenever a phone of these copies does: the wall polls for them."""
    last, rows = session.execute(select(func.max(Tally.id), func.count()).where(Tally.space_id.in_(space_ids))).one()
    reply = session.scalar(select(func.max(Reply.id)).where(Reply.space_id.in_(space_ids)))
    held = session.execute(
        select(Seat.id, Seat.held_phone).where(Seat.space_id.in_(space_ids), Seat.held_phone.is_not(None))
    ).all()
    return last, rows, reply, sorted(tuple(row) for row in held)


def handsets(session: Session, workshop: Workshop, spaces: Sequence[Space], *, phones: int = PHONES) -> list[Handset]:
    """The phones to show, each in its place: held ones first, then those that answered, that rang, the first people."""
    since = workshop.opened_at or workshop.created_at
    slugs = {space.id: space.slug for space in spaces}
    found: dict[tuple[SpaceId, str], Handset] = {}
    for seat in _holders(session, workshop, list(slugs)):
        if seat.space_id is not None and seat.held_phone:
            key = (seat.space_id, seat.held_phone)
            found.setdefault(key, Handset(*_at(key, slugs))).held_by = seat.nickname
    landed = _landed(session, list(slugs), since)
    # Who answered keeps a place: a wave of texts landing a moment later must not wash an answer away.
    for key in list(dict.fromkeys(key for key, bubble in landed if bubble.mine))[: phones // 2]:
        if len(found) < phones:
            found.setdefault(key, Handset(*_at(key, slugs)))
    for key, bubble in landed:
        if key in found or len(found) < phones:
            found.setdefault(key, Handset(*_at(key, slugs))).bubbles.append(bubble)
    if len(found) < phones:
        for key in _first_people(session, list(slugs), phones):
            if len(found) < phones:
                found.setdefault(key, Handset(*_at(key, slugs)))
    _name(session, found)
    for handset in found.values():
        handset.bubbles = sorted(handset.bubbles, key=lambda bubble: bubble.at)[-TEXTS:]
    # By number, so that a phone keeps its place on the wall when another rings.
    return sorted(found.values(), key=lambda handset: (handset.space_id, handset.phone))


def _at(key: tuple[SpaceId, str], slugs: dict[SpaceId, str]) -> tuple[SpaceId, str, str]:
    return key[0], slugs[key[0]], key[1]


def _holders(session: Session, workshop: Workshop, space_ids: list[SpaceId]) -> Sequence[Seat]:
    return session.scalars(
        select(Seat).where(
            Seat.workshop_id == workshop.id,
            Seat.space_id.in_(space_ids),
            Seat.held_phone.is_not(None),
            Seat.ended_at.is_(None),
        )
    ).all()


def _landed(session: Session, space_ids: list[SpaceId], since: datetime) -> list[tuple[tuple[SpaceId, str], Bubble]]:
    texts = session.execute(
        select(Message.space_id, Message.phone, Message.body, Message.settled_at)
        .where(Message.space_id.in_(space_ids), Message.status == Status.DELIVERED, Message.settled_at >= since)
        .order_by(Message.settled_at.desc())
        .limit(LOOKED_AT)
    ).all()
    answers = session.execute(
        select(Reply.space_id, Reply.phone, Reply.body, Reply.at)
        .where(Reply.space_id.in_(space_ids), Reply.at >= since)
        .order_by(Reply.id.desc())
        .limit(LOOKED_AT)
    ).all()
    rows = [((r.space_id, r.phone), Bubble(r.body, r.settled_at, mine=False)) for r in texts]
    rows += [((r.space_id, r.phone), Bubble(r.body, r.at, mine=True)) for r in answers]
    return sorted(rows, key=lambda row: row[1].at, reverse=True)


def _first_people(session: Session, space_ids: list[SpaceId], maximum: int) -> list[tuple[SpaceId, str]]:
    """A few people of each copy, so that the wall is never empty."""
    each = max(1, maximum // max(1, len(space_ids)))
    keys: list[tuple[SpaceId, str]] = []
    for space_id in space_ids:
        phones = session.scalars(
            select(Contact.phone)
            .where(Contact.space_id == space_id, PRESENT)
            .order_by(Contact.id)
            .limit(each + LOOKED_PAST)
        )
        ringing = [phone for phone in dict.fromkeys(phones) if not phone.endswith(fates.NEVER_RING)]
        keys += [(space_id, phone) for phone in ringing[:each]]
    return keys


def _name(session: Session, found: dict[tuple[SpaceId, str], Handset]) -> None:
    phones = {phone for _space_id, phone in found}
    space_ids = {space_id for space_id, _phone in found}
    for contact in session.scalars(
        select(Contact).where(Contact.space_id.in_(space_ids), Contact.phone.in_(phones)).order_by(Contact.id.desc())
    ):
        if (contact.space_id, contact.phone) in found:
            found[(contact.space_id, contact.phone)].name = contact.name
