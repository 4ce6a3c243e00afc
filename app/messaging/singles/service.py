"""One text to one contact: the rules of a campaign, for a single message; and how it goes."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.models import Activity, Space
from app.accounts.principal import Principal
from app.audiences.recipients import Recipient
from app.consent.families import Family
from app.contacts.archiving import check_present
from app.contacts.models import Contact
from app.database.ids import MailingId, MessageId, SpaceId
from app.errors import Conflict, NotFound
from app.french.language import _
from app.messaging import acts, afterthought, mailings, messages, withdrawal
from app.messaging.body.rules import check_body
from app.messaging.messages import Window
from app.messaging.models import Mailing, Message
from app.messaging.posting import post
from app.messaging.singles import owners
from app.messaging.status import LOST
from app.settings import Settings

ELSEWHERE = (withdrawal.ARRIVED, withdrawal.FIRST_ARRIVED, withdrawal.MERGED, withdrawal.SHARED)
"""Withdrawn because another message reached the person."""


def send(
    session: Session,
    space: Space,
    contact: Contact,
    *,
    body: str,
    family: Family,
    by: Principal,
    settings: Settings,
    now: datetime,
) -> Message:
    """Queue one message for the first allowed instant. Raises RuleBroken for a text or a person that cannot be."""
    check_body(body, two_way=space.two_way)
    check_present(contact)
    mailing = post(
        session, space, [recipient(contact)], body=body, family=family, window=Window(now), settings=settings, now=now
    )
    message = messages.only(session, mailing)
    activity.record(session, space.id, acts.MESSAGE_SENT, by=by, now=now, subject_id=message.id, contact=contact.id)
    return message


def sent_anew(session: Session, space_id: SpaceId, message_ids: Collection[MessageId]) -> dict[MessageId, Message]:
    """The message that stands in the place of each of these that was written again, {id of the first: the other}.

    Of those written again more than once, or tried again since, it is the last that arrived or may; else the last.
    """
    found: dict[MessageId, Message] = {}
    replaced = {one: one for one in message_ids}
    while replaced:
        tries = _in_place_of(session, space_id, replaced)
        for first_id, one in tries:
            other = found.get(first_id)
            if one.is_latest and (other is None or other.status in LOST or one.status not in LOST):
                found[first_id] = one
        replaced = {one.id: first_id for first_id, one in tries}
    return found


def not_reached(session: Session, space_id: SpaceId, mailing_id: MailingId, *, limit: int) -> list[Message]:
    """The messages of a mailing whose people got neither them nor another in their place. Raises NotFound."""
    mailing = session.scalar(select(Mailing.id).where(Mailing.space_id == space_id, Mailing.id == mailing_id))
    if mailing is None:
        raise NotFound("mailing_unknown", _("Cet envoi n'existe pas."))
    found = messages.of_mailing(session, mailing, statuses=LOST, after_id=0, limit=limit)
    anew = sent_anew(session, space_id, [one.id for one in found])
    reached = {first_id for first_id, one in anew.items() if one.status not in LOST}
    return [one for one in found if one.reason not in ELSEWHERE and one.id not in reached]


def stop(session: Session, space: Space, message: Message, *, by: Principal, now: datetime) -> bool:
    """End the mailing that a message has for itself, as its owner does; whether it had not left.

    Raises Conflict for a message among others. What is over already changes nothing.
    """
    if not may_stop(session, space, message):
        raise Conflict("mailing_of_many", _("Ce SMS est celui d'un envoi : arrêtez-le depuis la page de l'envoi."))
    in_time = owners.stop(session, space, message.mailing_id, by=by, now=now)
    if in_time is not None:
        return in_time
    is_new = not mailings.is_over(session.get_one(Mailing, message.mailing_id))
    _people, in_time = afterthought.stop(session, space, message.mailing_id, now=now)
    if is_new:
        activity.record(session, space.id, acts.MAILING_CANCELLED, by=by, now=now, subject_id=message.mailing_id)
    return in_time


def may_stop(session: Session, space: Space, message: Message) -> bool:
    """Whether its mailing has written to nobody else, and is not a sending with a page of its own."""
    others = select(Message.id).where(Message.space_id == space.id, Message.mailing_id == message.mailing_id)
    is_alone = session.scalar(others.where(Message.phone != message.phone).limit(1)) is None
    return is_alone and owners.may_stop(session, space, message.mailing_id)


def recipient(contact: Contact) -> Recipient:
    """Somebody with what fills the places of their text."""
    return Recipient(
        contact.id,
        contact.phone,
        contact.fingerprint,
        {"prénom": contact.first_name, "nom": contact.last_name},
        birth_year=contact.birth_year,
        phone_is_parents=contact.phone_is_parents,
    )


def _in_place_of(
    session: Session, space_id: SpaceId, first_of: Mapping[MessageId, MessageId]
) -> list[tuple[MessageId, Message]]:
    """Every try of what was written in the place of these, {their id: id of the first}: [(id of the first, a try)]."""
    told = select(Activity.subject_id, Activity.detail).where(
        Activity.space_id == space_id,
        Activity.verb == acts.MESSAGE_REWRITTEN.verb,
        Activity.subject == acts.MESSAGE_REWRITTEN.subject,
        Activity.subject_id.in_(first_of),
    )
    places = {detail["again"]: first_of[MessageId(one)] for one, detail in session.execute(told.order_by(Activity.id))}
    if not places:
        return []
    its = select(Message.mailing_id, Message.id).where(Message.space_id == space_id, Message.id.in_(places))
    mailing_of = {row.mailing_id: places[row.id] for row in session.execute(its)}
    query = select(Message).where(Message.space_id == space_id, Message.mailing_id.in_(mailing_of))
    return [(mailing_of[one.mailing_id], one) for one in session.scalars(query.order_by(Message.id))]
