"""Segments as programs write and read them."""

from typing import Any, ClassVar

from marshmallow import fields

from app.audiences.operators import FieldType
from app.audiences.segments import NAME_CHARACTERS
from app.french.language import _
from app.web.schemas import Body, Text

_RULE = {
    "type": "object",
    "description": _(
        "{« all » : [règles]}, {« any » : [règles]}, {« none » : [règles]} ou une condition {« field », « is », "
        "« value »} ; les champs et leurs comparaisons : GET /segments/fields. Étiquettes, listes et sélections par "
        "leur nom ou leur numéro."
    ),
}
_EXAMPLE: dict[str, Any] = {
    "all": [
        {"field": "age", "is": "under", "value": 35},
        {"field": "place", "is": "within_km", "value": {"of": "80000", "km": 10}},
        {"none": [{"field": "postcode", "is": "starts_with", "value": "801"}]},
    ]
}


class PreviewIn(Body):
    """A rule to try. Nothing is kept."""

    rule = fields.Raw(required=True, metadata=_RULE)
    EXAMPLE: ClassVar[dict[str, Any]] = {"rule": _EXAMPLE}


class PersonOut(Body):
    """One of the people whom a rule keeps."""

    id = fields.Integer(required=True)
    first_name = fields.String(required=True)
    last_name = fields.String(required=True)
    phone = fields.String(required=True)


class PreviewOut(Body):
    """How many people, opt-outs and shared phones not yet set aside; the rule as a sentence; ten of them at most."""

    count = fields.Integer(required=True)
    sentence = fields.String(required=True)
    sample = fields.List(fields.Nested(PersonOut), required=True)
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "count": 37,
        "sentence": "Bénévoles de moins de 35 ans, à moins de 10 km de 80000",
        "sample": [{"id": 412, "first_name": "Zoé", "last_name": "Lévêque", "phone": "+33639981234"}],
    }


class SegmentIn(Body):
    """A name and a rule."""

    name = Text(max=NAME_CHARACTERS, required=True)
    rule = fields.Raw(required=True, metadata=_RULE)
    EXAMPLE: ClassVar[dict[str, Any]] = {"name": "Jeunes d'Amiens", "rule": _EXAMPLE}


class SegmentPatchIn(Body):
    """What to change."""

    name = Text(max=NAME_CHARACTERS)
    rule = fields.Raw(metadata=_RULE)
    EXAMPLE: ClassVar[dict[str, Any]] = {"name": "Jeunes de la Somme"}


class SegmentOut(Body):
    """A segment. ``holes`` says by place what has gone since: while there is one, it keeps nobody."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    rule = fields.Raw(required=True, metadata=_RULE)
    sentence = fields.String(required=True)
    holes = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    created_at = fields.DateTime(format="iso", required=True)
    updated_at = fields.DateTime(format="iso", required=True)
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "id": 3,
        **SegmentIn.EXAMPLE,
        "sentence": PreviewOut.EXAMPLE["sentence"],
        "holes": {},
        "created_at": "2026-02-03T17:00:00+00:00",
        "updated_at": "2026-02-03T17:00:00+00:00",
    }


class OperatorOut(Body):
    """What may be asked: ``name`` for ``is``."""

    name = fields.String(required=True)
    label = fields.String(required=True)


class ChoiceOut(Body):
    """One value of a closed list: an id or a word."""

    value = fields.Raw(required=True, metadata={"oneOf": [{"type": "integer"}, {"type": "string"}]})
    label = fields.String(required=True)


class FieldOut(Body):
    """What a rule may speak of: ``name`` for ``field``; ``choices`` are none where any value may be."""

    name = fields.String(attribute="public_name", required=True)
    label = fields.String(required=True)
    type = fields.Enum(FieldType, by_value=True, required=True)
    operators = fields.List(fields.Nested(OperatorOut), required=True)
    choices = fields.List(fields.Nested(ChoiceOut), required=True)


class FieldsOut(Body):
    """The fields of this space."""

    items = fields.List(fields.Nested(FieldOut), required=True)
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "items": [
            {
                "name": "tags",
                "label": "étiquette",
                "type": "choices",
                "operators": [{"name": "has", "label": "a"}],
                "choices": [{"value": 7, "label": "permis B"}],
            }
        ]
    }
