"""A file that the programme gives to people: its columns, and how one is filled from what was sent."""

from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.principal import Principal
from app.database.tables import UtcDateTime
from app.programme.files import kinds


class GivenFile:
    """Kept in the database so that a backup holds it; whose it is stands in the table that has these columns."""

    label: Mapped[str] = mapped_column(String(80))
    """As the page calls it: « Feuille des pouvoirs »."""
    file_name: Mapped[str] = mapped_column(String(80))
    """As it is called on the reader's machine; made by us."""
    mimetype: Mapped[str] = mapped_column(String(100))
    """Told by what it holds."""
    size: Mapped[int]
    """In bytes."""
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True, deferred_raiseload=True)
    added_by: Mapped[str] = mapped_column(String(80))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def weight(self) -> str:
        """« 48 ko »."""
        return kinds.show_size(self.size)


def columns_of(content: bytes, *, label: str, typed_name: str, by: Principal, now: datetime) -> dict[str, Any]:
    """What a new row holds; without a label it is called as it was on its machine. Raises RuleBroken."""
    kind = kinds.checked(content, kinds.DOCUMENTS)
    shown = " ".join(label.split())[: kinds.LABEL_MAX] or kinds.label_of(typed_name)
    return {
        "label": shown,
        "file_name": kinds.name_of(shown, kind),
        "mimetype": kind.mimetype,
        "size": len(content),
        "content": content,
        "added_by": by.name[:80],
        "added_at": now,
    }
