"""A text that did not reach somebody, written again to their mended number."""

import re
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import activity, spaces
from app.accounts.models import Space
from app.accounts.principal import Principal
from app.accounts.secrets import LINK_CHARACTERS
from app.carrier.codes import Action, explain
from app.consent import service as consent
from app.contacts import service as contacts
from app.contacts.archiving import check_present
from app.contacts.models import Contact
from app.database.ids import SpaceId
from app.errors import Conflict, RuleBroken
from app.french.language import _
from app.links import service as links
from app.messaging import acts, afterthought, messages, withdrawal
from app.messaging.messages import OPT_OUT, LinkTarget
from app.messaging.models import Mailing, Message
from app.messaging.posting import parts_of, post
from app.messaging.singles.service import ELSEWHERE, LOST, recipient, sent_anew
from app.settings import Settings

OPPOSED = (consent.OPTED_OUT, consent.ONLY_MISSIONS, consent.NO_CONSENT)
"""Withdrawn because its person did not want it."""
_LINK = re.compile(rf"https?://[^\s/]+{links.PATH}(\w{{{LINK_CHARACTERS}}})")


def send_anew(
    session: Session, space: Space, message: Message, *, phone: str, by: Principal, settings: Settings, now: datetime
) -> Message:
    """Mend the number of somebody whom a message did not reach, and write the same text to them in thirty seconds.

    Its link keeps its purpose; what became of its mailing changes nothing. Raises RuleBroken for a number that cannot
    be, a text whose time is over or whoever did not want it, Conflict while an SMS to them is under way.
    """
    spaces.lock(session, space.id)  # before the message and the card, as merging and importing do
    session.refresh(message, with_for_update=True)
    contact = _check(session, space.id, message, lock=True)
    first = _mailing(session, message)
    if first.expires_at is not None and first.expires_at <= now:
        sentence = _("Ce dont ce SMS parlait est passé : écrivez plutôt un nouveau SMS à cette personne.")
        raise RuleBroken("message_expired", sentence)
    contacts.edit(session, space, contact, {"phone": phone}, key=settings.fingerprint_key, by=by, now=now)
    body, target = _text_of(session, message)
    mailing = post(
        session,
        space,
        [recipient(contact)],
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
    contact = _check(session, space.id, message)
    body, _target = _text_of(session, message)
    (parts,) = parts_of(space, [recipient(contact)], body=messages.with_link(body), settings=settings)
    return parts, parts * settings.part_price_micros


def may_send_anew(session: Session, space_id: SpaceId, message: Message) -> bool:
    """Whether a message was lost to somebody who is still there and did not refuse it, and none was written since."""
    return not why_not(session, space_id, message)


def why_not(session: Session, space_id: SpaceId, message: Message) -> str:
    """Why a message is not to be written again and what to do instead, in a sentence; empty when it may be."""
    try:
        _check(session, space_id, message)
    except (Conflict, RuleBroken) as refusal:
        return refusal.sentence
    return ""


def _check(session: Session, space_id: SpaceId, message: Message, *, lock: bool = False) -> Contact:
    again = sent_anew(session, space_id, [message.id]).get(message.id)
    if message.status not in LOST or not message.is_latest or (again is not None and again.status not in LOST):
        raise Conflict("message_under_way", _("Un SMS est déjà en route ou arrivé pour cette personne."))
    if message.reason in ELSEWHERE:
        why = withdrawal.sentence(message.reason)
        raise Conflict("message_elsewhere", _("%(why)s Pour lui dire autre chose, écrivez un nouveau SMS.", why=why))
    if message.contact_id is None:
        raise RuleBroken("contact_unknown", _("Cette personne n'a plus de fiche."))
    contact = contacts.get(session, space_id, message.contact_id, lock=lock)
    check_present(contact)
    _check_wanted(session, space_id, message, contact)
    return contact


def _check_wanted(session: Session, space_id: SpaceId, message: Message, contact: Contact) -> None:
    """A « plus de SMS » is the person's: another number does not undo it."""
    phones = (message.fingerprint, contact.fingerprint)
    blocked = consent.blocked(session, space_id, _mailing(session, message).family, phones)
    reason = next((blocked[one] for one in phones if one in blocked), "")
    if reason:
        sentence = _(
            "%(why)s Un autre numéro n'y change rien : téléphonez. Si elle a changé d'avis, notez-le sur sa fiche.",
            why=withdrawal.sentence(reason),
        )
        raise RuleBroken(reason, sentence)
    if message.reason in OPPOSED or explain(message.error_code).action is Action.RECORD_OBJECTION:
        sentence = _("Cette personne ne voulait pas de ce SMS. Si elle a changé d'avis, écrivez-lui un nouveau SMS.")
        raise RuleBroken(message.reason or consent.OPTED_OUT, sentence)


def _mailing(session: Session, message: Message) -> Mailing:
    its = select(Mailing).where(Mailing.space_id == message.space_id, Mailing.id == message.mailing_id)
    return session.scalars(its).one()


def _text_of(session: Session, message: Message) -> tuple[str, LinkTarget | None]:
    """The text of a message with the place of its own link, and what page that link opened.

    Somebody else's link, pasted into the text, stays as it was written.
    """
    body = message.body.replace("{", "(").replace("}", ")")
    for found in reversed(list(_LINK.finditer(body))):
        link = links.find(session, found[1])
        if link is not None and (link.space_id, link.contact_id) == (message.space_id, message.contact_id):
            target = None
            if link.purpose != OPT_OUT and link.subject_id is not None:
                target = LinkTarget(link.purpose, link.subject_id)
            return body.replace(found[0], "{lien}"), target
    return body, None
