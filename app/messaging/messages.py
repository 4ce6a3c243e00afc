"""Messages written into the outbox: one per phone of a mailing, its text rendered, its price known."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
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
from app.database.bulk import write_rows
from app.database.functions import among
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
"""What a message's row has of its own, and the token of the link in its text."""
_OWN = (
    "public_id", "contact_id", "is_personal", "phone", "fingerprint", "zone", "body", "parts", "price_micros",
    "not_before", "not_after",
)  # fmt: skip


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
    everyone = _unserved(session, mailing, list(recipients))
    by_phone: dict[str, Recipient] = {}
    for one in everyone:
        by_phone.setdefault(one.phone, one)
    ids = _new_public_ids("p" if space.mode is Mode.PRACTICE else "l", len(by_phone))
    prepared: list[_Prepared] = []
    for public_id, token, one in zip(ids, links.new_tokens(len(by_phone)), by_phone.values(), strict=True):
        text = compose(body, one, space=space, link=links.address(settings.link_url, token))
        row = _row(public_id, one, text, settings.part_price_micros)
        prepared.append(({**row, **times(time_zone(one.phone))}, token))
    new = _insert(session, mailing, prepared, now=now)
    page = {"space_id": space.id, **asdict(target or LinkTarget(OPT_OUT, mailing.id))}
    links.store(session, [_link(row, token, page, now) for row, token in new])
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
    ids = {one.contact_id for one in recipients if one.contact_id is not None}
    if not ids:
        return list(recipients)
    # No space here: SQLite would read all of its people. These ids are of one space, and so is who merges into them.
    into = select(Contact.merged_into_id).where(Contact.merged_into_id.between(min(ids), max(ids)))
    merged = ids.intersection(session.scalars(into))
    if not merged:  # nearly always: the messages of the mailing are not looked through for each batch of it
        return list(recipients)
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
    return _new_public_ids(first, 1)[0]


def _new_public_ids(first: str, count: int) -> list[str]:
    """The bits of all are drawn together, 18 bytes each, which are 24 characters: two more than each keeps."""
    drawn = token_urlsafe(18 * count)
    return [first + drawn[at : at + 22] for at in range(0, 24 * count, 24)]


_COPIED = (
    "space_id", "mailing_id", "contact_id", "is_personal", "phone", "fingerprint", "zone", "body", "parts",
    "price_micros", "not_before", "not_after",
)  # fmt: skip


def _insert(session: Session, mailing: Mailing, prepared: list[_Prepared], *, now: datetime) -> list[_Prepared]:
    """Those of these messages that are new to their mailing, written: one a phone, whoever else writes meanwhile."""
    rows = [row for row, _token in prepared]
    same = {"space_id": mailing.space_id, "mailing_id": mailing.id, "status": Status.QUEUED, "created_at": now}
    first = {"attempt": 1, "is_latest": True, "doubts": 0, "reason": ""}
    if write_rows(session, Message, rows, names=_OWN, missing=True, **same, **first) == len(rows):
        return prepared
    mine = select(Message.public_id).where(among(Message.public_id, [row["public_id"] for row in rows]))
    written = set(session.scalars(mine))
    return [(row, token) for row, token in prepared if row["public_id"] in written]


def _times(mailing: Mailing, space: Space, window: Window, zone: str) -> dict[str, Any]:
    not_after = validity.until(mailing, space, zone, window.not_before, late=window.late)
    opens_at = validity.slot(mailing, space, zone, window.not_before).opens_at
    return {"zone": zone, "not_before": opens_at, "not_after": not_after}


def _row(public_id: str, recipient: Recipient, text: str, part_micros: int) -> dict[str, Any]:
    parts = part_count(text)
    return {
        "public_id": public_id,
        "contact_id": recipient.contact_id,
        "is_personal": recipient.contact_id is not None,
        "phone": recipient.phone,
        "fingerprint": recipient.fingerprint,
        "body": text,
        "parts": parts,
        "price_micros": parts * part_micros,
    }


def _link(row: Mapping[str, Any], token: str, page: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    return links.row(token, now=now, contact_id=row["contact_id"], fingerprint=row["fingerprint"], **page)
