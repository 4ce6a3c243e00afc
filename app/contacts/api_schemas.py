"""People, lists and imports as programs write and read them."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from marshmallow import ValidationError, fields, post_load, validate

from app.contacts.fields import CUSTOM_CHARACTERS, CUSTOM_NAME_CHARACTERS, FIELDS, Field, Kind
from app.contacts.finding.cursors import place
from app.contacts.lists import NAME_CHARACTERS as LIST_CHARACTERS
from app.contacts.options import codes_of
from app.contacts.profile.custom_fields import MAX_CHOICES
from app.contacts.profile.reading import MAX_NUMBER, Typed, show_number
from app.contacts.profile.values import CHOICE_CHARACTERS
from app.contacts.tags import NAME_CHARACTERS as TAG_CHARACTERS
from app.errors import RuleBroken
from app.french.language import _
from app.web.schemas import Body, Flag, PageIn, Text, row_id

_EMAIL = validate.Regexp(r"^$|^[^@\s]+@[^@\s]+\.[^@\s.]+$", error=_("Cette adresse n'est pas complète."))
_CURSOR = validate.Regexp(r"^[A-Za-z0-9_-]{1,1500}$", error=_("Ce curseur n'est pas lisible."))
_FEW = validate.Length(max=50)
MOST_CUSTOM = 200


class Noted(fields.Field[Typed]):
    """What an own field says: a text, a number, an ISO date, or a list of choices; as somebody would type it."""

    default_error_messages = {  # noqa: RUF012 - as marshmallow declares it
        "invalid": _("Écrivez un texte, un nombre, une date comme 2026-03-14 ou une liste de choix.")
    }
    SHAPES: ClassVar[dict[str, Any]] = {
        "oneOf": [
            {"type": "string", "maxLength": CUSTOM_CHARACTERS},
            {"type": "number"},
            {"type": "array", "items": {"type": "string", "maxLength": CHOICE_CHARACTERS}, "maxItems": MAX_CHOICES},
        ]
    }

    def __init__(self, **words: Any) -> None:
        super().__init__(metadata=self.SHAPES, **words)
        self.value_field = Text(max=CUSTOM_CHARACTERS)
        self.inner = fields.List(Text(max=CHOICE_CHARACTERS), validate=validate.Length(max=MAX_CHOICES))

    def _deserialize(self, value: Any, *_args: Any, **_words: Any) -> Typed:
        if isinstance(value, bool) or not isinstance(value, str | int | float | list):
            raise self.make_error("invalid")
        if isinstance(value, int | float):
            if not abs(value) < MAX_NUMBER:  # nor NaN
                raise self.make_error("invalid")
            return show_number(round(value, 9))
        read: fields.Field[Any] = self.inner if isinstance(value, list) else self.value_field
        found: Typed = read.deserialize(value)
        return found


def _few_enough(custom: dict[str, Typed]) -> None:
    """The description of a ``Length`` would give the object a ``maxLength``. Raises ValidationError."""
    if len(custom) > MOST_CUSTOM:
        raise ValidationError(_("C'est trop long : %(n)s au plus.", n=MOST_CUSTOM))


class ContactsIn(PageIn):
    """Which contacts, by name: the cursor says where it stopped."""

    after = fields.String(load_default=None, validate=_CURSOR, metadata=PageIn._declared_fields["after"].metadata)
    search = Text(max=200, load_default="", metadata={"description": _("Un bout de nom, ou de numéro sans code.")})
    list = row_id(strict=False, load_default=None, metadata={"description": _("Le numéro d'une liste.")})
    tag = Text(max=TAG_CHARACTERS, load_default="")
    archived = fields.Boolean(
        load_default=False, metadata={"description": _("Les personnes archivées au lieu des autres.")}
    )

    @post_load
    def as_row(self, data: dict[str, Any], **_words: Any) -> dict[str, Any]:
        """Refuse a forged cursor that no database could look for."""
        if data["after"] is not None:
            try:
                place(data["after"])
            except RuleBroken:
                raise ValidationError(_("Ce curseur n'est pas lisible."), "after") from None
        return data


def _known(field: Field, *more: str) -> validate.OneOf:
    return validate.OneOf([*more, *(one.code for one in field.options)])


class Several(fields.List[str]):
    """Codes on the outside, the sum of their bits within."""

    def __init__(self, field: Field, **words: Any) -> None:
        self.options = field.options
        super().__init__(fields.String(validate=_known(field)), **words)

    def _deserialize(self, *args: Any, **words: Any) -> Any:
        asked = super()._deserialize(*args, **words)
        return sum(one.bit for one in self.options if one.code in asked)

    def _serialize(self, value: Any, *_args: Any, **_words: Any) -> list[str]:
        return codes_of(self.options, value)


_IN: Mapping[Kind, Callable[[Field], fields.Field[Any]]] = {
    Kind.NAME: lambda field: Text(max=field.max),
    Kind.LINE: lambda field: Text(max=field.max),
    Kind.EMAIL: lambda field: Text(max=field.max, validate=[_EMAIL]),
    Kind.BIRTH_YEAR: lambda _: fields.Integer(strict=True, allow_none=True, validate=validate.Range(1, 9999)),
    Kind.FLAG: lambda _: Flag(),
    Kind.PARAGRAPH: lambda field: Text(max=field.max),
    Kind.CHOICE: lambda field: Text(max=field.max, validate=[_known(field, "")]),
    Kind.SEVERAL: Several,
    Kind.MAYBE: lambda field: Flag(allow_none=True, data_key=field.api),
}
"""What a program sends for a field, by its kind."""


def _out(field: Field) -> fields.Field[Any]:
    where = f"contact.{field.name}"
    if field.kind is Kind.FLAG:
        return fields.Boolean(attribute=where, required=True)
    if field.kind is Kind.BIRTH_YEAR:
        return fields.Integer(attribute=where, required=True, allow_none=True)
    if field.kind is Kind.MAYBE:
        return fields.Boolean(attribute=where, required=True, allow_none=True, data_key=field.api)
    if field.kind is Kind.SEVERAL:
        return Several(field, attribute=where, required=True)
    return fields.String(attribute=where, required=True)


class ContactPatchIn(Body):
    """What to change. ``tags``, ``lists`` (by name, made if absent) and ``custom`` replace those there are."""

    class Meta(Body.Meta):
        include: ClassVar[dict[str, fields.Field[Any]]] = {field.name: _IN[field.kind](field) for field in FIELDS}

    phone = Text(max=40)
    custom = fields.Dict(
        keys=Text(max=CUSTOM_NAME_CHARACTERS, min=1),
        values=Noted(),
        validate=_few_enough,
        metadata={"maxProperties": MOST_CUSTOM},
    )
    skills = fields.List(Text(max=CHOICE_CHARACTERS, min=1), validate=_FEW)
    archived = Flag(metadata={"description": _("Archivée : elle n'est plus choisie pour aucun envoi.")})
    tags = fields.List(Text(max=TAG_CHARACTERS, min=1), validate=_FEW)
    lists = fields.List(Text(max=LIST_CHARACTERS, min=1), validate=_FEW)
    EXAMPLE: ClassVar[dict[str, Any]] = {"last_name": "Lévêque", "tags": ["permis B", "cuisine"]}


class ContactIn(ContactPatchIn):
    """A new contact; its number may be typed in any form."""

    class Meta(ContactPatchIn.Meta):
        exclude = ("archived",)

    phone = Text(max=40, required=True)
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "phone": "06 39 98 12 34",
        **{field.api: field.example for field in FIELDS if field.example is not None},
        "skills": ["permis B", "premiers secours"],
        "custom": {"Taille de t-shirt": "M", "Pointure": 42},
        "tags": ["permis B"],
        "lists": ["Conducteurs"],
    }


class ListRefOut(Body):
    """A list, named."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)


class ContactOut(Body):
    """A contact with all that stands beside it; ``consent`` says whether texts may reach them."""

    class Meta(Body.Meta):
        include: ClassVar[dict[str, fields.Field[Any]]] = {field.name: _out(field) for field in FIELDS}

    id = fields.Integer(attribute="contact.id", required=True)
    phone = fields.String(attribute="contact.phone", required=True, metadata={"description": "E.164"})
    phone_typed = fields.String(attribute="contact.phone_typed", required=True)
    custom = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    fields_ = fields.Dict(
        keys=fields.String(),
        data_key="fields",
        attribute="fields",
        required=True,
        metadata={"description": _("Les mêmes par type : un nombre, une date, un texte, une liste de choix.")},
    )
    skills = fields.List(fields.String(), required=True)
    tags = fields.List(fields.String(), required=True)
    lists = fields.List(fields.Nested(ListRefOut), required=True)
    consent = fields.String(
        required=True,
        metadata={"description": _("« reachable », « opted_out » (plus de SMS) ou « only_missions ».")},
    )
    archived_at = fields.DateTime(attribute="contact.archived_at", format="iso", required=True, allow_none=True)
    created_at = fields.DateTime(attribute="contact.created_at", format="iso", required=True)
    updated_at = fields.DateTime(attribute="contact.updated_at", format="iso", required=True)
    EXAMPLE: ClassVar[dict[str, Any]] = {
        **{field.api: field.typed(0) if field.kind is Kind.SEVERAL else field.blank for field in FIELDS},
        **ContactIn.EXAMPLE,
        "id": 412,
        "phone": "+33639981234",
        "phone_typed": "06 39 98 12 34",
        "custom": {"Taille de t-shirt": "M", "Pointure": "42"},
        "fields": {"taille de t shirt": "M", "pointure": 42},
        "lists": [{"id": 7, "name": "Conducteurs"}],
        "consent": "reachable",
        "archived_at": None,
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
