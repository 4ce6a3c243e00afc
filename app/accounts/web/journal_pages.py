"""What was done in a space, by whom: the activity trail in French."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.accounts import activity, journal
from app.accounts.models import Role
from app.accounts.web.forms import show
from app.accounts.web.guards import needs, space
from app.web import zones
from app.web.pages import PAGE_SIZE
from app.web.requests import number_argument, runtime
from app.web.seams import Seam

blueprint = Blueprint("journal", __name__, url_prefix="/e/<slug>/journal")

ACTS: Seam[journal.Acts] = Seam("acts")
"""The table of all declared acts, by verb."""


@blueprint.get("")
@needs(Role.REFERENTE)
def browse() -> ResponseReturnValue:
    before = number_argument("avant")
    with runtime().database.snapshot() as session:
        found = activity.trail(session, space().id, before_id=before, limit=PAGE_SIZE + 1)
    acts = found[:PAGE_SIZE]
    older = acts[-1].id if len(found) > PAGE_SIZE else None
    days = journal.by_day(acts, ACTS.read(), zone=zones.here())
    return show("accounts/journal.html", days=days, older=older, is_first=before is None)
