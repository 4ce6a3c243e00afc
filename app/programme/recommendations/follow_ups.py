"""An SMS of a day of follow-up that waits for its hours is taken back once it asks about what is settled."""

from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.database.ids import CohortId, ContactId, MailingId, ToolId
from app.messaging import withdrawal
from app.messaging.models import Mailing, Message
from app.messaging.status import Status
from app.programme.recommendations import service
from app.programme.recommendations.models import Recommendation
from app.programme.recommendations.states import FOLLOWED


def take_back(session: Session, one: Recommendation, *, now: datetime) -> None:
    """``one`` is not to be asked about any more: the SMS does not leave, and the tools beside it are due again.

    Where it has left, nothing changes; where it left for one referent of two, nobody is asked a second time. The
    association is held.
    """
    mailing_id = one.asked_mailing_id
    if mailing_id is None:
        return
    withdrawn = withdrawal.take_back(session, reason=withdrawal.CHANGED, mailing_ids=[mailing_id], now=now)
    if not withdrawn or _has_left(session, mailing_id):
        return
    beside = select(Recommendation).where(
        Recommendation.association_id == one.association_id, Recommendation.asked_mailing_id == mailing_id
    )
    for each in session.scalars(beside.order_by(Recommendation.id).with_for_update()):
        each.asked_mailing_id = each.reminded_on = None


def tool_withdrawn(session: Session, tool_id: ToolId, now: datetime) -> None:
    """The same of a tool that is recommended no more, wherever it is asked about."""
    asked = select(Recommendation.association_id).where(Recommendation.tool_id == tool_id, *_waiting())
    for association_id in session.scalars(asked.order_by(Recommendation.association_id)).all():
        service.association(session, association_id, lock=True)
        its = (Recommendation.association_id == association_id, Recommendation.tool_id == tool_id)
        for one in session.scalars(select(Recommendation).where(*its).with_for_update()):
            take_back(session, one, now=now)


def association_left(session: Session, cohort_id: CohortId, association_id: int, *, now: datetime) -> None:
    """The same of all that was recommended to it in the cohort that it has left."""
    service.association(session, association_id, lock=True)
    its = (Recommendation.association_id == association_id, Recommendation.cohort_id == cohort_id)
    asked = select(Recommendation).where(*its, *_waiting()).order_by(Recommendation.id)
    for one in session.scalars(asked.with_for_update()).all():
        take_back(session, one, now=now)


def person_left(session: Session, association_id: int, contact_id: ContactId, *, now: datetime) -> None:
    """Somebody is of the association no more: what waits to ask them does not leave; the others are asked."""
    asked = select(Recommendation.asked_mailing_id).where(Recommendation.association_id == association_id, *_waiting())
    ids = {one for one in session.scalars(asked) if one is not None}
    if ids:
        withdrawal.take_back(session, reason=withdrawal.REMOVED, contact_id=contact_id, mailing_ids=ids, now=now)


def _waiting() -> tuple[ColumnElement[bool], ...]:
    return Recommendation.state.in_(FOLLOWED), Recommendation.asked_mailing_id.is_not(None)


def _has_left(session: Session, mailing_id: MailingId) -> bool:
    """Whether any message of the mailing left, or is leaving."""
    mailing = session.get_one(Mailing, mailing_id)
    query = select(Message.id).where(Message.space_id == mailing.space_id, Message.mailing_id == mailing_id)
    return session.scalar(query.where(Message.status != Status.WITHDRAWN).limit(1)) is not None
