"""What goes by itself: what cards said before a change of many, once it can no longer be undone."""

from datetime import datetime

from sqlalchemy import null, select, tuple_, update
from sqlalchemy.orm import Session

from app.contacts.bulk.models import BulkEdit, BulkEditRow
from app.contacts.bulk.service import NOTING, UNDO_WITHIN

_ROW = (BulkEditRow.edit_id, BulkEditRow.contact_id)


def forget_values(session: Session, *, now: datetime, limit: int) -> int:
    """Drop the values of changes too old to be undone, of ``limit`` people at most; how many went.

    Whom a change was about, who made it and what it wrote, as people read it, stays.
    """
    old = (BulkEdit.at <= now - UNDO_WITHIN, BulkEdit.change.in_(NOTING))
    session.execute(update(BulkEdit).where(*old, BulkEdit.value.is_not(null())).values(value=null()))
    kept = BulkEditRow.before.is_not(null())
    rows = select(*_ROW).where(kept, BulkEditRow.edit_id.in_(select(BulkEdit.id).where(*old))).limit(limit)
    gone = update(BulkEditRow).where(tuple_(*_ROW).in_(rows)).values(before=null()).returning(BulkEditRow.contact_id)
    return len(session.scalars(gone, execution_options={"synchronize_session": False}).all())
