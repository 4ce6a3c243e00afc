"""Mailings that an error stopped and no campaign owns: invitations, reminders, news, single messages."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.campaigns.models import Campaign
from app.database.ids import ContactId, EventId, MailingId, SpaceId
from app.errors import NotFound
from app.events.models import EventMailing
from app.french.language import _
from app.messaging.models import Mailing, MailingState, Message
from app.messaging.status import Status


def get(session: Session, space_id: SpaceId, mailing_id: MailingId) -> Mailing:
    """A mailing of the space that no campaign owns. Raises NotFound."""
    mailing = session.scalar(
        select(Mailing).where(
            Mailing.space_id == space_id, Mailing.id == mailing_id, Mailing.id.not_in(_of_campaigns())
        )
    )
    if mailing is None:
        raise NotFound("mailing_unknown", _("Cet envoi n'existe pas."))
    return mailing


def of_event(session: Session, event_id: EventId) -> Sequence[Mailing]:
    """The mailings of an event that an error stopped while something waits in them."""
    its = select(EventMailing.mailing_id).where(EventMailing.event_id == event_id)
    return session.scalars(_stopped().where(Mailing.id.in_(its))).all()


def of_contact(session: Session, space_id: SpaceId, contact_id: ContactId) -> Sequence[Mailing]:
    """The stopped mailings in which a message to this person waits."""
    theirs = select(Message.mailing_id).where(Message.contact_id == contact_id, Message.status == Status.QUEUED)
    return session.scalars(_stopped().where(Mailing.space_id == space_id, Mailing.id.in_(theirs))).all()


def subject(session: Session, mailing_id: MailingId) -> tuple[int | None, int | None]:
    """What a mailing speaks of: (event id, None), or (None, the contact id of its one message, if there is one)."""
    event_id = session.scalar(select(EventMailing.event_id).where(EventMailing.mailing_id == mailing_id))
    if event_id is not None:
        return event_id, None
    return None, session.scalar(select(Message.contact_id).where(Message.mailing_id == mailing_id).limit(1))


def _stopped() -> Select[Mailing]:
    """Paused mailings with something that waits, but for the campaigns', which have a page of their own."""
    waiting = select(Message.id).where(Message.mailing_id == Mailing.id, Message.status == Status.QUEUED)
    return (
        select(Mailing)
        .where(Mailing.state == MailingState.PAUSED, waiting.exists(), Mailing.id.not_in(_of_campaigns()))
        .order_by(Mailing.id)
    )


def _of_campaigns() -> Select[int | None]:
    return select(Campaign.mailing_id).where(Campaign.mailing_id.is_not(None))
