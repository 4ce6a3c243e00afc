"""Holding a phone of the wall on one's own: one phone a person, one person a phone."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.models import Space
from app.carrier.carriers import is_fiction
from app.errors import Conflict, NotFound, RuleBroken
from app.french.language import _
from app.workshops import acts
from app.workshops.models import Seat
from app.workshops.phones import phonebook, wall
from app.workshops.phones.wall import Handset
from app.workshops.seats.service import Sitting, principal_of

OFFERED = 12


def offered(session: Session, sitting: Sitting) -> list[Handset]:
    """The phones of the seat's copy as the wall shows them, those in somebody's hand too."""
    return wall.handsets(session, sitting.workshop, [sitting.space], phones=OFFERED)


def hold(session: Session, sitting: Sitting, phone: str, *, now: datetime) -> None:
    """Take a phone of one's own copy in hand, and let go of the other. Raises AppError for what is none, or is held."""
    if not is_fiction(phone):
        raise RuleBroken("phone_real", _("On ne prend ici qu'un téléphone de l'atelier."))
    space = session.scalars(select(Space).where(Space.id == sitting.space.id).with_for_update()).one()
    if not phonebook.is_known(session, space, phone):
        raise NotFound("handset_unknown", _("Ce téléphone n'est pas de cet espace."))
    other = session.scalar(
        select(Seat).where(
            Seat.space_id == space.id,
            Seat.held_phone == phone,
            Seat.ended_at.is_(None),
            Seat.id != sitting.seat.id,
        )
    )
    if other is not None:
        raise Conflict(
            "phone_held", _("Ce téléphone est déjà pris par %(name)s : choisissez-en un autre.", name=other.nickname)
        )
    session.get_one(Seat, sitting.seat.id).held_phone = phone
    activity.record(session, space.id, acts.HANDSET_HELD, by=principal_of(sitting.seat), now=now)


def let_go(session: Session, sitting: Sitting) -> None:
    """Put the phone back on the wall."""
    session.get_one(Seat, sitting.seat.id).held_phone = None


def name_of(session: Session, sitting: Sitting) -> str:
    """Whose phone the seat holds; "" without one."""
    phone = sitting.seat.held_phone
    return phonebook.names(session, sitting.space.id, {phone}).get(phone, phone) if phone else ""
