"""What goes by itself after a time: the bytes of spreadsheets."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.contacts.importing.service import WAITING
from app.contacts.models import Import, ImportFile, ImportStatus

KEPT = timedelta(days=31)
"""How long a file's bytes stay, for its refused rows and for whoever asks."""


def forget_files(session: Session, *, now: datetime) -> int:
    """Drop the bytes of old imports, and imports left on their preview page; how many files went."""
    old = select(Import.id).where(Import.created_at < now - KEPT, Import.status.not_in(WAITING))
    files = delete(ImportFile).where(ImportFile.import_id.in_(old)).returning(ImportFile.import_id)
    gone = len(session.scalars(files).all())
    session.execute(delete(Import).where(Import.created_at < now - KEPT, Import.status == ImportStatus.UPLOADED))
    return gone
