"""Seats: joining with a code, found again after a locked phone, ended with the workshop."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import activity, secrets
from app.accounts.models import Space
from app.accounts.principal import SEAT, Principal
from app.errors import NotFound, RuleBroken
from app.language import _
from app.settings import Settings
from app.workshops import acts, codes, service
from app.workshops.copying import Taken
from app.workshops.models import Seat, Workshop

SEEN_EVERY = timedelta(seconds=10)
AWAY_AFTER = timedelta(seconds=60)
"""A tab that has said nothing for so long is asleep, or its phone locked."""
MOST = 60
"""Seats of one workshop; the largest room of the programme holds forty."""


@dataclass(frozen=True)
class Sitting:
    """A seat with its workshop and its copy, as a request finds them."""

    seat: Seat
    workshop: Workshop
    space: Space


def read_code(typed: str) -> str:
    """The six letters, however they were typed: lower case, with spaces or dashes."""
    return "".join(sign for sign in typed.upper() if sign.isalpha())


def find_workshop(session: Session, typed: str) -> Workshop:
    """The workshop that a code opens. Raises NotFound: unknown and ended look the same."""
    code = read_code(typed)
    workshop = session.scalar(select(Workshop).where(Workshop.code == code)) if len(code) == codes.LENGTH else None
    if workshop is None:
        raise NotFound("code_unknown", _("Ce code n'ouvre aucun atelier. Relisez les six lettres au tableau."))
    return workshop


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
    """Take a seat, with a copy of its own or beside somebody; the token of its cookie. Raises RuleBroken.

    ``rows`` is what ``copying.take_model`` read in a snapshot for this copy.
    """
    name = " ".join(nickname.split())[:40]
    if not name:
        sentence = _("Choisissez un prénom ou un surnom : il s'affiche au tableau.")
        raise RuleBroken("nickname_empty", sentence, fields={"nickname": sentence})
    taken = service.seats(session, workshop)
    if len(taken) >= MOST:
        raise RuleBroken("room_full", _("La salle est pleine : asseyez-vous à côté de quelqu'un."))
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
    if with_seat is not None and with_seat.workshop_id == workshop.id and with_seat.space_id is not None:
        seat.space_id = with_seat.space_id
    else:
        by = principal_of(seat)
        copy = service.new_copy(session, workshop, name=seat.nickname, settings=settings, by=by, now=now, rows=rows)
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


def _free_name(name: str, taken: set[str]) -> str:
    free, number = name, 2
    while free in taken:
        free, number = f"{name[:36]} {number}", number + 1
    return free
