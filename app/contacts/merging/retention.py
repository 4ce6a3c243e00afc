"""What goes by itself: the record of merges that can no longer be undone holds what people's cards said."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.contacts.merging.models import Merge, MergeRow
from app.contacts.merging.service import UNDO_WITHIN


def forget_records(session: Session, *, now: datetime) -> int:
    """Drop the rows of merges older than their undoing; how many went. Who merged whom, and when, stays."""
    old = select(Merge.id).where(Merge.at < now - UNDO_WITHIN)
    return len(session.scalars(delete(MergeRow).where(MergeRow.merge_id.in_(old)).returning(MergeRow.id)).all())
