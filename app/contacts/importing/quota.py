"""How many bytes of files a space may keep."""

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.accounts.models import Mode, Space
from app.contacts.models import Import, ImportFile, ImportStatus
from app.database.ids import SpaceId
from app.errors import RuleBroken
from app.french.language import _

MAX_KEPT_BYTES = {Mode.LIVE: 200_000_000, Mode.PRACTICE: 40_000_000}
"""By kind of space (P): ten of the largest files for an association, two for somebody at a workshop."""
_OVER = (ImportStatus.FINISHED, ImportStatus.REFUSED)


def make_room(session: Session, space_id: SpaceId, size: int) -> None:
    """Let ``size`` more bytes in: the oldest files that have been imported go first, their counts and rows stay.

    Raises RuleBroken ``imports_waiting`` when those that still wait fill the place.
    """
    rows = session.execute(
        select(Import.id, Import.status, func.length(ImportFile.content))
        .join(ImportFile, ImportFile.import_id == Import.id)
        .where(Import.space_id == space_id)
        .order_by(Import.id)
    ).all()
    over = size + sum(length for *_, length in rows) - MAX_KEPT_BYTES[session.get_one(Space, space_id).mode]
    gone = []
    for import_id, status, length in rows:
        if over > 0 and status in _OVER:
            gone.append(import_id)
            over -= length
    if over > 0:
        sentence = _(
            "Trop de fichiers attendent d'être importés. Terminez ou abandonnez ceux qui attendent, puis recommencez."
        )
        raise RuleBroken("imports_waiting", sentence, fields={"file": sentence})
    session.execute(delete(ImportFile).where(ImportFile.import_id.in_(gone)))
