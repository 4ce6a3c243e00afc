"""What programs are told of the answers to an event."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.principal import BY_LINK, Principal, job
from app.events.models import Registration
from app.hooks import emitting
from app.hooks.events import Kind


def tell_answer(session: Session, registration: Registration, *, by: Principal, now: datetime) -> None:
    """Somebody said whether they come, by their link, or a person noted it for them."""
    emitting.emit(
        session,
        registration.space_id,
        Kind.ANSWER_RECEIVED,
        now=now,
        mission_id=registration.event_id,
        contact_id=registration.contact_id,
        answer=registration.answer.value,
        by="link" if by == job(BY_LINK) else "person",
        at=now.isoformat(),
    )
