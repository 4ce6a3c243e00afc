"""Applying a change of status to messages: the one way a status changes, with its tally in the same transaction."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Row, Table, select
from sqlalchemy.orm import Session

from app.contacts import history
from app.contacts.history import News
from app.database.bulk import Together
from app.database.functions import among_ids
from app.database.ids import ContactId, MailingId, MessageId, SpaceId
from app.hooks import emitting
from app.messaging import tallies
from app.messaging.models import Message
from app.messaging.sharing import service as sharing
from app.messaging.status import CARRIED, Status, advance, reopens
from app.messaging.telling import programs

UNBILLED = frozenset({Status.WITHDRAWN, Status.FAILED})
"""A message that ends here without the carrier's receipt of it costs nothing."""
_LOST = frozenset({Status.UNDELIVERED, Status.FAILED})
"""How a text ends that did not arrive; one that failed by a reason of ours never left."""


@dataclass(frozen=True)
class Applied:
    """What a report did to one message. ``saved_micros`` is the price it will not cost after all.

    ``spent_micros`` is the price of one that a report says has left while it still waits here, in a restored copy.
    ``taken_at`` is when it was handed over, once: by the report from which we know that the carrier took it.
    ``lost`` is 1 when it did not arrive, -1 when it has after all.
    """

    message_id: MessageId
    mailing_id: MailingId
    was: Status
    reached: Status
    saved_micros: int = 0
    spent_micros: int = 0
    contact_id: ContactId | None = None
    taken_at: datetime | None = None
    lost: int = 0


@dataclass(frozen=True)
class StatusChange:
    """A report on one message. What is None stays as it was."""

    status: Status
    carrier_sid: str | None = None
    error_code: int | None = None
    reason: str | None = None


def apply_changes(
    session: Session,
    moves: Mapping[MessageId, StatusChange],
    *,
    now: datetime,
    held: Mapping[MessageId, Row[*tuple[Any, ...]]] | None = None,
    beside: Together | None = None,
) -> dict[MessageId, Applied]:
    """Apply reports to messages by their id, whatever the order they arrive in; what each did.

    Messages are locked in the order of their ids, so that two writers never wait for each other, and with a lock that
    lets their receipts be written meanwhile. ``held`` are their ``COLUMNS``, where whoever calls has just locked them.
    What ``beside`` notes is written by the same statement.
    """
    session.flush()  # plain statements below: they see what is written, not what is pending
    messages = [held[one] for one in moves] if held else session.execute(_LOCKED, {"ids": list(moves)}).all()
    changes: list[tallies.Change] = []
    ended: list[tuple[MessageId, SpaceId, Status]] = []
    rows: list[dict[str, Any]] = []
    steps: dict[MessageId, Applied] = {}
    for message in messages:
        asked = moves[message.id]
        step = steps[message.id] = _step(message, asked, now)
        row = _written(message, asked, step, now)
        if step.reached is not step.was and message.has_listeners:
            ended.append((message.id, message.space_id, step.reached))
        if step.reached is not step.was or step.saved_micros:
            people = 1 if message.is_latest and step.reached is not step.was else 0
            changes.append(
                tallies.Change(message.space_id, message.mailing_id, step.was, step.reached, people, -step.saved_micros)
            )
        if len(row) > 1:
            rows.append(row)
    beside = beside or Together(session)
    _update(beside, rows)
    tallies.note_beside(beside, changes)
    beside.write()
    programs.tell_final(session, ended, now=now)
    return steps


def _written(message: Row[*tuple[Any, ...]], asked: StatusChange, step: Applied, now: datetime) -> dict[str, Any]:
    """What a report writes on its message beside its id, which alone means nothing."""
    row: dict[str, Any] = {"id": message.id}
    if asked.carrier_sid and not message.carrier_sid:
        row["carrier_sid"] = asked.carrier_sid
    if step.reached is not step.was:
        row |= {"status": step.reached, "settled_at": now}
        row |= {"error_code": asked.error_code} if asked.error_code is not None else {}
        row["reason"] = asked.reason or ""
        if step.was is Status.QUEUED and step.reached is not Status.WITHDRAWN:
            row["claimed_at"] = now  # it left, says a report on a restored copy: from now on it is asked about
    return row


def tell(session: Session, steps: Iterable[Applied]) -> None:
    """Note these changes in their contacts' history: last of what a transaction locks (``contacts.history``).

    In that of each whom the message reaches: two on one phone are both texted by it.
    """
    news = News()
    told = [step for step in steps if step.taken_at is not None or step.lost]
    sharers = sharing.of_messages(session, {step.message_id for step in told})
    for step in told:
        for contact_id in (step.contact_id, *sharers.get(step.message_id, ())):
            if contact_id is not None:
                _add(news, contact_id, step.taken_at, step.lost)
    history.note(session, news)


def tell_late(session: Session, texts: Mapping[ContactId, Message]) -> None:
    """Note what became already of messages that reach somebody more, {contact id: message}."""
    news = News()
    for contact_id, text in texts.items():
        is_taken, is_lost = _fate(text)
        _add(news, contact_id, (text.claimed_at or text.settled_at) if is_taken else None, int(is_lost))
    history.note(session, news)


def _add(news: News, contact_id: ContactId, taken_at: datetime | None, lost: int) -> None:
    if taken_at is not None:
        news.contact(contact_id, taken_at)
    if lost:
        news.lose(contact_id, lost)


def _step(message: Any, asked: StatusChange, now: datetime) -> Applied:
    """Where a report leads, and whether the message still costs its price: what the carrier has seen, it bills."""
    is_undone = reopens(
        message.status, asked.status, is_concluded=bool(message.reason), is_replaced=not message.is_latest
    )
    reached = asked.status if is_undone else advance(message.status, asked.status)
    was_free = message.status in UNBILLED and not message.carrier_sid
    is_free = reached in UNBILLED and not (message.carrier_sid or asked.carrier_sid)
    was_taken, was_lost = _fate(message)
    has_left = message.status is Status.QUEUED and reached is not Status.QUEUED and not is_free
    is_taken = asked.carrier_sid or reached in CARRIED
    is_lost = reached in _LOST and not (message.reason if reached is message.status else asked.reason)
    return Applied(
        message.id,
        message.mailing_id,
        message.status,
        reached,
        saved_micros=(is_free - was_free) * message.price_micros,
        spent_micros=has_left * message.price_micros,
        contact_id=message.contact_id,
        taken_at=(message.claimed_at or now) if is_taken and not was_taken else None,
        lost=is_lost - was_lost,
    )


def _fate(message: Any) -> tuple[bool, bool]:
    """Whether the carrier took it, and whether it did not arrive."""
    return bool(message.carrier_sid) or message.status in CARRIED, message.status in _LOST and not message.reason


# Plain Core, prepared once: a receipt is one message, and the ORM's work on it cost more than all the rest.
_MESSAGES = cast(Table, Message.__table__)
COLUMNS = (
    _MESSAGES.c.id,
    _MESSAGES.c.space_id,
    _MESSAGES.c.mailing_id,
    _MESSAGES.c.status,
    _MESSAGES.c.reason,
    _MESSAGES.c.price_micros,
    _MESSAGES.c.carrier_sid,
    _MESSAGES.c.is_latest,
    _MESSAGES.c.contact_id,
    _MESSAGES.c.claimed_at,
    emitting.has_listeners(_MESSAGES.c.space_id).label("has_listeners"),
)
"""What a change of status asks of a message."""
_LOCKED = (
    select(*COLUMNS).where(among_ids(_MESSAGES.c.id, "ids")).order_by(_MESSAGES.c.id).with_for_update(key_share=True)
)


def _update(beside: Together, rows: list[dict[str, Any]]) -> None:
    """One change for each shape of row: a batch of settled messages has one shape."""
    shapes: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in rows:
        shapes.setdefault(tuple(row), []).append(row)
    for names, alike in shapes.items():
        beside.update(Message, alike, names=names[1:])
