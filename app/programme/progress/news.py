"""When associations last did something: instants alone, never what they wrote nor to whom."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Membership, SignedIn, Space
from app.database.ids import SpaceId
from app.messaging.models import Mailing, Tally
from app.messaging.status import Status

LEFT = (Status.ACCEPTED, Status.SENT, Status.DELIVERED, Status.UNDELIVERED)
"""Messages that the carrier has taken."""


def last_sent(session: Session, space_ids: Collection[SpaceId]) -> Mapping[SpaceId, datetime]:
    """{space: when its last mailing that left was made}, without those that sent nothing."""
    left = select(Tally.id).where(Tally.mailing_id == Mailing.id, Tally.reached.in_(LEFT))
    last = (
        select(Mailing.created_at)
        .where(Mailing.space_id == Space.id, left.exists())
        .order_by(Mailing.created_at.desc())  # as far back as the first that left, whatever was sent before
        .limit(1)
        .scalar_subquery()
    )
    rows = session.execute(select(Space.id, last).where(Space.id.in_(space_ids)))
    return {row[0]: row[1] for row in rows if row[1] is not None}


def last_seen(session: Session, space_ids: Collection[SpaceId]) -> Mapping[SpaceId, datetime]:
    """{space: when one of its members last opened a page of it, signed in}, without those that nobody opened.

    Somebody of one space alone is where they are signed in; of several, each keeps when they were last there.
    """
    lone = select(Membership.user_id).group_by(Membership.user_id).having(func.count() == 1)
    here = Membership.space_id.in_(space_ids)
    signed_in = (
        select(Membership.space_id, func.max(SignedIn.seen_at))
        .join(SignedIn, SignedIn.user_id == Membership.user_id)
        .where(here, Membership.user_id.in_(lone))
        .group_by(Membership.space_id)
    )
    noted = (
        select(Membership.space_id, func.max(Membership.seen_at))
        .where(here, Membership.user_id.not_in(lone), Membership.seen_at.is_not(None))
        .group_by(Membership.space_id)
    )
    found: dict[SpaceId, datetime] = {}
    for space_id, at in [*session.execute(signed_in), *session.execute(noted)]:
        found[space_id] = max(at, found.get(space_id, at))
    return found
