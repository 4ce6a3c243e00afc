"""A file on its way in, until jobs take it: read, looked at, mended, confirmed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.principal import Principal
from app.contacts import acts, lists
from app.contacts.importing import columns, memory
from app.contacts.importing.quota import make_room
from app.contacts.importing.reading.files import Sheet, read_rows
from app.contacts.importing.warnings import warnings_of
from app.contacts.models import Import, ImportFile, ImportStatus
from app.contacts.naming import tidy
from app.database.ids import ImportId, SpaceId
from app.errors import Conflict, NotFound
from app.french.language import _


@dataclass(frozen=True)
class Upload:
    """A file that can be imported, and which of its columns is which."""

    content: bytes
    file_name: str
    sheet: Sheet
    mapping: dict[int, str]
    is_guess: bool = True
    """The columns were guessed: what the space's last files were told counts more."""


def read_upload(
    content: bytes,
    *,
    file_name: str,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str = "",
    mapping: Mapping[str, str] | None = None,
) -> Upload:
    """What the file holds; ``mapping`` is {column name: field} where the guess will not do.

    Pure and slow: call it before opening a transaction. Raises RuleBroken for a file refused as a whole.
    """
    read = read_rows(content, file_name=file_name, encoding=encoding, delimiter=delimiter, sheet=sheet)
    if mapping is None:
        return Upload(content, file_name, read, columns.guess(read.header, read.rows))
    chosen = columns.checked(columns.by_name(read.header, mapping), len(read.header))
    return Upload(content, file_name, read, chosen, is_guess=False)


def start_import(
    session: Session,
    space_id: SpaceId,
    upload: Upload,
    *,
    by: Principal,
    now: datetime,
    list_name: str = "",
    confirmed: bool = False,
) -> Import:
    """Keep the file; ``confirmed`` sends it on to jobs at once, else somebody looks at it first.

    Raises RuleBroken when too many files of the space wait already.
    """
    make_room(session, space_id, len(upload.content))
    started = Import(
        space_id=space_id,
        status=ImportStatus.UPLOADED,
        file_name=tidy(upload.file_name)[:200],
        principal=by.kind,
        principal_id=by.id,
        principal_name=by.name[:80],
        digest=memory.digest_of(upload.content),
        created_at=now,
    )
    mapping = _put_reading(session, started, upload)
    session.add(started)
    session.flush()
    session.add(ImportFile(import_id=started.id, content=upload.content))
    session.flush()
    if confirmed:
        confirm(session, started, mapping=mapping, list_name=list_name, by=by, now=now)
    return started


def get(session: Session, space_id: SpaceId, import_id: ImportId, *, lock: bool = False) -> Import:
    """An import of this space. Raises NotFound."""
    query = select(Import).where(Import.space_id == space_id, Import.id == import_id)
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound("import_unknown", _("Cet import n'existe pas."))
    return found


def latest(session: Session, space_id: SpaceId, *, limit: int = 30) -> list[Import]:
    """The space's imports, newest first, those left on the preview page too."""
    query = select(Import).where(Import.space_id == space_id).order_by(Import.id.desc()).limit(limit)
    return list(session.scalars(query))


def sheet_of(session: Session, one: Import) -> Sheet:
    """The import's file as rows. Raises NotFound once the file is gone, RuleBroken when it does not read."""
    return sheet_in(content_of(session, one), one)


def sheet_in(content: bytes, one: Import) -> Sheet:
    """The same, of the file's bytes: slow, and asks nothing of the database. Raises RuleBroken."""
    return read_rows(
        content,
        file_name=one.file_name,
        encoding=one.encoding or None,
        delimiter=one.delimiter or None,
        sheet=one.sheet,
    )


def content_of(session: Session, one: Import) -> bytes:
    """The bytes of the import's file. Raises NotFound once they are gone."""
    content = session.scalar(select(ImportFile.content).where(ImportFile.import_id == one.id))
    if content is None:
        raise NotFound("file_gone", _("Ce fichier a plus d'un mois : nous ne le gardons plus."))
    return content


def mapping_of(one: Import) -> dict[int, str]:
    """The import's {column index: field}."""
    return {int(at): field for at, field in one.mapping.items()}


def put_otherwise(session: Session, one: Import, upload: Upload) -> None:
    """Keep another reading of the same file: its accents, its separator or its sheet; the columns are guessed anew."""
    check_uploaded(one)
    _put_reading(session, one, upload)


def keep_choices(one: Import, mapping: Mapping[int, str], *, list_name: str) -> None:
    """Keep what is chosen on the page so far, the columns that are not imported kept as they are instead."""
    check_uploaded(one)
    kept = {at: columns.CUSTOM if field == columns.IGNORE else field for at, field in mapping.items()}
    one.mapping, one.list_name = _stored(columns.checked(kept, len(one.mapping))), tidy(list_name)[:80]


def confirm(
    session: Session,
    one: Import,
    *,
    mapping: Mapping[int, str],
    list_name: str,
    by: Principal,
    now: datetime,
    is_objections: bool = False,
    is_whole_list: bool = False,
) -> None:
    """Hand the import over to jobs. Raises RuleBroken for columns or a list name that will not do.

    ``is_objections``: everybody in it wants no SMS; they are put on no list. ``is_whole_list``: whoever is on the list
    and not in the file leaves the list.
    """
    check_uploaded(one)
    one.mapping = _stored(columns.checked(mapping, len(one.mapping)))
    one.list_name = lists.checked_name(list_name) if list_name.strip() and not is_objections else ""
    one.is_objections = is_objections
    one.is_whole_list = is_whole_list and bool(one.list_name)
    memory.remember(session, one, mapping)
    one.status = ImportStatus.PENDING
    activity.record(session, one.space_id, acts.IMPORT_STARTED, by=by, now=now, subject_id=one.id, rows=one.rows_total)


def drop(session: Session, one: Import, *, by: Principal, now: datetime) -> None:
    """Forget an import nobody has confirmed."""
    check_uploaded(one)
    activity.record(session, one.space_id, acts.IMPORT_DROPPED, by=by, now=now, subject_id=one.id)
    session.delete(one)
    session.flush()


def _put_reading(session: Session, one: Import, upload: Upload) -> dict[int, str]:
    """Keep how the file is read; which column is which."""
    sheet, mapping, recalled = upload.sheet, upload.mapping, list[str]()
    if upload.is_guess:
        mapping = memory.with_own_fields(session, one.space_id, sheet.header, mapping)
        mapping, recalled = memory.recall(session, one.space_id, sheet.header, mapping)
    one.encoding, one.delimiter, one.sheet = sheet.encoding, sheet.delimiter, sheet.name[:100]
    one.header, one.sheets = sheet.header, sheet.names
    one.mapping, one.rows_total = _stored(mapping), len(sheet.rows)
    before = memory.same_before(session, one)
    one.warnings = [
        *([before] if before else []),
        *([memory.recalled_words(recalled)] if recalled else []),
        *warnings_of(sheet, mapping),
    ]
    return mapping


def check_uploaded(one: Import) -> None:
    """Raises Conflict once the import has been confirmed."""
    if one.status is not ImportStatus.UPLOADED:
        raise Conflict("import_started", _("Cet import est déjà parti."))


def _stored(mapping: Mapping[int, str]) -> dict[str, str]:
    return {str(at): field for at, field in sorted(mapping.items())}
