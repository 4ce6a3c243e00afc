"""« Premier vrai SMS »: whether an association that had a workshop sent a campaign of its own, and since when."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Association, Mode, Space
from app.campaigns.models import Campaign
from app.database.ids import SpaceId, WorkshopId
from app.messaging.models import Mailing, Message, Tally
from app.messaging.status import Status
from app.workshops.models import Workshop

LEFT = (Status.ACCEPTED, Status.SENT, Status.DELIVERED, Status.UNDELIVERED)
"""Messages that the carrier has taken."""


def by_workshop(session: Session, workshops: Sequence[Workshop]) -> dict[WorkshopId, datetime | None]:
    """{workshop: when its association's live space sent its first campaign; None while it has not}."""
    ids = [one.association_id for one in workshops if one.association_id is not None]
    known = session.execute(select(Association.id, Association.space_id).where(Association.id.in_(ids))).all()
    homes = {row.id: row.space_id for row in known}
    spaces = {one.id: one.association_space_id or homes.get(one.association_id or 0) for one in workshops}
    sent = _first_sent(session, {space_id for space_id in spaces.values() if space_id is not None})
    return {
        workshop_id: sent.get(space_id) if space_id is not None else None for workshop_id, space_id in spaces.items()
    }


def by_association(session: Session, association_ids: Collection[int]) -> dict[int, datetime]:
    """{association: when a live space of its sent its first campaign}, without those that have sent none.

    Its space is its own, or the one that one of its workshops was planned for.
    """
    homes = select(Association.id, Association.space_id).where(Association.space_id.is_not(None))
    planned = select(Workshop.association_id, Workshop.association_space_id).where(
        Workshop.association_space_id.is_not(None)
    )
    spaces: dict[int, set[SpaceId]] = {}
    for association_id, space_id in (
        *session.execute(homes.where(Association.id.in_(association_ids))),
        *session.execute(planned.where(Workshop.association_id.in_(association_ids))),
    ):
        spaces.setdefault(association_id, set()).add(space_id)
    sent = _first_sent(session, {space_id for some in spaces.values() for space_id in some})
    firsts = {key: [sent[one] for one in some if one in sent] for key, some in spaces.items()}
    return {key: min(some) for key, some in firsts.items() if some}


def counted(workshops: Sequence[Workshop], firsts: dict[WorkshopId, datetime | None]) -> tuple[int, int]:
    """(how many associations have sent one, of how many that had a workshop): each counts once."""
    has_sent: dict[object, bool] = {}
    for one in workshops:
        key = one.association_id or one.association.casefold()
        has_sent[key] = has_sent.get(key, False) or firsts[one.id] is not None
    return sum(has_sent.values()), len(has_sent)


def _first_sent(session: Session, space_ids: Collection[SpaceId]) -> dict[SpaceId, datetime]:
    """Since when the first campaign of each of these live spaces that left has messages.

    Campaigns are read in the order that they leave, as far as the first: its messages may have been archived since, its
    counts not.
    """
    written = select(func.min(Message.created_at)).where(Message.mailing_id == Campaign.mailing_id)
    left = select(Message.id).where(Message.mailing_id == Campaign.mailing_id, Message.status.in_(LEFT))
    counted = select(Tally.id).where(Tally.mailing_id == Mailing.id, Tally.reached.in_(LEFT))
    was_archived = select(Mailing.id).where(
        Mailing.id == Campaign.mailing_id, Mailing.archived_at.is_not(None), counted.exists()
    )
    first = (
        select(func.coalesce(written.where(Message.status.in_(LEFT)).scalar_subquery(), Campaign.send_at))
        .where(Campaign.space_id == Space.id, left.exists() | was_archived.exists())
        .order_by(Campaign.send_at)
        .limit(1)
        .correlate(Space)
        .scalar_subquery()
    )
    sent = first.label("sent")
    rows = session.execute(select(Space.id, sent).where(Space.id.in_(space_ids), Space.mode == Mode.LIVE))
    return {row.id: row.sent for row in rows if row.sent is not None}
