"""What the preview page shows of a file before it is imported."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contacts.importing.reading.accents import readings
from app.contacts.importing.reading.files import Row
from app.contacts.importing.uploads import mapping_of, sheet_of
from app.contacts.models import Import, ImportFile
from app.errors import RuleBroken

ROWS = 8
_EXAMPLES = 3


@dataclass(frozen=True)
class Column:
    """A column under its name, some of what it holds, and the field it is taken for."""

    at: int
    name: str
    examples: Sequence[str]
    field: str


@dataclass(frozen=True)
class Preview:
    """``accents`` are the ways the file could be read, by their look; ``problem`` says why it cannot be read."""

    columns: Sequence[Column]
    rows: Sequence[Row]
    accents: Mapping[str, str]
    list_name: str
    problem: str = ""


def look(session: Session, one: Import) -> Preview:
    """The first rows of the file as it is read now."""
    content = session.scalar(select(ImportFile.content).where(ImportFile.import_id == one.id)) or b""
    accents = readings(content, one.encoding) if one.encoding else {}
    name = " ".join(PurePath(one.file_name).stem.replace("_", " ").split())[:80]
    try:
        sheet = sheet_of(session, one)
    except RuleBroken as refusal:
        return Preview([], [], accents, name, refusal.sentence)
    mapping = mapping_of(one)
    found = [
        Column(at, title, _examples(sheet.rows, at), mapping.get(at, "ignore")) for at, title in enumerate(sheet.header)
    ]
    return Preview(found, sheet.rows[:ROWS], accents, one.list_name or name)


def _examples(rows: Sequence[Row], at: int) -> list[str]:
    filled = (cells[at].strip() for _, cells in rows[:500] if cells[at].strip())
    return list(dict.fromkeys(text if len(text) <= 40 else f"{text[:39]}…" for text in filled))[:_EXAMPLES]
