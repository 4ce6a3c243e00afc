"""What imports keep for a while only: the file, and the rows that became nobody."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.contacts.models import Import, ImportFile, ImportRow

KEPT = timedelta(days=30)


def forget_files(session: Session, *, now: datetime) -> None:
    """Spreadsheets hold people: a month is enough to mend refused rows. The figures stay."""
    old = select(Import.id).where(Import.created_at < now - KEPT)
    session.execute(delete(ImportFile).where(ImportFile.import_id.in_(old)))
    session.execute(delete(ImportRow).where(ImportRow.import_id.in_(old)))
