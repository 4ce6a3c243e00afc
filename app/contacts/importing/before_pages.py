"""What an import would do, shown before anything is done: the choices of the form, and nothing stored."""

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from app.accounts.web.forms import FINE, show
from app.accounts.web.guards import space
from app.clock import utc_now
from app.contacts.importing import columns, list_of_file, uploads
from app.contacts.importing import service as importing
from app.contacts.importing.trial import rehearse, rehearse_objections
from app.contacts.models import Import
from app.database.ids import ImportId
from app.web.requests import runtime


def mapping_sent(one: Import) -> dict[int, str]:
    """The form's field for each column."""
    return {at: request.form.get(f"column-{at}", columns.IGNORE) for at in range(len(one.mapping))}


def leavers(import_id: ImportId, list_name: str) -> ResponseReturnValue:
    """Who would leave the list."""
    one, steps = _planned(import_id)
    with runtime().database.snapshot() as session:
        return show(
            "contacts/import_leavers.html",
            FINE,
            one=one,
            list_name=list_name,
            leavers=list_of_file.leavers(session, space().id, list_name, steps),
            sent=_sent(),
        )


def trial(import_id: ImportId, asked: dict[str, Any]) -> ResponseReturnValue:
    """How many would come in, change, leave; ``asked`` is a ``ConfirmForm``."""
    one, steps = _planned(import_id, is_objections=bool(asked["objections"]))
    words = {"list_name": asked["list_name"], "is_whole_list": bool(asked["whole"])}
    with runtime().database.snapshot() as session:
        if asked["objections"]:
            found = rehearse_objections(steps)
        else:
            found = rehearse(session, space().id, steps, **words, now=utc_now())
        return show(
            "contacts/import_trial.html",
            FINE,
            one=one,
            trial=found,
            list_name=asked["list_name"].strip(),
            is_objections=bool(asked["objections"]),
            sent=_sent(),
        )


def _planned(import_id: ImportId, *, is_objections: bool = False) -> tuple[Import, importing.Plan]:
    """The import, and what its rows say by the form's columns: read outside of any transaction."""
    with runtime().database.snapshot() as session:
        one = uploads.get(session, space().id, import_id)
        uploads.check_uploaded(one)
        content = uploads.content_of(session, one)
    chosen = columns.checked(mapping_sent(one), len(one.mapping))
    return one, importing.plan_in(content, one, chosen, mode=space().mode, is_objections=is_objections)


def _sent() -> dict[str, str]:
    """The form's values, to be sent again by a button of the page."""
    return {name: value for name, value in request.form.items() if name not in ("csrf_token", "sure", "trial")}
