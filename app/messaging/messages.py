"""Messages written into the outbox: one per phone of a mailing, its text rendered, its price known."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from secrets import token_urlsafe
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts.models import Mode, Space
from app.audiences.recipients import Recipient
from app.contacts import history
from app.contacts.models import Contact
from app.contacts.phone import time_zone
from app.database.engine import insert_missing
from app.database.ids import MailingId, MessageId, SpaceId
from app.errors import NotFound
from app.french.language import _
from app.links import service as links
from app.messaging import applying, tallies, validity
from app.messaging.body import mention
from app.messaging.body.parts import part_count
from app.messaging.body.text import render
from app.messaging.models import Mailing, Message
from app.messaging.sharing import service as sharing
from app.messaging.status import Status
from app.settings import Settings

OPT_OUT = "opt_out"
"""The purpose of the link that stands in every text."""
with_link = mention.with_link
_Prepared = tuple[dict[str, Any], str]
"""A row, and the token of the link in its text."""


@dataclass(frozen=True)
class Window:
    """When messages may leave: none before ``not_before``, and until the end of the opening after their first.

    ``expires_at`` is when they mean nothing any more, whatever the hours; ``late`` shortens how long each may wait
    once its recipient's hours have opened.
    """

    not_before: datetime
    expires_at: datetime | None = None
    late: timedelta | None = None


@dataclass(frozen=True)
class LinkTarget:
    """Page opened by the message's personal link; the opt-out page when None."""

    purpose: str
    subject_id: int


def compose(body: str, recipient: Recipient, *, space: Space, link: str) -> str:
    """The text as this person will read it."""
    return render(body, {**recipient.values, "association": space.name, "lien": link})


def sample_link(settings: Settings) -> str:
    """A link as long as a real one, for measures and previews."""
    return links.address(settings.link_url, "x" * len(links.new_token()))


def write(
    session: Session,
    mailing: Mailing,
    recipients: Iterable[Recipient],
    *,
    space: Space,
    body: str,
    window: Window,
    settings: Settings,
    now: datetime,
    target: LinkTarget | None = None,
) -> int:
    """Queue one message a phone; how many were new. A phone that already has its message is passed over.

    Who comes after another on one phone is noted as sharing its message. ``body`` still holds its places. Called again
    with the same recipients, it changes nothing.
    """
    mailing.expires_at = window.expires_at
    times = cache(partial(_times, mailing, space, window))
    prepared: dict[str, _Prepared] = {}
    everyone = _unserved(session, mailing, list(recipients))
    for recipient in (one for one in everyone if one.phone not in prepared):
        token = links.new_token()
        text = compose(body, recipient, space=space, link=links.address(settings.link_url, token))
        row = _row(mailing, recipient, space, text, settings, now)
        prepared[recipient.phone] = {**row, **times(time_zone(recipient.phone))}, token
    new = _insert(session, prepared.values())
    links.store(session, [_link(row, token, target or LinkTarget(OPT_OUT, mailing.id), now) for row, token in new])
    price = sum(row["price_micros"] for row, _token in new)
    named = {row["contact_id"] for row, _token in new}
    shared = sharing.add(session, mailing, [one for one in everyone if one.contact_id not in named])
    history.begin(session, space.id, [*named, *shared])
    if new:
        tallies.note(session, [tallies.Change(space.id, mailing.id, None, Status.QUEUED, len(new), price)])
    applying.tell_late(session, shared)
    return len(new)


def _unserved(session: Session, mailing: Mailing, recipients: Sequence[Recipient]) -> list[Recipient]:
    """All but those whom a card merged into theirs brought a message of the mailing, at another phone."""
    ids = [one.contact_id for one in recipients]
    merged = select(Contact.merged_into_id).where(Contact.space_id == mailing.space_id, Contact.merged_into_id.in_(ids))
    had = select(Message.contact_id).where(Message.space_id == mailing.space_id, Message.mailing_id == mailing.id)
    served = set(session.scalars(had.where(Message.contact_id.in_(merged), Message.status != Status.WITHDRAWN)))
    return [one for one in recipients if one.contact_id not in served]


def write_again(session: Session, message: Message, *, now: datetime, not_before: datetime | None = None) -> Message:
    """The next attempt of a message: a new message with its own id, which takes over the person's state."""
    session.execute(update(Message).where(Message.id == message.id).values(is_latest=False))
    again = copy(message, now=now, attempt=message.attempt + 1)
    again.not_before = not_before or message.not_before
    session.add(again)
    session.flush()
    sharing.hand_on(session, message, again)
    tallies.note(
        session,
        [
            tallies.Change(
                message.space_id, message.mailing_id, message.status, Status.QUEUED, price_micros=message.price_micros
            )
        ],
    )
    return again


def copy(message: Message, *, now: datetime, **words: Any) -> Message:
    """A message as another was written, queued, with what ``words`` change of its columns; not in the session yet."""
    same = {name: getattr(message, name) for name in _COPIED}
    mine = {"public_id": new_public_id(message.public_id[0]), "status": Status.QUEUED, "created_at": now}
    return Message(**{**same, **mine, **words})


def rewrite(session: Session, message: Message, body: str) -> bool:
    """Give a message that waits, and is locked, another body at the same price a part; whether it is another."""
    if body == message.body:
        return False
    part_micros, was = message.price_micros // message.parts, message.price_micros
    message.body, message.parts = body, part_count(body)
    message.price_micros = message.parts * part_micros
    change = tallies.Change(
        message.space_id, message.mailing_id, Status.QUEUED, Status.QUEUED, 0, message.price_micros - was
    )
    tallies.note(session, [change])
    return True


def get(session: Session, space_id: SpaceId, message_id: MessageId) -> Message:
    """One message of a space. Raises NotFound."""
    message = session.scalar(select(Message).where(Message.space_id == space_id, Message.id == message_id))
    if message is None:
        raise NotFound("message_unknown", _("Ce message n'existe pas."))
    return message


def only(session: Session, mailing: Mailing) -> Message:
    """The message of a mailing for one phone, just written."""
    return session.scalars(select(Message).where(Message.mailing_id == mailing.id)).one()


def of_mailing(
    session: Session, mailing_id: MailingId, *, statuses: Sequence[Status], after_id: int, limit: int
) -> Sequence[Message]:
    """A page of a mailing's latest messages, in the order they were written."""
    query = (
        select(Message)
        .where(Message.mailing_id == mailing_id, Message.is_latest, Message.id > after_id)
        .order_by(Message.id)
        .limit(limit)
    )
    return session.scalars(query.where(Message.status.in_(statuses)) if statuses else query).all()


def new_public_id(first: str) -> str:
    """``l`` or ``p``, then 128 random bits: nobody guesses the callback URL of a message."""
    return first + token_urlsafe(16)


_COPIED = (
    "space_id", "mailing_id", "contact_id", "is_personal", "phone", "fingerprint", "zone", "body", "parts",
    "price_micros", "not_before", "not_after",
)  # fmt: skip


def _insert(session: Session, prepared: Collection[_Prepared]) -> list[_Prepared]:
    """Those of these messages that are new to their mailing, written."""
    rows = [row for row, _token in prepared]
    unique = [Message.mailing_id, Message.phone, Message.attempt]
    written = set(insert_missing(session, Message, rows, unique=unique, returning=Message.public_id))
    return [(row, token) for row, token in prepared if row["public_id"] in written]


def _times(mailing: Mailing, space: Space, window: Window, zone: str) -> dict[str, Any]:
    not_after = validity.until(mailing, space, zone, window.not_before, late=window.late)
    opens_at = validity.slot(mailing, space, zone, window.not_before).opens_at
    return {"zone": zone, "not_before": opens_at, "not_after": not_after}


def _row(
    mailing: Mailing,
    recipient: Recipient,
    space: Space,
    text: str,
    settings: Settings,
    now: datetime,
) -> dict[str, Any]:
    parts = part_count(text)
    return {
        "public_id": new_public_id("p" if space.mode is Mode.PRACTICE else "l"),
        "space_id": space.id,
        "mailing_id": mailing.id,
        "contact_id": recipient.contact_id,
        "is_personal": recipient.contact_id is not None,
        "phone": recipient.phone,
        "fingerprint": recipient.fingerprint,
        "body": text,
        "parts": parts,
        "price_micros": parts * settings.part_price_micros,
        "status": Status.QUEUED,
        "attempt": 1,
        "is_latest": True,
        "created_at": now,
    }


def _link(row: dict[str, Any], token: str, target: LinkTarget, now: datetime) -> dict[str, Any]:
    return dict(
        links.row(
            token,
            now=now,
            space_id=row["space_id"],
            purpose=target.purpose,
            subject_id=target.subject_id,
            contact_id=row["contact_id"],
            fingerprint=row["fingerprint"],
        )
    )
