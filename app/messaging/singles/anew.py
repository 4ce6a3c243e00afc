"""A text that did not reach somebody, written again to their mended number."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import activity, spaces
from app.accounts.models import Space
from app.accounts.principal import Principal
from app.accounts.secrets import LINK_CHARACTERS
from app.audiences.recipients import Recipient
from app.carrier.codes import Action, explain
from app.consent import service as consent
from app.consent.families import Family
from app.contacts import service as contacts
from app.contacts.archiving import check_present
from app.contacts.models import Contact
from app.errors import Conflict, RuleBroken
from app.french.language import _
from app.links import service as links
from app.messaging import acts, afterthought, mailings, messages, withdrawal
from app.messaging.body.text import FIELDS
from app.messaging.claims import calls_among
from app.messaging.messages import OPT_OUT, LinkTarget
from app.messaging.models import Mailing, Message
from app.messaging.posting import parts_of, post
from app.messaging.singles import owners
from app.messaging.singles.owners import Draft
from app.messaging.singles.service import ELSEWHERE, recipient, sent_anew
from app.messaging.status import LOST
from app.settings import Settings

OPPOSED = (consent.OPTED_OUT, consent.ONLY_MISSIONS, consent.NO_CONSENT)
"""Withdrawn because its person did not want it."""
_LINK = re.compile(rf"https?://[^\s/]+{links.PATH}(\w{{{LINK_CHARACTERS}}})")


@dataclass(frozen=True)
class Preview:
    """A message as it would be written again: its text, how many SMS it is billed as, and their price in micros."""

    body: str
    parts: int
    price_micros: int


@dataclass(frozen=True)
class _Lost:
    """A message that may be written again: to whom, of which mailing, and what its owner makes of it."""

    contact: Contact
    first: Mailing
    draft: Draft | None

    @property
    def known(self) -> Collection[str]:
        return self.draft.known if self.draft else FIELDS

    def recipient(self) -> Recipient:
        return self.draft.recipient(self.contact) if self.draft else recipient(self.contact)


def send_anew(
    session: Session, space: Space, message: Message, *, phone: str, by: Principal, settings: Settings, now: datetime
) -> Message:
    """Mend the number of somebody whom a message did not reach, and write the same text to them in thirty seconds.

    Its link keeps its purpose; what its mailing spoke of is said as it is today, and followed. Raises RuleBroken for a
    number that cannot be, a text that is true no more or whoever did not want it, Conflict while an SMS is under way.
    """
    owners.hold(session, space, message.mailing_id)
    spaces.lock(session, space.id)  # before the message and the card, as merging and importing do
    session.refresh(message, with_for_update=True)
    lost = _check(session, space, message, now=now, lock=True)
    contacts.edit(session, space, lost.contact, {"phone": phone}, key=settings.fingerprint_key, by=by, now=now)
    text = _text_of(session, message, lost.draft)

    def open_mailing() -> Mailing:
        mailing = mailings.open(session, space, family=lost.first.family, priority=lost.first.priority, now=now)
        if lost.draft:
            lost.draft.follow(mailing)
        return mailing

    mailing = post(
        session,
        space,
        [lost.recipient()],
        body=text.body,
        family=lost.first.family,
        window=afterthought.window(now, expires_at=lost.first.expires_at),
        settings=settings,
        now=now,
        open_mailing=open_mailing,
        target=text.target,
        known=lost.known,
    )
    again = messages.only(session, mailing)
    activity.record(session, space.id, acts.MESSAGE_REWRITTEN, by=by, now=now, subject_id=message.id, again=again.id)
    return again


def preview(session: Session, space: Space, message: Message, *, settings: Settings, now: datetime) -> Preview:
    """What writing a message again would say and cost. Raises as ``send_anew`` does."""
    lost = _check(session, space, message, now=now)
    text = _text_of(session, message, lost.draft)
    body, one = messages.with_link(text.body, known=lost.known), lost.recipient()
    (parts,) = parts_of(space, [one], body=body, settings=settings)
    link = text.link or messages.sample_link(settings)
    return Preview(messages.compose(body, one, space=space, link=link), parts, parts * settings.part_price_micros)


def why_not(session: Session, space: Space, message: Message, *, now: datetime) -> str:
    """Why a message is not to be written again and what to do instead, in a sentence; empty when it may be."""
    try:
        _check(session, space, message, now=now)
    except (Conflict, RuleBroken) as refusal:
        return refusal.sentence
    return ""


def _check(session: Session, space: Space, message: Message, *, now: datetime, lock: bool = False) -> _Lost:
    again = sent_anew(session, space.id, [message.id]).get(message.id)
    if message.status not in LOST or not message.is_latest or (again is not None and again.status not in LOST):
        raise Conflict("message_under_way", _("Un SMS est déjà en route ou arrivé pour cette personne."))
    if message.reason in (*ELSEWHERE, withdrawal.CHANGED):
        raise Conflict("message_elsewhere", _("Pour dire autre chose à cette personne, écrivez un nouveau SMS."))
    if message.contact_id is None:
        raise RuleBroken("contact_unknown", _("Cette personne n'a plus de fiche."))
    contact = contacts.get(session, space.id, message.contact_id, lock=lock)
    check_present(contact)
    its = select(Mailing).where(Mailing.space_id == space.id, Mailing.id == message.mailing_id)
    first = session.scalars(its).one()
    _check_wanted(session, message, contact, first.family)
    draft = owners.draft(session, space, message, contact, now=now)
    if first.expires_at is not None and first.expires_at <= now:
        sentence = _("Ce dont ce SMS parlait est passé : écrivez plutôt un nouveau SMS à cette personne.")
        raise RuleBroken("message_expired", sentence)
    return _Lost(contact, first, draft)


def _check_wanted(session: Session, message: Message, contact: Contact, family: Family) -> None:
    """A « plus de SMS » is the person's: another number does not undo it."""
    if family is Family.SERVICE and calls_among(session, contact.space_id, [message.id]):
        family = Family.CHARITABLE
    phones = (message.fingerprint, contact.fingerprint)
    blocked = consent.blocked(session, contact.space_id, family, phones)
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


@dataclass(frozen=True)
class _Text:
    """``body`` with the places it holds, the page that its link is to open, and the link of the first message."""

    body: str
    target: LinkTarget | None = None
    link: str = ""


def _text_of(session: Session, message: Message, draft: Draft | None) -> _Text:
    """The text as its owner has it, or that of the message with the place of its own link.

    Somebody else's link, pasted into the text, stays as it was written.
    """
    body = message.body.replace("{", "(").replace("}", ")")
    text = _Text(body)
    for found in reversed(list(_LINK.finditer(body))):
        link = links.find(session, found[1])
        if link is not None and (link.space_id, link.contact_id) == (message.space_id, message.contact_id):
            target = None
            if link.purpose != OPT_OUT and link.subject_id is not None:
                target = LinkTarget(link.purpose, link.subject_id)
            text = _Text(body.replace(found[0], "{lien}"), target, found[0])
            break
    return _Text(draft.body, draft.target, text.link) if draft and draft.body else text
