"""What a space's earlier files tell of the next: which column was which, and whether this very file came before."""

import hashlib
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.contacts.importing import columns
from app.contacts.importing.headings import is_unnamed, plain
from app.contacts.models import HEADING_CHARACTERS, Import, ImportStatus, RememberedColumn
from app.contacts.profile import values
from app.contacts.profile.reading import field_name
from app.database.engine import upsert
from app.database.ids import SpaceId
from app.errors import RuleBroken
from app.french.language import _
from app.french.typography import show_day

_COME_IN = (ImportStatus.PENDING, ImportStatus.RUNNING, ImportStatus.FINISHED)


def digest_of(content: bytes) -> str:
    """By which the same file is recognised, whatever its name."""
    return hashlib.sha256(content).hexdigest()


def remember(session: Session, one: Import, mapping: Mapping[int, str]) -> None:
    """Keep what each named column was said to be, for the next file of the space."""
    for at, name in enumerate(one.header or []):
        if heading := _heading(name):
            row = {"space_id": one.space_id, "heading": heading, "field": mapping.get(at, columns.IGNORE)}
            unique = [RememberedColumn.space_id, RememberedColumn.heading]
            upsert(session, RememberedColumn, row, unique=unique, changed=[RememberedColumn.field])


def with_own_fields(
    session: Session, space_id: SpaceId, header: Sequence[str], guessed: Mapping[int, str]
) -> dict[int, str]:
    """The guess, the columns that it leaves aside kept where they are named as something that the space notes."""
    ours = {one.name for one in values.of_space(session, space_id)}
    names = {at: field_name(columns.custom_name(header[at])) for at in guessed}
    return {
        at: columns.CUSTOM if field == columns.IGNORE and names[at] in ours else field for at, field in guessed.items()
    }


def recall(
    session: Session, space_id: SpaceId, header: Sequence[str], guessed: Mapping[int, str]
) -> tuple[dict[int, str], list[str]]:
    """The guess as the space's last files correct it, and the names of the columns that it corrects.

    What would leave the file without a phone, or with a field twice, corrects nothing.
    """
    headings = {at: heading for at, name in enumerate(header) if (heading := _heading(name))}
    query = select(RememberedColumn.heading, RememberedColumn.field).where(RememberedColumn.space_id == space_id)
    rows = session.execute(query.where(RememberedColumn.heading.in_(headings.values())))
    known = {heading: field for heading, field in rows if field in columns.LABELS}
    recalled = {**guessed, **{at: known[heading] for at, heading in headings.items() if heading in known}}
    try:
        mapping = columns.checked(recalled, len(header))
    except RuleBroken:
        return dict(guessed), []
    return mapping, [header[at] for at, field in mapping.items() if field != guessed.get(at)]


def recalled_words(names: Sequence[str]) -> str:
    """What the page says of columns read as last time."""
    return _("Comme dans votre dernier fichier : « %(names)s ».", names=" », « ".join(names[:10]))


def same_before(session: Session, one: Import) -> str:
    """« Ce fichier a déjà été importé le … », or "" for a file that is new to the space."""
    before = session.scalar(
        select(Import)
        .where(Import.space_id == one.space_id, Import.digest == one.digest, Import.status.in_(_COME_IN))
        .order_by(Import.id.desc())
        .limit(1)
    )
    if before is None:
        return ""
    return _(
        "Ce fichier a déjà été importé le %(day)s par %(name)s : ses personnes ne seront pas doublées.",
        day=show_day(before.created_at, ZoneInfo(session.get_one(Space, one.space_id).zone)),
        name=before.principal_name,
    )


def _heading(name: str) -> str:
    return "" if is_unnamed(name) else plain(name)[:HEADING_CHARACTERS]
