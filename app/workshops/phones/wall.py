"""The pretend phones of a room, from our own rows. A phone is a number, whichever of the room's copies wrote to it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Activity, Space
from app.carrier.codes import explain
from app.contacts.archiving import PRESENT
from app.contacts.models import Contact
from app.database.ids import SpaceId
from app.french.language import _
from app.messaging.models import Message, Reply, Tally
from app.messaging.status import Status, plain
from app.workshops.models import Seat, Workshop
from app.workshops.practice import fates

TEXTS = 2
"""How many bubbles a phone of the screen shows: legible at five metres."""
PHONES = 8
"""Two rows of four on a projector, all of them whole."""
LOOKED_PAST = 30
LOOKED_AT = 400
"""The newest messages and replies that are read; older ones are off these phones anyway."""
LANDED = (Status.DELIVERED, Status.UNDELIVERED, Status.FAILED)


@dataclass(frozen=True)
class Bubble:
    """A text on a phone; ``mine`` was written by its owner. ``space_id`` is the copy that it came from, or goes to."""

    body: str
    at: datetime
    mine: bool
    space_id: SpaceId


@dataclass
class Handset:
    """A phone of the room."""

    phone: str
    name: str = ""
    held_by: str = ""
    bubbles: list[Bubble] = field(default_factory=list)
    why_lost: str = ""
    """Why the newest text did not arrive."""

    @property
    def rings(self) -> bool:
        """Whether it is in a hand, and what it received last waits for an answer."""
        return bool(self.held_by and self.bubbles and not self.bubbles[-1].mine and not self.why_lost)


def changes(session: Session, workshop: Workshop, space_ids: Sequence[SpaceId]) -> tuple[object, ...]:
    """Figures of which one changes whenever the room does: its screen polls for them."""
    last, rows = session.execute(select(func.max(Tally.id), func.count()).where(Tally.space_id.in_(space_ids))).one()
    reply = session.scalar(select(func.max(Reply.id)).where(Reply.space_id.in_(space_ids)))
    act = session.scalar(select(func.max(Activity.id)).where(Activity.space_id.in_(space_ids)))
    held = session.execute(
        select(Seat.id, Seat.held_phone).where(Seat.workshop_id == workshop.id, Seat.ended_at.is_(None))
    ).all()
    return last, rows, reply, act, sorted((row.id, row.held_phone or "") for row in held)


def has_rung(session: Session, workshop: Workshop, space_ids: Sequence[SpaceId]) -> bool:
    """Whether anything of today was sent in the room."""
    if not space_ids:
        return False  # SQLite would look for nobody's among everybody's
    landed = select(Message.id).where(Message.space_id.in_(space_ids), Message.status.in_(LANDED))
    return session.scalar(landed.where(Message.settled_at >= _since(workshop)).limit(1)) is not None


def handsets(
    session: Session, workshop: Workshop, spaces: Sequence[Space], *, phones: int = PHONES, is_filled: bool = False
) -> list[Handset]:
    """The phones that rang last, the newest first, whoever of ``spaces`` wrote.

    ``is_filled`` puts those in a hand before them, and a few people after them, so that there is something to choose.
    """
    space_ids = [space.id for space in spaces]
    holders = held(session, workshop)
    found: dict[str, Handset] = {phone: Handset(phone) for phone in holders} if is_filled else {}
    for phone, bubble, why_lost in _landed(session, space_ids, _since(workshop)):
        if phone not in found and len(found) < phones:
            found[phone] = Handset(phone, why_lost=why_lost)
        if phone in found and not why_lost:
            found[phone].bubbles.append(bubble)
    for phone in _first_people(session, space_ids, phones) if is_filled else ():
        if len(found) < phones:
            found.setdefault(phone, Handset(phone))
    known = names(session, space_ids, found)
    for phone, handset in found.items():
        handset.name, handset.held_by = known.get(phone, ""), holders.get(phone, "")
        handset.bubbles = sorted(handset.bubbles, key=lambda bubble: bubble.at)[-TEXTS:]
    return list(found.values())


def held(session: Session, workshop: Workshop) -> dict[str, str]:
    """{phone: the nickname of whoever has it in hand}."""
    rows = session.execute(
        select(Seat.held_phone, Seat.nickname).where(
            Seat.workshop_id == workshop.id, Seat.held_phone.is_not(None), Seat.ended_at.is_(None)
        )
    )
    return {phone: nickname for phone, nickname in rows if phone}


def conversation(session: Session, workshop: Workshop, spaces: Sequence[Space], phone: str) -> list[Bubble]:
    """What one phone received and wrote today, whoever of the room wrote to it, oldest first."""
    rows = _landed(session, [space.id for space in spaces], _since(workshop), phone=phone)
    return sorted((bubble for _phone, bubble, why_lost in rows if not why_lost), key=lambda bubble: bubble.at)


def names(session: Session, space_ids: Sequence[SpaceId], phones: Collection[str]) -> dict[str, str]:
    """Who answers at each phone: « Odile Carpentier »; people who share one are both named: « Chantal et Léo »."""
    found: dict[str, dict[str, str]] = {}
    for person in session.scalars(
        select(Contact).where(Contact.space_id.in_(space_ids), Contact.phone.in_(phones)).order_by(Contact.id)
    ):
        if person.name:
            found.setdefault(person.phone, {})[person.name] = person.first_name or person.name
    return {
        phone: next(iter(people)) if len(people) == 1 else _(" et ").join(people.values())
        for phone, people in found.items()
    }


def _since(workshop: Workshop) -> datetime:
    return workshop.opened_at or workshop.created_at


def _landed(
    session: Session, space_ids: Sequence[SpaceId], since: datetime, *, phone: str = ""
) -> list[tuple[str, Bubble, str]]:
    """[(phone, text, why it did not arrive)], the newest first."""
    sent = select(Message.space_id, Message.phone, Message.body, Message.settled_at, Message.status, Message.error_code)
    sent = sent.where(Message.space_id.in_(space_ids), Message.status.in_(LANDED), Message.settled_at >= since)
    said = select(Reply.space_id, Reply.phone, Reply.body, Reply.at)
    said = said.where(Reply.space_id.in_(space_ids), Reply.at >= since)
    if phone:
        sent, said = sent.where(Message.phone == phone), said.where(Reply.phone == phone)
    texts = session.execute(sent.order_by(Message.settled_at.desc(), Message.id.desc()).limit(LOOKED_AT)).all()
    answers = session.execute(said.order_by(Reply.id.desc()).limit(LOOKED_AT)).all()
    rows = [(r.phone, Bubble(r.body, r.settled_at, False, r.space_id), _why(r.status, r.error_code)) for r in texts]
    rows += [(r.phone, Bubble(r.body, r.at, True, r.space_id), "") for r in answers]
    return sorted(rows, key=lambda row: row[1].at, reverse=True)


def _why(status: Status, code: int | None) -> str:
    if status is Status.DELIVERED:
        return ""
    return explain(code).sentence if code is not None else plain(status)


def _first_people(session: Session, space_ids: Sequence[SpaceId], maximum: int) -> list[str]:
    """A few people whose phones ring, so that there is something to take in hand before anybody wrote."""
    phones = session.scalars(
        select(Contact.phone)
        .where(Contact.space_id.in_(space_ids[:1]), PRESENT)
        .order_by(Contact.id)
        .limit(maximum + LOOKED_PAST)
    )
    return [phone for phone in dict.fromkeys(phones) if not phone.endswith(fates.NEVER_RING)]
