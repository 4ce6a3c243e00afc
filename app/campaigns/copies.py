"""A copy of a practice space has the model's drafts, and the campaigns of its past; never one that may still leave."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app.accounts.copies import Copied, Copying, Values
from app.accounts.models import Space
from app.audiences.models import Segment
from app.campaigns import asking
from app.campaigns.models import Campaign
from app.campaigns.rules import Stage
from app.contacts.models import Contact, ContactList
from app.database.tables import Base
from app.messaging.copies import is_past
from app.messaging.models import Mailing

_NAMED: Mapping[str, type[Base]] = {
    "lists": ContactList,
    "segments": Segment,
    "contacts": Contact,
    "except": Contact,
}
"""What an audience names by id."""


def _rows(model: Space) -> ColumnElement[bool]:
    over = and_(
        Campaign.stage.in_((Stage.FINISHED, Stage.CANCELLED)),
        Campaign.mailing_id.in_(select(Mailing.id).where(is_past(model))),
    )
    return and_(Campaign.space_id == model.id, or_(Campaign.stage == Stage.DRAFT, over))


def _own_rows(session: Session, campaigns: list[Values], copying: Copying) -> None:
    """Their people and what they ask about are the copy's; a question about what it has not taken is none."""
    room = asking.find(session)
    for campaign in campaigns:
        campaign["link_subject_id"] = room.turn(copying, campaign["link_subject_id"]) if room else None
        if campaign["link_subject_id"] is None:
            campaign["link_purpose"] = ""
        campaign["audience"] = {
            name: [new for one in campaign["audience"].get(name) or [] if (new := copying.turn(table, one))]
            for name, table in _NAMED.items()
        } | ({"everyone": True} if campaign["audience"].get("everyone") else {})


COPIED = (Copied(table=Campaign, rows=_rows, keys={"mailing_id": Mailing}, prepare=_own_rows),)
