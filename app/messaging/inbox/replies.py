"""Texts that come back: every one is kept, STOP is obeyed, and a person reads what no rule understands."""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app.accounts import activity, secrets
from app.accounts.models import Mode, Space
from app.accounts.principal import TAMBOUR, Principal
from app.consent import service as consent
from app.consent.models import Act, Channel
from app.consent.words import is_ambiguous, reads_as_start, reads_as_stop
from app.contacts import history
from app.contacts.archiving import OLDEST_PRESENT
from app.contacts.history import News
from app.contacts.models import Contact
from app.contacts.pairs import recognising
from app.database.engine import insert_missing
from app.database.functions import among
from app.database.ids import SpaceId
from app.errors import NotFound
from app.french.language import _
from app.hooks import emitting
from app.hooks.events import Kind
from app.messaging import acts
from app.messaging.models import Mailing, Meaning, Message, Reply
from app.messaging.status import Status
from app.settings import Settings

log = logging.getLogger(__name__)

BY = TAMBOUR
PAGE = "page"
"""In place of a carrier's account, for what somebody typed on a page of ours."""


@dataclass(frozen=True)
class Incoming:
    """One inbound text as the carrier gave it."""

    account_sid: str
    carrier_sid: str
    phone: str
    to: str
    body: str
    opt_out_type: str = ""
    """STOP, START or HELP when the carrier has already acted on it."""


def space_of(session: Session, incoming: Incoming, *, settings: Settings) -> Space | None:
    """Whose text it is: a practice space by its account, a live one by the number that was answered.

    A number that several spaces share, or that its space has given up since, is known by the last text it sent there:
    an objection must never be lost.
    """
    if incoming.account_sid != settings.twilio_account_sid:
        return session.scalar(select(Space).where(Space.carrier_account_sid == incoming.account_sid))
    live = select(Space).where(Space.mode == Mode.LIVE)
    owners = session.scalars(live.where(Space.sender == incoming.to, Space.two_way).order_by(Space.id)).all()
    if len(owners) == 1:
        return owners[0]
    texted = (
        live.join(Message, Message.space_id == Space.id)
        .join(Mailing, Mailing.id == Message.mailing_id)
        .where(Message.phone == incoming.phone, Mailing.sender == incoming.to)
        .order_by(Message.id.desc())
        .limit(1)
    )
    return session.scalar(texted) or next(iter(owners), None)


def receive(
    session: Session,
    space: Space,
    incoming: Incoming,
    *,
    settings: Settings,
    now: datetime,
    said_at: datetime | None = None,
    raw: Mapping[str, str] | None = None,
) -> Reply | None:
    """Keep a text and obey it; None when the carrier gave the same one before.

    ``said_at``: when it was written, for one that comes late. It undoes nothing that was said since.
    """
    reply = _keep(session, space, incoming, raw or {}, said_at or now)
    if reply is None:
        return None
    fingerprint = secrets.fingerprint(incoming.phone, key=settings.fingerprint_key)
    act = {Meaning.STOP.value: consent.object_to, Meaning.START.value: consent.restore}.get(reply.meaning)
    if act and said_at and _is_outdated(session, space, reply, fingerprint):
        reply.handled_at, reply.handled_by = now, BY.name
    elif act:
        act(
            session, space.id, fingerprint,
            channel=Channel.SMS, by=BY, now=reply.at, contact_id=reply.contact_id, wording=incoming.body,
        )  # fmt: skip
        reply.handled_at, reply.handled_by = now, BY.name
    activity.record(session, space.id, acts.REPLY_RECEIVED, by=BY, now=now, subject_id=reply.id, meaning=reply.meaning)
    emitting.emit(
        session, space.id, Kind.ANSWER_RECEIVED,
        now=now, mission_id=None, contact_id=reply.contact_id, answer=None, by="reply", at=reply.at.isoformat(),
        reply_id=reply.id, meaning=reply.meaning,
    )  # fmt: skip
    if reply.contact_id is not None:
        history.note(session, News(answered={reply.contact_id: reply.at}))
    return reply


def _is_outdated(session: Session, space: Space, reply: Reply, fingerprint: str) -> bool:
    """Whether the contrary was said after a text that comes late."""
    contrary = Act.RESTORED if reply.meaning == Meaning.STOP.value else Act.OBJECTED
    return consent.said_since(session, space.id, fingerprint, contrary, since=reply.at)


def _keep(session: Session, space: Space, incoming: Incoming, raw: Mapping[str, str], now: datetime) -> Reply | None:
    writer = _writer(session, space, incoming.phone)
    row = {
        "space_id": space.id,
        "account_sid": incoming.account_sid,
        "carrier_sid": incoming.carrier_sid,
        "contact_id": writer and writer.id,
        "phone": incoming.phone[:24],
        "body": incoming.body,
        "meaning": meaning_of(incoming).value,
        "at": now,
        "handled_by": "",
        "raw": dict(raw),
    }
    new = insert_missing(session, Reply, [row], unique=[Reply.account_sid, Reply.carrier_sid], returning=Reply.id)
    return session.get_one(Reply, new[0]) if new else None


def _writer(session: Session, space: Space, phone: str) -> Contact | None:
    """Whose phone it is, or who was last texted there: their number has changed since, what they say has not."""
    at_phone = select(Contact).where(Contact.space_id == space.id, Contact.phone == phone)
    texted = (
        select(Contact)
        .join(Message, Message.contact_id == Contact.id)
        .where(Contact.space_id == space.id, Message.space_id == space.id, Message.phone == phone)
        .where(Message.status.not_in((Status.QUEUED, Status.WITHDRAWN)))
    )
    found = session.scalar(at_phone.order_by(*OLDEST_PRESENT).limit(1))
    found = found or session.scalar(texted.order_by(Message.id.desc()).limit(1))
    return found and (recognising.survivor(session, found) or found)


def ask_a_person(session: Session, space: Space, *, phone: str, body: str, now: datetime) -> None:
    """Put words of ours among the replies, as unclear: a person must read them and act."""
    reply = Reply(
        space_id=space.id, account_sid=PAGE, carrier_sid=secrets.new_word(), phone=phone, body=body, at=now,
        meaning=Meaning.UNCLEAR.value,
    )  # fmt: skip
    session.add(reply)
    session.flush()
    activity.record(session, space.id, acts.REPLY_RECEIVED, by=BY, now=now, subject_id=reply.id, meaning=reply.meaning)


def page(session: Session, space_id: SpaceId, *, before_id: int | None, limit: int) -> Sequence[Reply]:
    """Replies, newest first, but those that press."""
    query = select(Reply).where(Reply.space_id == space_id, ~_PRESSING).order_by(Reply.id.desc()).limit(limit)
    return session.scalars(query.where(Reply.id < before_id) if before_id else query).all()


_PRESSING = and_(Reply.meaning == Meaning.UNCLEAR.value, Reply.handled_at.is_(None))
MAX_PRESSING = 100


def pressing(session: Session, space_id: SpaceId) -> Sequence[Reply]:
    """What may be an objection and nobody has read: before all others."""
    query = select(Reply).where(Reply.space_id == space_id, _PRESSING).order_by(Reply.id.desc()).limit(MAX_PRESSING)
    return session.scalars(query).all()


def pressing_among(session: Session, space_id: SpaceId, phones: Collection[str]) -> set[str]:
    """Which of these phones sent what may be an objection and nobody has read: only service texts leave to them."""
    query = select(Reply.phone).where(Reply.space_id == space_id, among(Reply.phone, phones), _PRESSING)
    return set(session.scalars(query))


def waiting(session: Session, space_id: SpaceId) -> int:
    """How many replies nobody has read yet."""
    return int(session.scalar(select(func.count()).where(Reply.space_id == space_id, Reply.handled_at.is_(None))) or 0)


def handle(session: Session, space_id: SpaceId, reply_id: int, *, by: Principal, now: datetime) -> Reply:
    """Note that somebody read it."""
    reply = session.scalar(select(Reply).where(Reply.space_id == space_id, Reply.id == reply_id))
    if reply is None:
        raise NotFound("reply_unknown", _("Cette réponse n'existe pas."))
    if reply.handled_at is None:
        reply.handled_at, reply.handled_by = now, by.name
        activity.record(session, space_id, acts.REPLY_HANDLED, by=by, now=now, subject_id=reply_id)
    return reply


def obey(session: Session, space_id: SpaceId, reply_id: int, *, key: str, by: Principal, now: datetime) -> Reply:
    """Somebody read an objection in it: its phone gets no more SMS, whether a card has it or not.

    ``key`` is that of fingerprints. The ledger keeps the words of the reply.
    """
    reply = handle(session, space_id, reply_id, by=by, now=now)
    consent.object_to(
        session, space_id, secrets.fingerprint(reply.phone, key=key),
        channel=Channel.SMS, by=by, now=now, contact_id=reply.contact_id, wording=reply.body,
    )  # fmt: skip
    return reply


def opted_out(session: Session, space_id: SpaceId, replies: Collection[Reply], *, key: str) -> set[str]:
    """The phones of these replies that already want no SMS of any family."""
    by_fingerprint = {secrets.fingerprint(reply.phone, key=key): reply.phone for reply in replies}
    return {by_fingerprint[one] for one in consent.opted_out(session, space_id, by_fingerprint)}


def meaning_of(incoming: Incoming) -> Meaning:
    """What a text asks for: the carrier's word first, where it has already acted on it, then its own words."""
    said = incoming.opt_out_type.upper()
    if said == "STOP" or reads_as_stop(incoming.body):
        return Meaning.STOP
    if said == "START" or reads_as_start(incoming.body):
        return Meaning.START
    return Meaning.UNCLEAR if is_ambiguous(incoming.body) else Meaning.ORDINARY
