"""Moving letters along: the one way a letter's status changes, with its tally in the same transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session

from app.messaging import tallies
from app.messaging.models import Message
from app.messaging.status import FINAL, Status, advance

UNBILLED = frozenset({Status.WITHDRAWN, Status.FAILED})
"""A letter that ends here without the carrier's receipt of it costs nothing."""
_CARRIED = frozenset({Status.ACCEPTED, Status.SENT, Status.DELIVERED, Status.UNDELIVERED})
"""What a carrier says of a text that it has."""


@dataclass(frozen=True)
class Step:
    """What a report did to one letter. ``saved_micros`` is the price it will not cost after all."""

    mailing_id: int
    was: Status
    reached: Status
    saved_micros: int = 0


@dataclass(frozen=True)
class Move:
    """A report on one letter. What is None stays as it was."""

    status: Status
    carrier_sid: str | None = None
    error_code: int | None = None
    reason: str | None = None


def move(session: Session, moves: Mapping[int, Move], *, now: datetime) -> dict[int, Step]:
    """Apply reports to letters by their id, whatever the order they arrive in; what each did.

    Letters are locked in the order of their ids, so that two movers never wait for each other, and with a lock that
    lets their receipts be written meanwhile.
    """
    session.flush()  # plain statements below: they see what is written, not what is pending
    letters = session.execute(_LOCKED, {"ids": list(moves)}).all()
    changes: list[tallies.Change] = []
    rows: list[dict[str, Any]] = []
    steps: dict[int, Step] = {}
    for letter in letters:
        asked = moves[letter.id]
        step = steps[letter.id] = _step(letter, asked)
        row: dict[str, Any] = {"id": letter.id}
        if asked.carrier_sid and not letter.carrier_sid:
            row["carrier_sid"] = asked.carrier_sid
        if step.reached is not step.was:
            row |= {"status": step.reached, "settled_at": now}
            row |= {"error_code": asked.error_code} if asked.error_code is not None else {}
            row["reason"] = asked.reason or ""
        if step.reached is not step.was or step.saved_micros:
            people = 1 if letter.is_latest and step.reached is not step.was else 0
            changes.append(
                tallies.Change(letter.space_id, letter.mailing_id, step.was, step.reached, people, -step.saved_micros)
            )
        if len(row) > 1:
            rows.append(row)
    _update(session, rows)
    tallies.note(session, changes)
    return steps


def _step(letter: Any, asked: Move) -> Step:
    """Where a report leads, and whether the letter still costs its price: what the carrier has seen, it bills."""
    reached = asked.status if _is_news(letter, asked) else advance(letter.status, asked.status)
    was_free = letter.status in UNBILLED and not letter.carrier_sid
    is_free = reached in UNBILLED and not (letter.carrier_sid or asked.carrier_sid)
    return Step(letter.mailing_id, letter.status, reached, (is_free - was_free) * letter.price_micros)


def _is_news(letter: Any, asked: Move) -> bool:
    """Whether a report undoes an end: one of ours, concluded from silence, or that of a try which another replaces."""
    if letter.status is Status.FAILED and letter.reason:
        return asked.status in _CARRIED
    return not letter.is_latest and letter.status in FINAL and asked.status is Status.DELIVERED


# Plain Core, prepared once: a receipt is one letter, and the ORM's work on it cost more than all the rest.
_LETTERS = cast(Table, Message.__table__)
_LOCKED = (
    select(
        _LETTERS.c.id,
        _LETTERS.c.space_id,
        _LETTERS.c.mailing_id,
        _LETTERS.c.status,
        _LETTERS.c.reason,
        _LETTERS.c.price_micros,
        _LETTERS.c.carrier_sid,
        _LETTERS.c.is_latest,
    )
    .where(_LETTERS.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(_LETTERS.c.id)
    .with_for_update(key_share=True)
)


def _update(session: Session, rows: list[dict[str, Any]]) -> None:
    """One executemany for each shape of row: a batch of settled letters has one shape."""
    shapes: dict[frozenset[str], list[dict[str, Any]]] = {}
    for row in rows:
        shapes.setdefault(frozenset(row), []).append(row)
    for alike in shapes.values():
        names = [name for name in alike[0] if name != "id"]
        statement = (
            update(_LETTERS).where(_LETTERS.c.id == bindparam("its_id")).values({n: bindparam(n) for n in names})
        )
        session.execute(statement, [{"its_id": row.pop("id"), **row} for row in alike])
