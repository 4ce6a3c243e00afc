"""A copy of a practice space has the model's past: messages that were over and done before the model was opened.

Nothing that may still leave is taken, nor what was sent in the model since: it would be sent twice, or shown on the
wall as if it had been received here.
"""

import re

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import Session

from app.accounts.copies import Copied, Copying, Values
from app.accounts.models import Space
from app.contacts.models import Contact
from app.links import service as links
from app.messaging import messages as outbox_messages
from app.messaging.models import Mailing, MailingState, Message, Receipt, Reply, Tally
from app.messaging.sharing.models import MessageSharer
from app.messaging.status import Status

_TOKEN = re.compile(re.escape(links.PATH) + r"(\w+)")
_UNSETTLED = (Status.QUEUED, Status.SENDING, Status.UNKNOWN)
"""Messages that may still leave, or be asked about at the model's account."""


def is_past(model: Space) -> ColumnElement[bool]:
    unsettled = select(Message.id).where(Message.mailing_id == Mailing.id, Message.status.in_(_UNSETTLED)).exists()
    return and_(
        Mailing.space_id == model.id,
        Mailing.state == MailingState.CLOSED,
        Mailing.created_at < model.created_at,
        ~unsettled,
    )


def _mailings(model: Space) -> Select[int]:
    return select(Mailing.id).where(is_past(model))


def _messages(model: Space) -> ColumnElement[bool]:
    return Message.mailing_id.in_(_mailings(model))


def _receipts(model: Space) -> ColumnElement[bool]:
    return Receipt.message_id.in_(select(Message.id).where(_messages(model)))


def _sharers(model: Space) -> ColumnElement[bool]:
    return and_(
        MessageSharer.space_id == model.id, MessageSharer.message_id.in_(select(Message.id).where(_messages(model)))
    )


def _tallies(model: Space) -> ColumnElement[bool]:
    return Tally.mailing_id.in_(_mailings(model))


def _replies(model: Space) -> ColumnElement[bool]:
    return and_(Reply.space_id == model.id, Reply.at < model.created_at)


def _own_messages(session: Session, messages: list[Values], copying: Copying) -> None:
    """Each with a callback id and a personal link of its own, and no id at the carrier, who took it from the model."""
    tokens = []
    for message in messages:
        token = links.new_token()
        message["public_id"] = outbox_messages.new_public_id("p")
        message["carrier_sid"] = None
        message["body"] = _TOKEN.sub(links.PATH + token, message["body"])
        tokens.append(
            links.row(
                token,
                now=copying.now,
                space_id=copying.space_id,
                purpose=outbox_messages.OPT_OUT,
                subject_id=message["mailing_id"],
                contact_id=message["contact_id"],
                fingerprint=message["fingerprint"],
            )
        )
    links.store(session, tokens)


def _own_replies(_session: Session, replies: list[Values], copying: Copying) -> None:
    """The carrier's id of a reply is known once an account."""
    for reply in replies:
        reply["account_sid"] = f"copy-{copying.space_id}"


COPIED = (
    Copied(table=Mailing, rows=is_past),
    Copied(table=Message, rows=_messages, keys={"mailing_id": Mailing, "contact_id": Contact}, prepare=_own_messages),
    Copied(table=MessageSharer, rows=_sharers, keys={"message_id": Message, "contact_id": Contact}),
    Copied(table=Receipt, rows=_receipts, keys={"message_id": Message}),
    Copied(table=Tally, rows=_tallies, keys={"mailing_id": Mailing}),
    Copied(table=Reply, rows=_replies, keys={"contact_id": Contact}, prepare=_own_replies),
)
