"""People taken away in a file by a program: the page's columns, roles and line in the journal."""

from datetime import datetime
from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.accounts.web.guards import needs, space
from app.contacts import panels
from app.contacts.exporting import rows
from app.contacts.exporting.api_schemas import ExportIn
from app.contacts.exporting.rows import Wanted
from app.contacts.exporting.web import CSV, TYPES, XLSX, answer
from app.french.language import _
from app.web.api import PREFIX, Blueprint

blueprint = Blueprint("api_exports", __name__, url_prefix=PREFIX, description=_("Les exports"))


@blueprint.get("/contacts/export.csv", _("Les bénévoles en CSV : tous, ou ceux d'une sélection"), also=(404,))
@needs(Role.REFERENTE)
@blueprint.takes(ExportIn, "query")
@blueprint.answers_file(TYPES[CSV], "Nom;Portable\r\nBlanc;06 39 98 12 34\r\n")
def as_csv(asked: dict[str, Any]) -> Response:
    return _taken(CSV, asked)


@blueprint.get("/contacts/export.xlsx", _("Les mêmes dans un classeur Excel"), also=(404,))
@needs(Role.REFERENTE)
@blueprint.takes(ExportIn, "query")
@blueprint.answers_file(TYPES[XLSX], "PK")
def as_workbook(asked: dict[str, Any]) -> Response:
    return _taken(XLSX, asked)


def _taken(file_format: str, asked: dict[str, Any]) -> Response:
    def want(session: Session, now: datetime) -> Wanted:
        words = {"list_id": asked["list"], "tag": asked["tag"], "segment_id": asked["segment"]}
        return rows.want(session, space(), beside=panels.columns(), now=now, **words)

    return answer(file_format, want)
