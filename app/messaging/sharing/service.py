"""People on one phone: one SMS leaves for all of them, and each is noted as reached."""

from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from sqlalchemy import ColumnElement, Table, delete, insert, literal, or_, select, union_all, update
from sqlalchemy.orm import Session

from app.audiences.recipients import Recipient
from app.database.engine import insert_missing
from app.database.functions import among_ids
from app.database.ids import ContactId, MessageId, SpaceId
from app.messaging.models import Mailing, Message
from app.messaging.sharing.models import MessageSharer

_ROWS = cast(Table, MessageSharer.__table__)
_OF_MESSAGES = (
    select(_ROWS.c.message_id, _ROWS.c.contact_id)
    .where(among_ids(_ROWS.c.message_id, "ids"))
    .order_by(_ROWS.c.message_id, _ROWS.c.contact_id)
)


def add(session: Session, mailing: Mailing, people: Iterable[Recipient]) -> dict[ContactId, Message]:
    """Note that these share the phone of a message of the mailing; by contact newly noted, that message.

    Not whom the message names. It is held, so that no report on it passes between what is read of it here and its new
    sharers.
    """
    phones = {one.contact_id: one.phone for one in people if one.contact_id is not None}
    if not phones:
        return {}
    latest = (
        select(Message)
        .where(Message.space_id == mailing.space_id, Message.mailing_id == mailing.id)
        .where(Message.phone.in_(set(phones.values())), Message.is_latest)
        .order_by(Message.id)
        .with_for_update(key_share=True)
    )
    held = {one.phone: one for one in session.scalars(latest, execution_options={"populate_existing": True})}
    reached = {
        one: held[phone] for one, phone in sorted(phones.items()) if phone in held and held[phone].contact_id != one
    }
    rows = [{"message_id": text.id, "contact_id": one, "space_id": text.space_id} for one, text in reached.items()]
    column = MessageSharer.contact_id
    new = insert_missing(session, MessageSharer, rows, unique=[MessageSharer.message_id, column], returning=column)
    return {one: reached[one] for one in new}


def hand_on(session: Session, first: Message, again: Message) -> None:
    """Another try reaches whom the first was to reach."""
    theirs = select(literal(again.id), _ROWS.c.contact_id, _ROWS.c.space_id).where(_ROWS.c.message_id == first.id)
    session.execute(insert(_ROWS).from_select(["message_id", "contact_id", "space_id"], theirs))


def leave_to(session: Session, message: Message, other: Message) -> None:
    """Those who share a message share another one from now on, but whom that names."""
    theirs = _ROWS.c.message_id == message.id
    session.execute(delete(_ROWS).where(theirs, _ROWS.c.contact_id == other.contact_id))
    session.execute(update(_ROWS).where(theirs).values(message_id=other.id))


def of_messages(session: Session, message_ids: Iterable[MessageId]) -> Mapping[MessageId, Sequence[ContactId]]:
    """The contacts whom these messages reach beside their own, by message."""
    ids = list(message_ids)
    found: dict[MessageId, list[ContactId]] = {}
    for message_id, contact_id in session.execute(_OF_MESSAGES, {"ids": ids}) if ids else ():
        found.setdefault(message_id, []).append(contact_id)
    return found


def reaching(space_id: SpaceId, contact_id: ContactId) -> ColumnElement[bool]:
    """Messages written for somebody, and those of another that reach them on a shared phone."""
    own = select(Message.id).where(Message.space_id == space_id, Message.contact_id == contact_id)
    others = select(MessageSharer.message_id).where(
        MessageSharer.space_id == space_id, MessageSharer.contact_id == contact_id
    )
    return Message.id.in_(union_all(own, others))


def between(session: Session, space_id: SpaceId, *, one_id: ContactId, other_id: ContactId) -> Sequence[MessageSharer]:
    """Where one of two contacts shares what was written for the other."""
    crossed = or_(
        (MessageSharer.contact_id == one_id) & (Message.contact_id == other_id),
        (MessageSharer.contact_id == other_id) & (Message.contact_id == one_id),
    )
    query = select(MessageSharer).join(Message, Message.id == MessageSharer.message_id)
    return session.scalars(query.where(MessageSharer.space_id == space_id, crossed)).all()
