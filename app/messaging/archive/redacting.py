"""Texts that go before their month does: no body and no number is left, and every count and price stays."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, or_, update
from sqlalchemy.orm import Session

from app.database.ids import MailingId, SpaceId
from app.messaging.in_doubt import LONGEST_SILENCE
from app.messaging.mailings import UNSETTLED
from app.messaging.models import Message

_BLANK = {"body": "", "phone": "", "fingerprint": ""}


def redact(session: Session, space_id: SpaceId, mailing_ids: Collection[MailingId], *, now: datetime) -> None:
    """Erase the texts of mailings of one person each, and the numbers that they went to.

    One whose end nobody knows yet stays while its carrier is asked about it: it is known again by its words.
    """
    left_at = func.coalesce(Message.claimed_at, Message.created_at)  # the silence is the carrier's, not the queue's
    settled = or_(Message.status.not_in(UNSETTLED), left_at < now - LONGEST_SILENCE)
    its = (Message.space_id == space_id, Message.mailing_id.in_(mailing_ids))
    session.execute(update(Message).where(*its, settled).values(_BLANK))
