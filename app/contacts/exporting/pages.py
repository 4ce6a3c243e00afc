"""Taking people away in a file: whom, in which format, and a line in the journal."""

from datetime import datetime

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.accounts.web.forms import FINE, REFUSALS, Refused, show
from app.accounts.web.guards import needs, space
from app.contacts import lists, panels, tags
from app.contacts.exporting import rows
from app.contacts.exporting.rows import Wanted
from app.contacts.exporting.web import CSV, XLSX, answer
from app.contacts.finding import service as finding
from app.contacts.selections import selections_of
from app.database.ids import ListId, SegmentId, id_of
from app.french.language import _
from app.web.requests import number_field, runtime

blueprint = Blueprint("exports", __name__, url_prefix="/e/<slug>/benevoles/exporter")


@blueprint.get("")
@needs(Role.REFERENTE)
def choose() -> ResponseReturnValue:
    return _form()


@blueprint.post("")
@needs(Role.REFERENTE)
def take() -> ResponseReturnValue:
    """The journal is written first: nobody takes people away without a line there."""
    try:
        return answer(request.form.get("format", CSV), _wanted)
    except REFUSALS as error:
        return _form(Refused.by(error))


def _wanted(session: Session, now: datetime) -> Wanted:
    """What the form asks."""
    return rows.want(
        session,
        space(),
        list_id=id_of(ListId, number_field("list_id")),
        tag=request.form.get("tag", ""),
        segment_id=id_of(SegmentId, number_field("segment_id")),
        beside=panels.columns(),
        now=now,
    )


def _form(refused: Refused = FINE) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        return show(
            "contacts/export.html",
            refused,
            everybody=finding.count(session, space().id),
            lists=[("", _("Tout le monde")), *((one.id, one.name) for one in lists.counted(session, space().id))],
            segments=list(selections_of(session).named(session, space()).items()),
            segment_id=request.values.get("segment_id", ""),
            tags=[("", _("Toutes")), *((name, name) for name, _people in tags.counted(session, space().id))],
            formats=[
                (CSV, _("CSV"), _("S'ouvre dans Excel et LibreOffice, et se réimporte ici.")),
                (XLSX, _("Excel"), _("Un classeur .xlsx.")),
            ],
        )
