"""« Utiliser le fichier de l'atelier »: its import begun with one tap, and no download to find again."""

from flask import Blueprint, g, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.accounts.web.guards import needs, principal, space
from app.clock import utc_now
from app.contacts.importing import uploads
from app.errors import NotFound
from app.french.language import _
from app.web.requests import runtime
from app.workshops.alone import service as alone
from app.workshops.practice import own_list
from app.workshops.practice import people as pretend_people
from app.workshops.seats import cookie as seat_cookie

blueprint = Blueprint("practice_file", __name__, url_prefix="/e/<slug>/imports")
FILE_NAME = "fichier-de-l-atelier.csv"


@blueprint.post("/fichier-de-l-atelier")
@needs(Role.EQUIPIERE)
def use() -> ResponseReturnValue:
    """Straight to the page that checks the columns, as after a file of one's own."""
    with runtime().database.snapshot() as session:
        content = _content(session)
    upload = uploads.read_upload(content, file_name=FILE_NAME)
    with runtime().database.transaction() as session:
        started = uploads.start_import(session, space().id, upload, by=principal(), now=utc_now())
    return redirect(url_for("imports.show", slug=space().slug, import_id=started.id))


def _content(session: Session) -> bytes:
    """Raises NotFound outside of a workshop and of a practice of one's own.

    A browser keeps the cookie of its seat while somebody works in another space, with an account.
    """
    sitting = seat_cookie.load_sitting()
    if sitting is not None and sitting.space.id == space().id:
        return own_list.table(session, sitting.workshop)
    if g.get("user") and alone.find(session, space().id, g.user.id):
        return pretend_people.newcomers_file()
    raise NotFound("file_unknown", _("Il n'y a de fichier à utiliser que dans un atelier."))
