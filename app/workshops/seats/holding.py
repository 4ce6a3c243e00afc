"""A phone of the room in somebody's hand: one phone a person, one person a phone, and it rings whoever writes to it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.models import Space
from app.carrier.carriers import is_fiction
from app.errors import Conflict, NotFound, RuleBroken
from app.french.language import _
from app.workshops import acts, service
from app.workshops.models import Seat
from app.workshops.phones import phonebook, wall
from app.workshops.phones.client import can_be_answered
from app.workshops.phones.wall import Bubble, Handset
from app.workshops.practice import service as practice
from app.workshops.seats.service import Sitting, principal_of

OFFERED = 12


def offered(session: Session, sitting: Sitting) -> list[Handset]:
    """Phones of the room: those in somebody's hand, those that rang last, and a few people more."""
    spaces = practice.copies(session, sitting.workshop)
    return wall.handsets(session, sitting.workshop, spaces, phones=OFFERED, is_filled=True)


def hold(session: Session, sitting: Sitting, phone: str, *, now: datetime) -> None:
    """Take a phone of anybody in the room, and let go of the other. Raises AppError for what is none, or is held."""
    if not is_fiction(phone):
        raise RuleBroken("phone_real", _("On ne prend ici qu'un téléphone de l'atelier."))
    workshop = service.get(session, sitting.workshop.id, lock=True)  # two hands at once: the second is told
    if not any(phonebook.is_known(session, space, phone) for space in practice.copies(session, workshop)):
        raise NotFound("handset_unknown", _("Ce téléphone n'est pas de cet atelier."))
    other = session.scalar(
        select(Seat).where(
            Seat.workshop_id == workshop.id,
            Seat.held_phone == phone,
            Seat.ended_at.is_(None),
            Seat.id != sitting.seat.id,
        )
    )
    if other is not None:
        sentence = _("Ce téléphone est déjà pris par %(name)s : choisissez-en un autre.", name=other.nickname)
        raise Conflict("phone_held", sentence)
    session.get_one(Seat, sitting.seat.id).held_phone = phone
    activity.record(session, sitting.space.id, acts.HANDSET_HELD, by=principal_of(sitting.seat), now=now)


def let_go(session: Session, sitting: Sitting) -> None:
    """Give the phone back to the room."""
    session.get_one(Seat, sitting.seat.id).held_phone = None


def name_of(session: Session, sitting: Sitting) -> str:
    """Whose phone the seat holds; "" without one."""
    phone = sitting.seat.held_phone
    if not phone:
        return ""
    space_ids = [space.id for space in practice.copies(session, sitting.workshop)]
    return wall.names(session, space_ids, {phone}).get(phone, phone)


def texts(session: Session, sitting: Sitting) -> list[tuple[Bubble, str]]:
    """What the phone in hand received and wrote today, oldest first, each with the name of the copy that wrote."""
    spaces = practice.copies(session, sitting.workshop)
    names = {space.id: space.name for space in spaces}
    phone = sitting.seat.held_phone or ""
    return [(one, names[one.space_id]) for one in wall.conversation(session, sitting.workshop, spaces, phone)]


def answered_to(session: Session, sitting: Sitting) -> Space | None:
    """The copy to which an answer would go: whoever wrote last, unless its sender is a name."""
    wrote = [bubble for bubble, _name in texts(session, sitting) if not bubble.mine]
    space = session.get(Space, wrote[-1].space_id) if wrote else None
    return space if space is not None and can_be_answered(space.sender) else None
