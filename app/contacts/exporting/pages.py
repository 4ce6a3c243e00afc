"""Taking people away in a file: whom, in which format, and a line in the journal."""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.models import Role, Space
from app.accounts.web.forms import FINE, REFUSALS, Refused, show
from app.accounts.web.guards import needs, principal, space
from app.clock import utc_now
from app.contacts import lists, panels, service, tags
from app.contacts.exporting import rows, workbook
from app.contacts.exporting.rows import Wanted
from app.contacts.importing.formulas import MARK, csv_text, disarmed
from app.contacts.profile.models import ContactField
from app.contacts.selections import selections_of
from app.database.engine import Database
from app.database.ids import ListId, SegmentId, id_of
from app.errors import RuleBroken
from app.french.language import _
from app.web.edge import streamed
from app.web.requests import number_field, runtime

log = logging.getLogger(__name__)
blueprint = Blueprint("exports", __name__, url_prefix="/e/<slug>/benevoles/exporter")

CSV, XLSX = "csv", "xlsx"
_TYPES = {CSV: "text/csv", XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@blueprint.get("")
@needs(Role.REFERENTE)
def choose() -> ResponseReturnValue:
    return _form()


@blueprint.post("")
@needs(Role.REFERENTE)
def take() -> ResponseReturnValue:
    """The journal is written first: nobody takes people away without a line there."""
    here, chosen, now = space(), request.form.get("format", CSV), utc_now()
    try:
        if chosen not in _TYPES:
            raise RuleBroken("format_unknown", _("Choisissez un format de fichier."))
        with runtime().database.transaction() as session:
            wanted = _wanted(session, here, now=now)
            people = rows.begin(session, here, wanted, file_format=chosen, by=principal(), now=now)
            fields = rows.own_fields(session, here.id)
            if chosen == XLSX:
                workbook.check_size(people)
    except REFUSALS as error:
        return _form(Refused.by(error))
    header = rows.header(fields, wanted)
    batches = read_batches(runtime().database, here, fields, wanted)
    pieces = workbook.chunks(header, batches) if chosen == XLSX else csv_chunks(header, batches)
    return streamed(pieces, file_name=f"benevoles-{here.slug}.{chosen}", mimetype=_TYPES[chosen])


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


def _wanted(session: Session, here: Space, *, now: datetime) -> Wanted:
    """What the form asks. Raises NotFound for a list or a rule of another space, RuleBroken for one to be mended."""
    which: service.Filter = {
        "list_id": id_of(ListId, number_field("list_id")),
        "tag": request.form.get("tag", "")[: tags.NAME_CHARACTERS],
    }
    if (list_id := which.get("list_id")) is not None:
        lists.get(session, here.id, list_id)
    segment_id = id_of(SegmentId, number_field("segment_id"))
    if segment_id is None:
        return Wanted(which=which, beside=panels.columns())
    chosen = selections_of(session).keeps(session, here, segment_id, now)
    return Wanted(which=which, chosen=chosen, segment_id=segment_id, beside=panels.columns())


def _form(refused: Refused = FINE) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        return show(
            "contacts/export.html",
            refused,
            everybody=rows.count(session, space().id, Wanted()),
            lists=[("", _("Tout le monde")), *((one.id, one.name) for one in lists.counted(session, space().id))],
            segments=list(selections_of(session).named(session, space()).items()),
            segment_id=request.values.get("segment_id", ""),
            tags=[("", _("Toutes")), *((name, name) for name, _people in tags.counted(session, space().id))],
            formats=[
                (CSV, _("CSV"), _("S'ouvre dans Excel et LibreOffice, et se réimporte ici.")),
                (XLSX, _("Excel"), _("Un classeur .xlsx.")),
            ],
        )
