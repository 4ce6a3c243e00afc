"""The rows of a file that became nobody: shown, handed back to be mended, imported again."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contacts.columns import LABELS
from app.contacts.guarding import guarded
from app.contacts.models import Import, ImportRow
from app.contacts.uploading import mapping_of, sheet_of
from app.errors import AppError
from app.language import _

REASON = "raison"
"""The header of the added column, which no import reads."""


@dataclass(frozen=True)
class Refused:
    """Some skipped rows under their file's header, and the row number that those which follow come after."""

    header: Sequence[str]
    rows: Sequence[ImportRow]
    next: int | None


def page(
    session: Session, one: Import, *, duplicates: bool = False, after: int | None = None, limit: int = 50
) -> Refused:
    """Refused rows by row number, or those seen earlier in the file."""
    query = select(ImportRow).where(ImportRow.import_id == one.id, ImportRow.is_duplicate.is_(duplicates))
    if after is not None:
        query = query.where(ImportRow.number > after)
    rows = session.scalars(query.order_by(ImportRow.number).limit(limit + 1)).all()
    return Refused(header(session, one), rows[:limit], rows[limit - 1].number if len(rows) > limit else None)


def refused_csv(session: Session, one: Import) -> bytes:
    """The refused rows as they came and why, as French spreadsheets open them: mended, it can be imported again."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([guarded(name) for name in header(session, one)] + [REASON])
    for row in session.scalars(
        select(ImportRow)
        .where(ImportRow.import_id == one.id, ImportRow.is_duplicate.is_(False))
        .order_by(ImportRow.number)
    ):
        writer.writerow([guarded(cell) for cell in row.cells] + [row.reason])
    return text.getvalue().encode("utf-8-sig")


def header(session: Session, one: Import) -> list[str]:
    """The names of the file's columns; once the file is gone, what they were taken for."""
    try:
        return sheet_of(session, one).header
    except AppError:
        return [LABELS.get(name, name) for at, name in sorted(mapping_of(one).items())] or [_("Téléphone mobile")]
