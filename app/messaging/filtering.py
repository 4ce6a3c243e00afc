"""A text that operators filter as unwanted: stop before the sender's name is spoiled for everybody."""

from sqlalchemy import func, literal_column, select
from sqlalchemy.orm import Session

from app.database.ids import MailingId
from app.french.language import _
from app.messaging import tallies
from app.messaging.models import Mailing, MailingState, Message
from app.messaging.settling import pause
from app.messaging.status import Status

FILTERED = 30007
MAXIMUM = 0.05
"""Above this share of the people whose text has left, the mailing is paused."""
TOO_FEW = 5
"""So few filtered texts say nothing of the text itself."""
NOT_LEFT = (Status.QUEUED, Status.WITHDRAWN)


def pause_filtered(session: Session, mailing_id: MailingId) -> None:
    """Pause a mailing of whose texts too many were filtered, while some still wait to leave."""
    if session.scalar(select(Mailing.state).where(Mailing.id == mailing_id)) is not MailingState.OPEN:
        return
    counts = tallies.progress(session, mailing_id).counts
    if not counts.get(Status.QUEUED):
        return
    left = sum(people for status, people in counts.items() if status not in NOT_LEFT)
    filtered = session.scalar(
        select(func.count()).where(
            Message.mailing_id == mailing_id,
            Message.status.in_((Status.UNDELIVERED, Status.FAILED)),
            Message.error_code == literal_column(str(FILTERED)),  # as its index says it
        )
    )
    if filtered is not None and filtered >= TOO_FEW and filtered > MAXIMUM * left:
        pause(session, {mailing_id: _("Trop de SMS filtrés comme indésirables : relisez le texte avant de reprendre.")})
