"""What a trainer prints: the words of « Un bon SMS », and who a certificate is for. Pure but for the reading."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.database.ids import EventId
from app.events import service as events
from app.french.language import _
from app.messaging.body.parts import part_count
from app.workshops import service
from app.workshops.models import Workshop

LINK = "https://sms.example/r/abcdefghijkl"
"""As long as a personal link is, to count with."""
EXAMPLES = (
    _("Bonjour Odile, besoin de bras samedi 9h à la collecte, place Gambetta. Jeanne, Amis du Quai"),
    _("Bonjour Karim, distribution mardi 18h: il manque 2 personnes. Tu peux ? Jeanne, Amis du Quai"),
    _("Bonjour, le local est fermé lundi. On se retrouve mardi 18h. Jeanne, Amis du Quai"),
    _("Rappel: c'est demain samedi 9h, place Gambetta. Prenez des gants. Jeanne, Amis du Quai"),
    _("Merci à vous ! 212 repas samedi. Prochaine collecte le 12 mars. Jeanne, Amis du Quai"),
)
COSTLY = ("ê", "â", "î", "ô", "û", "ë", "ï", "ç", "œ", "’", "…", "emoji")
"""Characters that make an SMS hold 70 instead of 160."""


@dataclass(frozen=True)
class Guests:
    """``invited`` are the names of the list; ``present`` those noted there, or the nicknames of the seats."""

    invited: Sequence[str]
    present: Sequence[str]


def guests(session: Session, workshop: Workshop) -> Guests:
    """Who is expected, and who was there."""
    people = events.people(session, EventId(workshop.event_id))
    noted = [person.name for registration, person in people if registration.attended and person.name]
    seats = [seat.nickname for seat in service.seats(session, workshop)]
    return Guests([person.name or person.phone for _registration, person in people], noted or seats)


def sms_of(body: str) -> int:
    """How many SMS a text is with its way out."""
    return part_count(f"{body}\nStop : {LINK}")
