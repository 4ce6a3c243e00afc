"""Spreadsheets, for programs: sent, followed, and their refused rows handed back."""

from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.accounts.web.api_guards import once
from app.accounts.web.guards import needs, principal, space
from app.clock import utc_now
from app.contacts.importing import refusals, uploads
from app.contacts.importing.api_schemas import ImportIn, ImportOut, ImportStartedOut
from app.contacts.models import Import, ImportStatus
from app.database.ids import ImportId
from app.errors import NotFound
from app.french.language import _
from app.web.api import PREFIX, Blueprint
from app.web.edge import download
from app.web.requests import runtime

ONE = "/imports/<row:import_id>"

blueprint = Blueprint("api_imports", __name__, url_prefix=PREFIX, description=_("Les imports"))


@blueprint.post("/imports", _("Importer un tableau"))
@needs(Role.EQUIPIERE)
@blueprint.takes(ImportIn, "multipart")
@once
@blueprint.answers(202, ImportStartedOut)
def start(words: dict[str, Any], *, session: Session) -> Import:
    """At once, with the guessed mapping: there is nobody to show a preview to."""
    return uploads.start_import(
        session,
        space().id,
        words["upload"],
        list_name=words["list_name"],
        confirmed=True,
        by=principal(),
        now=utc_now(),
    )


@blueprint.get(ONE, _("Où en est un import"))
@needs(Role.LECTRICE)
@blueprint.answers(200, ImportOut)
def show(import_id: ImportId) -> dict[str, Any]:
    with runtime().database.snapshot() as session:
        one = _get(session, import_id)
        header = refusals.header(session, one)
    named: dict[str, str] = {}
    for at, field in uploads.mapping_of(one).items():
        name = header[at] if at < len(header) else str(at)
        named[str(at) if name in named else name] = field  # the second column of one name goes by its number
    return {**vars(one), "mapping": named}


@blueprint.get(f"{ONE}/refused.csv", _("Les lignes refusées, à corriger et importer de nouveau"))
@needs(Role.LECTRICE)
@blueprint.answers_file(
    "text/csv", "Prénom;Portable;raison\r\nPaul;06 39;« 06 39 » a 4 chiffres, il en faut 10. Vérifiez le numéro.\r\n"
)
def refused(import_id: ImportId) -> Response:
    with runtime().database.snapshot() as session:
        content = refusals.refused_csv(session, _get(session, import_id))
    return download(content, file_name=f"refus-{import_id}.csv", mimetype="text/csv")


def _get(session: Session, import_id: ImportId) -> Import:
    """An import under way or over; somebody may still be choosing the columns of another on its page."""
    one = uploads.get(session, space().id, import_id)
    if one.status is ImportStatus.UPLOADED:
        raise NotFound("import_unknown", _("Cet import n'existe pas."))
    return one
