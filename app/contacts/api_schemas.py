"""People, lists and imports as programs write and read them."""

import base64
import json
from typing import Any, ClassVar

from marshmallow import ValidationError, fields, post_load, validate

from app.contacts.lists import NAME_CHARACTERS as LIST_CHARACTERS
from app.contacts.rules import CUSTOM_CHARACTERS, LIMITS
from app.contacts.tags import NAME_CHARACTERS as TAG_CHARACTERS
from app.french.language import _
from app.web.schemas import LAST_ROW, Body, Flag, PageIn, Text, row_id

_EMAIL = validate.Regexp(r"^$|^[^@\s]+@[^@\s]+\.[^@\s.]+$", error=_("Cette adresse n'est pas complète."))
_CURSOR = validate.Regexp(r"^[A-Za-z0-9_-]{1,1500}$", error=_("Ce curseur n'est pas lisible."))
_FEW = validate.Length(max=50)
MOST_CUSTOM = 200


def _few_enough(custom: dict[str, str]) -> None:
    """The description of a ``Length`` would give the object a ``maxLength``. Raises ValidationError."""
    if len(custom) > MOST_CUSTOM:
        raise ValidationError(_("C'est trop long : %(n)s au plus.", n=MOST_CUSTOM))


class ContactsIn(PageIn):
    """Which contacts, by name: the cursor says where it stopped."""

    after = fields.String(load_default=None, validate=_CURSOR, metadata=PageIn._declared_fields["after"].metadata)
    search = Text(max=200, load_default="", metadata={"description": _("Un bout de nom, ou de numéro sans code.")})
    list = row_id(strict=False, load_default=None, metadata={"description": _("Le numéro d'une liste.")})
    tag = Text(max=TAG_CHARACTERS, load_default="")

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

    phone = Text(max=40)
    first_name = Text(max=LIMITS["first_name"])
    last_name = Text(max=LIMITS["last_name"])
    email = Text(max=LIMITS["email"], validate=[_EMAIL])
    postcode = Text(max=LIMITS["postcode"])
    birth_year = fields.Integer(strict=True, allow_none=True, validate=validate.Range(1, 9999))
    phone_is_parents = Flag()
    note = Text(max=LIMITS["note"])
    custom = fields.Dict(
        keys=Text(max=60, min=1),
        values=Text(max=CUSTOM_CHARACTERS),
        validate=_few_enough,
        metadata={"maxProperties": MOST_CUSTOM},
    )
    tags = fields.List(Text(max=TAG_CHARACTERS, min=1), validate=_FEW)
    lists = fields.List(Text(max=LIST_CHARACTERS, min=1), validate=_FEW)
    EXAMPLE: ClassVar[dict[str, Any]] = {"last_name": "Lévêque", "tags": ["permis B", "cuisine"]}


class ContactIn(ContactPatchIn):
    """A new contact; its number may be typed in any form."""

    phone = Text(max=40, required=True)
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

    name = Text(max=LIST_CHARACTERS, min=1, required=True)
    EXAMPLE: ClassVar[dict[str, Any]] = {"name": "Conducteurs"}


class ListOut(ListRefOut):
    """A list and how many people are on it."""

    people = fields.Integer(required=True)
    EXAMPLE: ClassVar[dict[str, Any]] = {"id": 7, "name": "Conducteurs", "people": 38}
