"""A spreadsheet's way in: send it, check the columns, watch it come, mend what was refused."""

from pathlib import PurePath
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.models import Role
from app.accounts.web.forms import FINE, REFUSALS, Refused, show
from app.accounts.web.guards import needs, principal, space
from app.clock import utc_now
from app.contacts import acts, lists
from app.contacts import service as contacts
from app.contacts.importing import before_pages, columns, consents, preview, refusals, uploads
from app.contacts.importing.before_pages import mapping_sent
from app.contacts.importing.sentences import import_words
from app.contacts.models import Import, ImportStatus
from app.contacts.schemas import ConfirmForm, ReadForm, UploadForm
from app.database.ids import ImportId
from app.errors import RuleBroken
from app.french.language import _, ngettext
from app.web.edge import download
from app.web.requests import number_argument, runtime

blueprint = Blueprint("imports", __name__, url_prefix="/e/<slug>/imports")


@blueprint.get("")
@needs(Role.LECTRICE)
def begin() -> ResponseReturnValue:
    return _upload_page()


@blueprint.post("")
@needs(Role.EQUIPIERE)
def upload() -> ResponseReturnValue:
    """Nothing is stored of a file that cannot be imported."""
    try:
        read = _read_upload()
        with runtime().database.transaction() as session:
            started = uploads.start_import(session, space().id, read, **_act())
    except REFUSALS as error:
        return _upload_page(Refused.by(error))
    return _back(started.id)


@blueprint.get("/<int:import_id>", endpoint="show")
@needs(Role.LECTRICE)
def show_one(import_id: ImportId) -> ResponseReturnValue:
    """The columns to check, or how far the import is, or what came of it."""
    answer = _page(import_id)
    _note_reading(import_id)
    return answer


@blueprint.get("/<int:import_id>/suivi")
@needs(Role.LECTRICE)
def follow(import_id: ImportId) -> ResponseReturnValue:
    """The part of the page that moves."""
    with runtime().database.snapshot() as session:
        one = uploads.get(session, space().id, import_id)
        part = render_template("contacts/_import_progress.html", one=one, **_outcome(session, one))
    _note_reading(import_id)
    return part


@blueprint.post("/<int:import_id>/relire")
@needs(Role.EQUIPIERE)
def read_again(import_id: ImportId) -> ResponseReturnValue:
    """Read the file another way, outside of any transaction, and look again."""
    try:
        asked = ReadForm().load(request.form)
        delimiter = {"tab": "\t"}.get(asked["delimiter"], asked["delimiter"])
        with runtime().database.snapshot() as session:
            one = uploads.get(session, space().id, import_id)
            uploads.check_uploaded(one)
            content = uploads.content_of(session, one)
        upload = uploads.read_upload(
            content,
            file_name=one.file_name,
            encoding=asked["encoding"] or None,
            delimiter=delimiter or None,
            sheet=next((name for name in one.sheets if name.strip() == asked["sheet"]), one.sheet),
        )
        with runtime().database.transaction() as session:
            uploads.put_otherwise(session, uploads.get(session, space().id, import_id, lock=True), upload)
    except REFUSALS as error:
        return _page(import_id, Refused.by(error))
    return _back(import_id)


@blueprint.post("/<int:import_id>/confirmer")
@needs(Role.EQUIPIERE)
def confirm(import_id: ImportId) -> ResponseReturnValue:
    """Let the file in, or say what that would change; a list that would lose people shows them first."""
    try:
        asked = ConfirmForm().load(request.form)
        if asked["trial"]:
            return before_pages.trial(import_id, asked)
        if asked["whole"] and not asked["sure"] and not asked["keep"]:
            return before_pages.leavers(import_id, asked["list_name"])
        with runtime().database.transaction() as session:
            one = uploads.get(session, space().id, import_id, lock=True)
            if asked["keep"]:
                uploads.keep_choices(one, mapping_sent(one), list_name=asked["list_name"])
            else:
                uploads.confirm(
                    session,
                    one,
                    mapping=mapping_sent(one),
                    list_name=asked["list_name"],
                    is_objections=bool(asked["objections"]),
                    is_whole_list=bool(asked["whole"]),
                    **_act(),
                )
    except REFUSALS as error:
        return _page(import_id, Refused.by(error))
    return _back(import_id)


@blueprint.post("/<int:import_id>/remettre")
@needs(Role.EQUIPIERE)
def put_back(import_id: ImportId) -> ResponseReturnValue:
    """Put on the list again those of the file whom somebody had taken off it."""
    with runtime().database.transaction() as session:
        one = uploads.get(session, space().id, import_id, lock=True)
        target = lists.find(session, space().id, one.list_name)
        people = contacts.of_ids(session, space().id, one.kept_off)
        added = lists.put_on(session, target, people, **_act()) if target else 0
        one.kept_off = []
    flash(ngettext("%(n)s personne remise sur la liste.", "%(n)s personnes remises sur la liste.", added), "success")
    return _back(import_id)


@blueprint.post("/<int:import_id>/abandonner")
@needs(Role.EQUIPIERE)
def drop(import_id: ImportId) -> ResponseReturnValue:
    with runtime().database.transaction() as session:
        one = uploads.get(session, space().id, import_id, lock=True)
        uploads.drop(session, one, **_act())
    flash(_("Le fichier est oublié. Rien n'a été importé."), "success")
    return redirect(url_for("imports.begin", slug=space().slug))


@blueprint.get("/<int:import_id>/refus.csv")
@needs(Role.LECTRICE)
def refused_file(import_id: ImportId) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        one = uploads.get(session, space().id, import_id)
        content = refusals.refused_csv(session, one)
    _note_reading(import_id)
    return download(content, file_name=f"a-corriger-{one.id}.csv", mimetype="text/csv")


def _note_reading(import_id: ImportId) -> None:
    """Somebody looked at the rows to mend: a lesson may wait for it."""
    with runtime().database.snapshot() as session:
        one = uploads.get(session, space().id, import_id)
    if one.status is ImportStatus.FINISHED and one.refused:
        with runtime().database.transaction() as session:
            activity.go_on(session, space().id, acts.REFUSALS_READ, by=principal(), now=utc_now(), subject_id=one.id)


def _read_upload() -> uploads.Upload:
    sent = request.files.get("file")
    if sent and sent.filename:
        content, name = sent.read(), PurePath(sent.filename.replace("\\", "/")).name
    else:
        content, name = UploadForm().load(request.form)["rows"].encode(), ""
        if not content.strip():
            sentence = _("Choisissez un fichier, ou collez les lignes de votre tableau.")
            raise RuleBroken("file_missing", sentence, fields={"file": sentence})
    try:
        return uploads.read_upload(content, file_name=name)
    except RuleBroken as refusal:
        where = "file" if name else "rows"
        raise RuleBroken(refusal.code, refusal.sentence, fields={where: refusal.sentence}) from refusal


def _upload_page(refused: Refused = FINE) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        return show(
            "contacts/import_begin.html",
            refused,
            imports=uploads.latest(session, space().id),
            words=import_words,
        )


def _page(import_id: ImportId, refused: Refused = FINE) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        one = uploads.get(session, space().id, import_id)
        if one.status is not ImportStatus.UPLOADED:
            return show("contacts/import.html", refused, one=one, **_outcome(session, one))
        return show(
            "contacts/import_check.html",
            refused,
            one=one,
            preview=preview.look(session, one),
            choices=columns.LABELS,
            sheets=[(name.strip(), name) for name in one.sheets],
            lists=lists.counted(session, space().id),
        )


def _outcome(session: Session, one: Import) -> dict[str, Any]:
    if one.status not in (ImportStatus.FINISHED, ImportStatus.REFUSED):
        return {"words": import_words(one), "refused_rows": None, "list": None, "withdrawn": []}
    return {
        "words": import_words(one),
        "refused_rows": refusals.page(session, one, after=number_argument("apres")) if one.refused else None,
        "doubles": refusals.page(session, one, duplicates=True, limit=20) if one.duplicates else None,
        "list": lists.find(session, one.space_id, one.list_name) if one.list_name else None,
        "kept_off": contacts.of_ids(session, one.space_id, one.kept_off),
        "withdrawn": consents.still_withdrawn(one),
    }


def _act() -> dict[str, Any]:
    return {"by": principal(), "now": utc_now()}


def _back(import_id: ImportId) -> ResponseReturnValue:
    return redirect(url_for("imports.show", slug=space().slug, import_id=import_id))
