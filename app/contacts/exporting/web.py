"""The answer that is a file of people, to a page or to a program: a line in the journal, then the file in pieces."""

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from flask import Response
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.accounts.web.guards import principal, space
from app.clock import utc_now
from app.contacts.exporting import rows, workbook
from app.contacts.exporting.rows import Wanted
from app.contacts.importing.formulas import MARK, csv_text, disarmed
from app.contacts.profile.models import ContactField
from app.database.engine import Database
from app.errors import RuleBroken
from app.french.language import _
from app.web.edge import streamed
from app.web.requests import runtime

log = logging.getLogger(__name__)

CSV, XLSX = "csv", "xlsx"
TYPES = {CSV: "text/csv", XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def answer(file_format: str, want: Callable[[Session, datetime], Wanted]) -> Response:
    """The file, of whom ``want`` says. The journal is written first: nobody takes people away without a line there.

    Raises RuleBroken for another format, and for more people than a sheet has rows.
    """
    here, now = space(), utc_now()
    if file_format not in TYPES:
        raise RuleBroken("format_unknown", _("Choisissez un format de fichier."))
    with runtime().database.transaction() as session:
        wanted = want(session, now)
        people = rows.begin(session, here, wanted, file_format=file_format, by=principal(), now=now)
        fields = rows.own_fields(session, here.id)
        if file_format == XLSX:
            workbook.check_size(people)
    header = rows.header(fields, wanted)
    batches = read_batches(runtime().database, here, fields, wanted)
    pieces = workbook.chunks(header, batches) if file_format == XLSX else csv_chunks(header, batches)
    return streamed(pieces, file_name=f"benevoles-{here.slug}.{file_format}", mimetype=TYPES[file_format])


def read_batches(
    database: Database, here: Space, fields: Sequence[ContactField], wanted: Wanted
) -> Iterator[list[list[str]]]:
    """A page of people at a time, each in a snapshot of its own: none is held as long as a slow network takes."""
    after_id = 0
    while True:
        with database.snapshot() as session:
            people = rows.batch(session, here.id, wanted, after_id=after_id)
            cells = rows.cells(session, here, people, fields, wanted)
        if not people:
            return
        after_id = people[-1].id
        yield cells


def csv_chunks(header: Sequence[str], batches: Iterator[list[list[str]]]) -> Iterator[bytes]:
    """A file that French Excel opens by itself, and that an import reads back."""
    yield MARK + csv_text([header], guard=disarmed).encode()
    try:
        for batch in batches:
            yield csv_text(batch, guard=disarmed).encode()
    except Exception:  # the answer has begun: only the file itself can still say it
        log.exception("export_failed")
        yield csv_text([[_("Ce fichier est incomplet : recommencez l'export.")]]).encode()
