"""People, lists and imports as programs write and read them."""

import base64
import json
from typing import Any, ClassVar

from marshmallow import ValidationError, fields, post_load, validate
from werkzeug.datastructures import FileStorage

from app.border import LAST_ROW, Body, Flag, PageIn, Text, row_id
from app.contacts.columns import LABELS
from app.contacts.lists import NAME_SIGNS as LIST_SIGNS
from app.contacts.models import ImportStatus
from app.contacts.rules import CUSTOM_SIGNS, LIMITS
from app.contacts.tags import NAME_SIGNS as TAG_SIGNS
from app.contacts.uploading import read_upload
from app.errors import RuleBroken
from app.language import _

_EMAIL = validate.Regexp(r"^$|^[^@\s]+@[^@\s]+\.[^@\s.]+$", error=_("Cette adresse n'est pas complète."))
_CURSOR = validate.Regexp(r"^[A-Za-z0-9_-]{1,1500}$", error=_("Ce curseur n'est pas lisible."))
_FEW = validate.Length(max=50)
MOST_CUSTOM = 200
_KNOWN_FIELD = validate.OneOf(list(LABELS))
_STATUSES = [status.value for status in ImportStatus if status is not ImportStatus.UPLOADED]


def _few_enough(custom: dict[str, str]) -> None:
    """The description of a ``Length`` would give the object a ``maxLength``. Raises ValidationError."""
    if len(custom) > MOST_CUSTOM:
        raise ValidationError(_("C'est trop long : %(n)s au plus.", n=MOST_CUSTOM))


class ContactsIn(PageIn):
    """Which contacts, by name: the cursor says where it stopped."""

    after = fields.String(load_default=None, validate=_CURSOR, metadata=PageIn._declared_fields["after"].metadata)
    search = Text(most=200, load_default="", metadata={"description": _("Un bout de nom, ou de numéro sans code.")})
    list = row_id(strict=False, load_default=None, metadata={"description": _("Le numéro d'une liste.")})
    tag = Text(most=TAG_SIGNS, load_default="")

    @post_load
    def as_row(self, data: dict[str, Any], **_words: Any) -> dict[str, Any]:
        """Refuse a forged cursor that no database could look for."""
        if data["after"] is not None:
            try:
                sort_key, row = json.loads(base64.urlsafe_b64decode(data["after"] + "=="))
                is_ours = str.isprintable(sort_key) and 0 < row <= LAST_ROW
            except (ValueError, TypeError, RecursionError):
                is_ours = False
            if not is_ours:
                raise ValidationError(_("Ce curseur n'est pas lisible."), "after")
        return data


class ContactPatchIn(Body):
    """What to change. ``tags``, ``lists`` (by name, made if absent) and ``custom`` replace those there are."""

    phone = Text(most=40)
    first_name = Text(most=LIMITS["first_name"])
    last_name = Text(most=LIMITS["last_name"])
    email = Text(most=LIMITS["email"], validate=[_EMAIL])
    postcode = Text(most=LIMITS["postcode"])
    birth_year = fields.Integer(strict=True, allow_none=True, validate=validate.Range(1, 9999))
    phone_is_parents = Flag()
    note = Text(most=LIMITS["note"])
    custom = fields.Dict(
        keys=Text(most=60, least=1),
        values=Text(most=CUSTOM_SIGNS),
        validate=_few_enough,
        metadata={"maxProperties": MOST_CUSTOM},
    )
    tags = fields.List(Text(most=TAG_SIGNS, least=1), validate=_FEW)
    lists = fields.List(Text(most=LIST_SIGNS, least=1), validate=_FEW)
    EXAMPLE: ClassVar[dict[str, Any]] = {"last_name": "Lévêque", "tags": ["permis B", "cuisine"]}


class ContactIn(ContactPatchIn):
    """A new contact; its number may be typed in any form."""

    phone = Text(most=40, required=True)
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "phone": "06 39 98 12 34",
        "first_name": "Zoé",
        "last_name": "Lévêque",
        "email": "zoe@exemple.fr",
        "postcode": "80000",
        "birth_year": 1985,
        "custom": {"Taille de t-shirt": "M"},
        "tags": ["permis B"],
        "lists": ["Conducteurs"],
    }


class ListRefOut(Body):
    """A list, named."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)


class ContactOut(Body):
    """A contact with all that stands beside it; ``consent`` says whether texts may reach them."""

    id = fields.Integer(attribute="contact.id", required=True)
    phone = fields.String(attribute="contact.phone", required=True, metadata={"description": "E.164"})
    phone_typed = fields.String(attribute="contact.phone_typed", required=True)
    first_name = fields.String(attribute="contact.first_name", required=True)
    last_name = fields.String(attribute="contact.last_name", required=True)
    email = fields.String(attribute="contact.email", required=True)
    postcode = fields.String(attribute="contact.postcode", required=True)
    birth_year = fields.Integer(attribute="contact.birth_year", required=True, allow_none=True)
    phone_is_parents = fields.Boolean(attribute="contact.phone_is_parents", required=True)
    note = fields.String(attribute="contact.note", required=True)
    custom = fields.Dict(keys=fields.String(), attribute="contact.custom", required=True)
    tags = fields.List(fields.String(), required=True)
    lists = fields.List(fields.Nested(ListRefOut), required=True)
    consent = fields.String(
        required=True,
        metadata={"description": _("« reachable », « opted_out » (plus de SMS) ou « only_missions ».")},
    )
    created_at = fields.DateTime(attribute="contact.created_at", format="iso", required=True)
    updated_at = fields.DateTime(attribute="contact.updated_at", format="iso", required=True)
    EXAMPLE: ClassVar[dict[str, Any]] = {
        **ContactIn.EXAMPLE,
        "id": 412,
        "phone": "+33639981234",
        "phone_typed": "06 39 98 12 34",
        "phone_is_parents": False,
        "note": "",
        "lists": [{"id": 7, "name": "Conducteurs"}],
        "consent": "reachable",
        "created_at": "2026-02-03T17:30:00+00:00",
        "updated_at": "2026-02-03T17:30:00+00:00",
    }


class ListIn(Body):
    """A new list."""

    name = Text(most=LIST_SIGNS, least=1, required=True)
    EXAMPLE: ClassVar[dict[str, Any]] = {"name": "Conducteurs"}


class ListOut(ListRefOut):
    """A list and how many people are on it."""

    people = fields.Integer(required=True)
    EXAMPLE: ClassVar[dict[str, Any]] = {"id": 7, "name": "Conducteurs", "people": 38}


class ImportIn(Body):
    """A spreadsheet for a list, which is made if absent. ``mapping``: {column: field}, where the guess will not do."""

    file = fields.Raw(required=True, metadata={"type": "string", "format": "binary"})
    list = Text(most=LIST_SIGNS, least=1, required=True)
    mapping = Text(most=20_000, metadata={"contentMediaType": "application/json"})
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
