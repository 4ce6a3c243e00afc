"""Seats: joining with a code, found again after a locked phone, ended with the workshop."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import activity, secrets
from app.accounts.models import Space
from app.accounts.principal import SEAT, Principal
from app.database.ids import SpaceId
from app.errors import NotFound, RuleBroken
from app.french.language import _
from app.settings import Settings
from app.workshops import acts, service
from app.workshops.models import Seat, Workshop
from app.workshops.practice import service as practice
from app.workshops.practice.copying import Taken
from app.workshops.seats import codes

SEEN_EVERY = timedelta(seconds=10)
AWAY_AFTER = timedelta(seconds=60)
"""A tab that has said nothing for so long is asleep, or its phone locked."""
MOST_COPIES = 60
"""Seats with a copy of their own in one workshop; the largest room of the programme holds forty."""
MOST_SEATS = 2 * MOST_COPIES
"""With those who sit beside somebody."""


@dataclass(frozen=True)
class Sitting:
    """A seat with its workshop and its copy, as a request finds them."""

    seat: Seat
    workshop: Workshop
    space: Space


def read_code(typed: str) -> str:
    """The six letters, however they were typed: lower case, with spaces or dashes."""
    return "".join(character for character in typed.upper() if character.isalpha())


def find_workshop(session: Session, typed: str) -> Workshop:
    """The workshop that a code opens. Raises NotFound: unknown and ended look the same."""
    code = read_code(typed)
    workshop = session.scalar(select(Workshop).where(Workshop.code == code)) if len(code) == codes.LENGTH else None
    if workshop is None:
        raise _unknown()
    return workshop


def is_full(copies: int) -> bool:
    """Whether nobody may have a copy of their own any more, of so many with the trainer's: only sit beside somebody."""
    return copies > MOST_COPIES


def free(session: Session, workshop: Workshop, seat_id: int, *, by: Principal, now: datetime) -> None:
    """Give a seat to whoever comes next; its copy ends, unless somebody sits beside. Raises NotFound."""
    seat = next((one for one in service.seats(session, workshop) if one.id == seat_id and one.ended_at is None), None)
    if seat is None or workshop.closed_at is not None:
        raise NotFound("seat_unknown", _("Ce poste n'est à personne."))
    seat.ended_at, seat.held_phone = now, None
    session.flush()
    kept = {one.space_id for one in service.seats(session, workshop)}
    if seat.space_id is not None and seat.space_id not in kept:
        practice.archive(session, session.get_one(Space, seat.space_id), by=by, now=now)
    activity.record(session, workshop.space_id, acts.SEAT_FREED, by=by, now=now, subject_id=seat.id)


def join(
    session: Session,
    workshop: Workshop,
    *,
    nickname: str,
    settings: Settings,
    now: datetime,
    with_seat: Seat | None = None,
    rows: Taken | None = None,
) -> str:
    """Take a seat, with a copy of its own or beside somebody; the token of its cookie.

    ``workshop`` is locked: once it is over, no copy is made that nobody would archive. ``rows`` is what
    ``copying.take_model`` read in a snapshot for this copy. Raises RuleBroken, NotFound.
    """
    if workshop.code is None:
        raise _unknown()
    name = _read_nickname(nickname)
    taken = service.seats(session, workshop)
    beside = _copy_of(workshop, with_seat)
    _check_room(session, workshop, len(taken), is_beside=beside is not None)
    token = secrets.new_token()
    seat = Seat(
        workshop_id=workshop.id,
        nickname=_free_name(name, {one.nickname for one in taken}),
        token_digest=secrets.digest(token),
        joined_at=now,
        seen_at=now,
    )
    session.add(seat)
    session.flush()
    if beside is not None:
        seat.space_id = beside
    else:
        by = principal_of(seat)
        copy = practice.new_copy(session, workshop, name=seat.nickname, settings=settings, by=by, now=now, rows=rows)
        seat.space_id = copy.id
    activity.record(session, seat.space_id, acts.SEAT_JOINED, by=principal_of(seat), now=now, subject_id=seat.id)
    return token


def find(session: Session, token: str) -> Sitting | None:
    """Whose cookie this is, while the workshop lasts."""
    row = session.execute(
        select(Seat, Workshop, Space)
        .join(Workshop, Workshop.id == Seat.workshop_id)
        .join(Space, Space.id == Seat.space_id)
        .where(Seat.token_digest == secrets.digest(token), Seat.ended_at.is_(None), Workshop.closed_at.is_(None))
    ).one_or_none()
    return Sitting(row[0], row[1], row[2]) if row else None


def find_ended(session: Session, token: str) -> Seat | None:
    """The seat of a cookie even after the workshop: its account is still to be read."""
    return session.scalar(select(Seat).where(Seat.token_digest == secrets.digest(token)))


def note_presence(session: Session, seat_id: int, *, at_page: str, now: datetime) -> None:
    """Where the participant is, for the trainer's eye."""
    seat = session.get_one(Seat, seat_id)
    seat.seen_at, seat.at_page = now, at_page[:60]


def principal_of(seat: Seat) -> Principal:
    return Principal(SEAT, seat.id, seat.nickname)


def _unknown() -> NotFound:
    return NotFound(
        "code_unknown", _("Ce code n'ouvre aucun atelier. Relisez les six lettres sur l'écran de la salle.")
    )


def _copy_of(workshop: Workshop, seat: Seat | None) -> SpaceId | None:
    """The copy of somebody to sit beside; None beside nobody of this room."""
    is_there = seat is not None and seat.workshop_id == workshop.id and seat.ended_at is None
    return seat.space_id if seat is not None and is_there else None


def _check_room(session: Session, workshop: Workshop, seats: int, *, is_beside: bool) -> None:
    if seats >= MOST_SEATS:
        raise RuleBroken("room_full", _("La salle est pleine : demandez à qui l'anime de libérer un poste."))
    if not is_beside and is_full(len(practice.copies(session, workshop))):
        raise RuleBroken("room_full", _("La salle est pleine : asseyez-vous à côté de quelqu'un."))


def _read_nickname(typed: str) -> str:
    name = " ".join(typed.split())[:40]
    if not name:
        sentence = _("Choisissez un prénom ou un surnom : il s'affiche sur l'écran de la salle.")
        raise RuleBroken("nickname_empty", sentence, fields={"nickname": sentence})
    return name


def _free_name(name: str, taken: set[str]) -> str:
    free, number = name, 2
    while free in taken:
        free, number = f"{name[:36]} {number}", number + 1
    return free
