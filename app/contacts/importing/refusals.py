"""The rows of a file that became nobody: shown, handed back to be mended, imported again."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contacts.importing.columns import LABELS
from app.contacts.importing.formulas import as_csv
from app.contacts.importing.uploads import mapping_of, sheet_of
from app.contacts.models import Import, ImportRow
from app.errors import AppError
from app.french.language import _

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
    """The refused rows as they came and why: mended, the file can be imported again."""
    refused = session.scalars(
        select(ImportRow)
        .where(ImportRow.import_id == one.id, ImportRow.is_duplicate.is_(False))
        .order_by(ImportRow.number)
    )
    return as_csv([[*header(session, one), REASON], *([*row.cells, row.reason] for row in refused)])


def header(session: Session, one: Import) -> list[str]:
    """The names of the file's columns, read again for an import older than they are kept.

    Once that file is gone, what they were taken for.
    """
    if one.header is not None:
        return one.header
    try:
        return sheet_of(session, one).header
    except AppError:
        return [LABELS.get(name, name) for at, name in sorted(mapping_of(one).items())] or [_("Téléphone mobile")]
