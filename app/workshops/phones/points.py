"""One point for each phone of a room: where « mass » SMS is seen."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.contacts.archiving import PRESENT
from app.contacts.models import Contact
from app.database.ids import SpaceId
from app.messaging.models import Message, Reply
from app.messaging.status import Status
from app.workshops.models import Workshop

ANSWERED, ARRIVED, MOVING, LOST, SILENT = "answered", "arrived", "moving", "lost", "silent"
STATES = (ANSWERED, ARRIVED, MOVING, LOST, SILENT)
_LOST = (Status.UNDELIVERED, Status.FAILED)
_RANKS = {3: ARRIVED, 2: MOVING, 1: LOST}
MANY = 600
"""Past so many phones, a point stands for ten."""
A_ROW = 75
STEP = 10
"""How far apart two points are, in the drawing's own units."""


@dataclass(frozen=True)
class Points:
    """A drawing: how many phones are in each state, and where the points of each are."""

    counts: dict[str, int]
    paths: dict[str, str]
    width: int
    height: int
    each: int
    """How many phones a point stands for."""


def read(session: Session, workshop: Workshop, space_ids: Sequence[SpaceId]) -> Points:
    """The best that happened to each phone of the room today, whoever of ``space_ids`` wrote to it."""
    since = workshop.opened_at or workshop.created_at
    rank = case((Message.status == Status.DELIVERED, 3), (Message.status.in_(_LOST), 1), else_=2)
    reached = session.execute(
        select(Message.phone, func.max(rank))
        .where(Message.space_id.in_(space_ids), Message.created_at >= since, Message.status != Status.WITHDRAWN)
        .group_by(Message.phone)
    ).all()
    spoke = set(session.scalars(select(Reply.phone).where(Reply.space_id.in_(space_ids), Reply.at >= since)))
    everybody = set(session.scalars(select(Contact.phone).where(Contact.space_id.in_(space_ids[:1]), PRESENT)))
    states = {phone: ANSWERED if phone in spoke else _RANKS[best] for phone, best in reached}
    return draw(Counter([*states.values(), *(SILENT for _phone in everybody - states.keys())]))


def draw(counts: Counter[str]) -> Points:
    """The points in rows that fill from left to right, those that answered first. Pure."""
    each = 1 if counts.total() <= MANY else 10
    amounts = {state: -(-counts[state] // each) for state in STATES}
    total = max(1, sum(amounts.values()))
    rows = -(-total // A_ROW)
    columns = -(-total // rows)
    paths, at = {}, 0
    for state in STATES:
        places = range(at, at + amounts[state])
        paths[state] = _path(((place // rows, place % rows) for place in places), is_cross=state == LOST)
        at += amounts[state]
    return Points({state: counts[state] for state in STATES}, paths, columns * STEP, rows * STEP, each)


def _path(places: Iterable[tuple[int, int]], *, is_cross: bool) -> str:
    """Dots are strokes of no length with round ends: one path for a thousand of them."""
    if is_cross:
        return "".join(f"M{x * STEP + 2} {y * STEP + 2}l6 6m0-6l-6 6" for x, y in places)
    return "".join(f"M{x * STEP + 5} {y * STEP + 5}h0" for x, y in places)
