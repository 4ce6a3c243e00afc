"""Imports as programs write and read them."""

import json
from typing import Any, ClassVar

from marshmallow import ValidationError, fields, post_load, validate
from werkzeug.datastructures import FileStorage

from app.contacts.importing.columns import LABELS
from app.contacts.importing.uploads import read_upload
from app.contacts.lists import NAME_CHARACTERS as LIST_CHARACTERS
from app.contacts.models import ImportStatus
from app.errors import RuleBroken
from app.french.language import _
from app.web.schemas import Body, Text

_KNOWN_FIELD = validate.OneOf(list(LABELS))
_STATUSES = [status.value for status in ImportStatus if status is not ImportStatus.UPLOADED]


class ImportIn(Body):
    """A spreadsheet for a list, which is made if absent. ``mapping``: {column: field}, where the guess will not do."""

    file = fields.Raw(required=True, metadata={"type": "string", "format": "binary"})
    list = Text(max=LIST_CHARACTERS, min=1, required=True)
    mapping = Text(max=20_000, metadata={"contentMediaType": "application/json"})
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "file": "Prénom;Portable\r\nZoé;06 39 98 12 34\r\n",
        "list": "Conducteurs",
        "mapping": '{"Prénom": "first_name", "Portable": "phone"}',
    }

    @post_load
    def as_upload(self, data: dict[str, Any], **_words: Any) -> dict[str, Any]:
        """Read the file here, before any transaction begins. Raises RuleBroken for one refused as a whole."""
        file, mapping = data["file"], data.get("mapping", "").strip()
        if not isinstance(file, FileStorage):
            raise ValidationError(_("Il faut un fichier, avec son nom."), "file")
        chosen = _mapping(mapping) if mapping else None
        try:
            upload = read_upload(file.read(), file_name=file.filename or "import.csv", mapping=chosen)
        except RuleBroken as refusal:
            where = "mapping" if chosen is not None and not refusal.code.startswith("file") else "file"
            raise RuleBroken(refusal.code, refusal.sentence, fields={where: refusal.sentence}) from refusal
        return {"upload": upload, "list_name": data["list"]}


class ImportStartedOut(Body):
    """An import on its way: ask for it again under its id."""

    id = fields.Integer(required=True)
    status = fields.String(required=True, validate=validate.OneOf(_STATUSES))
    EXAMPLE: ClassVar[dict[str, Any]] = {"id": 31, "status": "pending"}


class ImportOut(ImportStartedOut):
    """How far an import is. Rows are counted without the header and the empty ones; ``reason`` is a file's refusal."""

    reason = fields.String(required=True)
    file_name = fields.String(required=True)
    list = fields.String(required=True, attribute="list_name")
    encoding = fields.String(required=True)
    delimiter = fields.String(required=True)
    mapping = fields.Dict(keys=fields.String(), values=fields.String(validate=_KNOWN_FIELD), required=True)
    sheet = fields.String(required=True)
    warnings = fields.List(fields.String(), required=True)
    rows_total = fields.Integer(required=True)
    rows_done = fields.Integer(required=True)
    created = fields.Integer(required=True)
    updated = fields.Integer(required=True)
    unchanged = fields.Integer(required=True)
    duplicates = fields.Integer(required=True)
    refused = fields.Integer(required=True)
    opted_out = fields.Integer(required=True)
    objected = fields.Integer(required=True)
    brought_back = fields.Integer(required=True)
    left = fields.Integer(required=True)
    """Taken off the list, which becomes what the file says."""
    kept_off = fields.Function(lambda one: len(one["kept_off"]), required=True)
    """In the file, but somebody had taken them off the list: they stay off it."""
    created_at = fields.DateTime(format="iso", required=True)
    finished_at = fields.DateTime(format="iso", required=True, allow_none=True)
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "id": 31,
        "status": "finished",
        "reason": "",
        "file_name": "benevoles.csv",
        "list": "Conducteurs",
        "encoding": "cp1252",
        "delimiter": ";",
        "mapping": {"Prénom": "first_name", "Portable": "phone"},
        "sheet": "",
        "warnings": [],
        "rows_total": 500,
        "rows_done": 500,
        "created": 470,
        "updated": 4,
        "unchanged": 2,
        "duplicates": 4,
        "refused": 20,
        "opted_out": 1,
        "objected": 0,
        "brought_back": 0,
        "left": 0,
        "kept_off": 0,
        "created_at": "2026-02-03T17:30:00+00:00",
        "finished_at": "2026-02-03T17:30:02+00:00",
    }


def _mapping(typed: str) -> dict[str, str]:
    try:
        found = json.loads(typed)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not all(isinstance(field, str) for field in found.values()):
        raise ValidationError(_("Il faut un objet JSON, {colonne: champ}."), "mapping")
    return found
