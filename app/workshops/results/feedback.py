"""Two questions at the end, for the trainer and the programme."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.errors import RuleBroken
from app.french.language import _
from app.workshops import service
from app.workshops.models import Seat, Workshop

GAINED = _("Je saurais le refaire sans aide")
READY = _("Nous allons nous en servir")
ANSWERS = (
    (4, _("Oui, tout à fait")),
    (3, _("Plutôt oui")),
    (2, _("Plutôt non")),
    (1, _("Non")),
)


@dataclass(frozen=True)
class Opinion:
    """What a room answered: how many for each answer, and the words people added."""

    present: int
    gained: Counter[int]
    ready: Counter[int]
    comments: list[str]


def keep(session: Session, seat_id: int, *, gained: int | None, ready: int | None, comment: str) -> None:
    """Keep somebody's answers; said again, the last ones count. Raises RuleBroken."""
    known = {value for value, _words in ANSWERS}
    if gained not in known or ready not in known:
        raise RuleBroken("answers_missing", _("Choisissez une réponse à chacune des deux questions."))
    seat = session.get_one(Seat, seat_id)
    seat.gained, seat.ready, seat.comment = gained, ready, comment.strip()[:1000]


def of_workshop(session: Session, workshop: Workshop) -> Opinion:
    """The room's answers together."""
    seats = service.seats(session, workshop)
    return Opinion(
        present=len(seats),
        gained=Counter(seat.gained for seat in seats if seat.gained is not None),
        ready=Counter(seat.ready for seat in seats if seat.ready is not None),
        comments=[seat.comment for seat in seats if seat.comment],
    )
