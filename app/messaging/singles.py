"""One text to one contact: the rules of a campaign, for a single message; and one written again to a mended number."""

import re
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.models import Activity, Space
from app.accounts.principal import Principal
from app.audiences.recipients import Recipient
from app.consent.families import Family
from app.contacts import service as contacts
from app.contacts.archiving import check_present
from app.contacts.models import Contact
from app.database.ids import MailingId, MessageId, SpaceId
from app.errors import Conflict, NotFound, RuleBroken
from app.french.language import _
from app.links import service as links
from app.messaging import acts, afterthought, messages, withdrawal
from app.messaging.body.rules import check_body
from app.messaging.messages import OPT_OUT, LinkTarget, Window
from app.messaging.models import Mailing, Message
from app.messaging.posting import parts_of, post
from app.messaging.status import LOST
from app.settings import Settings

_ELSEWHERE = (withdrawal.ARRIVED, withdrawal.FIRST_ARRIVED, withdrawal.MERGED)
"""Withdrawn because another message reached the person."""
_LINK = re.compile(rf"https?://[^\s/]+{links.PATH}(\w+)")


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
        session, space, [_recipient(contact)], body=body, family=family, window=Window(now), settings=settings, now=now
    )
    message = messages.only(session, mailing)
    activity.record(session, space.id, acts.MESSAGE_SENT, by=by, now=now, subject_id=message.id, contact=contact.id)
    return message


def send_anew(
    session: Session, space: Space, message: Message, *, phone: str, by: Principal, settings: Settings, now: datetime
) -> Message:
    """Mend the number of somebody whom a message did not reach, and write the same text to them in thirty seconds.

    ``message`` is locked. Its link keeps its purpose; what became of its mailing changes nothing. Raises RuleBroken
    for a number that cannot be or a text whose time is over, Conflict while an SMS to them is under way.
    """
    contact = _check_again(session, space.id, message)
    first = session.scalars(select(Mailing).where(Mailing.space_id == space.id, Mailing.id == message.mailing_id)).one()
    if first.expires_at is not None and first.expires_at <= now:
        sentence = _("Ce dont ce SMS parlait est passé : écrivez plutôt un nouveau SMS à cette personne.")
        raise RuleBroken("message_expired", sentence)
    contacts.edit(session, space, contact, {"phone": phone}, key=settings.fingerprint_key, by=by, now=now)
    body, target = _text_of(session, message)
    mailing = post(
        session,
        space,
        [_recipient(contact)],
        body=body,
        family=first.family,
        window=afterthought.window(now, expires_at=first.expires_at),
        settings=settings,
        now=now,
        target=target,
    )
    again = messages.only(session, mailing)
    activity.record(session, space.id, acts.MESSAGE_REWRITTEN, by=by, now=now, subject_id=message.id, again=again.id)
    return again


def price_anew(session: Session, space: Space, message: Message, *, settings: Settings) -> tuple[int, int]:
    """How many SMS a message written again is billed as, and its price in micros."""
    contact = _check_again(session, space.id, message)
    body, _target = _text_of(session, message)
    (parts,) = parts_of(space, [_recipient(contact)], body=messages.with_link(body), settings=settings)
    return parts, parts * settings.part_price_micros


def may_send_anew(session: Session, space_id: SpaceId, message: Message) -> bool:
    """Whether a message was lost to somebody who is still there, and none was written in its place since."""
    try:
        _check_again(session, space_id, message)
    except (Conflict, RuleBroken):
        return False
    return True


def sent_anew(session: Session, space_id: SpaceId, message_ids: Collection[MessageId]) -> dict[MessageId, Message]:
    """The latest message written in the place of each of these, {id of the first: the other}."""
    told = select(Activity.subject_id, Activity.detail).where(
        Activity.space_id == space_id,
        Activity.verb == acts.MESSAGE_REWRITTEN.verb,
        Activity.subject == acts.MESSAGE_REWRITTEN.subject,
        Activity.subject_id.in_(message_ids),
    )
    places = {detail["again"]: first_id for first_id, detail in session.execute(told.order_by(Activity.id))}
    query = select(Message).where(Message.space_id == space_id, Message.id.in_(places)).order_by(Message.id)
    return {MessageId(places[one.id]): one for one in session.scalars(query)} if places else {}


def not_reached(session: Session, space_id: SpaceId, mailing_id: MailingId, *, limit: int) -> list[Message]:
    """The messages of a mailing whose people got neither them nor another in their place. Raises NotFound."""
    mailing = session.scalar(select(Mailing.id).where(Mailing.space_id == space_id, Mailing.id == mailing_id))
    if mailing is None:
        raise NotFound("mailing_unknown", _("Cet envoi n'existe pas."))
    found = messages.of_mailing(session, mailing, statuses=LOST, after_id=0, limit=limit)
    anew = sent_anew(session, space_id, [one.id for one in found])
    reached = {first_id for first_id, one in anew.items() if one.status not in LOST}
    return [one for one in found if one.reason not in _ELSEWHERE and one.id not in reached]


def is_alone(session: Session, message: Message) -> bool:
    """Whether a message has its mailing for itself."""
    others = select(Message.id).where(Message.space_id == message.space_id, Message.mailing_id == message.mailing_id)
    return session.scalar(others.where(Message.id != message.id).limit(1)) is None


def _check_again(session: Session, space_id: SpaceId, message: Message) -> Contact:
    again = sent_anew(session, space_id, [message.id]).get(message.id)
    if message.status not in LOST or not message.is_latest or (again is not None and again.status not in LOST):
        raise Conflict("message_under_way", _("Un SMS est déjà en route ou arrivé pour cette personne."))
    if message.contact_id is None:
        raise RuleBroken("contact_unknown", _("Cette personne n'a plus de fiche."))
    contact = contacts.get(session, space_id, message.contact_id)
    check_present(contact)
    return contact


def _recipient(contact: Contact) -> Recipient:
    return Recipient(
        contact.id,
        contact.phone,
        contact.fingerprint,
        {"prénom": contact.first_name, "nom": contact.last_name},
        birth_year=contact.birth_year,
        phone_is_parents=contact.phone_is_parents,
    )


def _text_of(session: Session, message: Message) -> tuple[str, LinkTarget | None]:
    """The text of a message with the place of its link, and what page that link opened."""
    body = message.body.replace("{", "(").replace("}", ")")
    for found in _LINK.finditer(body):
        link = links.find(session, found[1])
        if link is not None:
            target = None
            if link.purpose != OPT_OUT and link.subject_id is not None:
                target = LinkTarget(link.purpose, link.subject_id)
            return body.replace(found[0], "{lien}"), target
    return body, None
