"""Likely duplicates and merges as programs write and read them."""

from typing import Any, ClassVar

from marshmallow import fields, validate

from app.contacts.api_schemas import ContactOut
from app.contacts.fields import FIELDS
from app.contacts.merging.cards import CHOSEN
from app.contacts.pairs.models import PairReason, PairState
from app.french.language import _
from app.web.schemas import Body, Text, row_id

_FIELD_CHARACTERS = 140
_NAMES = ", ".join(f"« {one} »" for one in ("phone", *(field.api for field in FIELDS if field.name in CHOSEN)))


class DuplicateIn(Body):
    """Two contacts who may be one person."""

    contacts = fields.List(row_id(), required=True, validate=validate.Length(equal=2))
    EXAMPLE: ClassVar[dict[str, Any]] = {"contacts": [412, 977]}


class DifferenceOut(Body):
    """A field of which the two cards say two things; ``name`` is what ``from_other`` of a merge takes."""

    name = fields.String(required=True)
    label = fields.String(required=True)
    values = fields.List(fields.String(), required=True, metadata={"description": _("Dans l'ordre des contacts.")})


class DuplicateOut(Body):
    """A pair, whatever was answered; ``differences`` are where a merge must choose: the rest adds up."""

    id = fields.Integer(required=True)
    reason = fields.String(
        required=True,
        validate=validate.OneOf(list(PairReason)),
        metadata={
            "description": _(
                "Ce qu'elles ont en commun : « phone » (le numéro), « email », « name » (le nom et le code postal) ; "
                "« said » : quelqu'un l'a dit."
            )
        },
    )
    state = fields.String(
        required=True,
        validate=validate.OneOf(list(PairState)),
        metadata={"description": _("« to_see » (à regarder), « not_duplicate » (deux personnes) ou « merged ».")},
    )
    contacts = fields.List(fields.Nested(ContactOut), required=True)
    differences = fields.List(fields.Nested(DifferenceOut), required=True)
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "id": 31,
        "reason": "email",
        "state": "to_see",
        "contacts": [ContactOut.EXAMPLE, {**ContactOut.EXAMPLE, "id": 977, "last_name": "Blanc"}],
        "differences": [{"name": "last_name", "label": "Nom", "values": ["Lévêque", "Blanc"]}],
    }


class MergeIn(Body):
    """Who stays, who turned out to be them, and the fields whose value is the other's."""

    survivor = row_id(required=True)
    other = row_id(required=True)
    from_other = fields.List(
        Text(max=_FIELD_CHARACTERS, min=1),
        load_default=list,
        validate=validate.Length(max=100),
        metadata={
            "description": _(
                "Les champs dont on garde la valeur de l'autre fiche : %(names)s, ou « custom.nom » pour un champ à "
                "vous. Ailleurs, la fiche qui reste garde la sienne, et prend celle de l'autre où elle n'a rien.",
                names=_NAMES,
            )
        },
    )
    EXAMPLE: ClassVar[dict[str, Any]] = {"survivor": 412, "other": 977, "from_other": ["last_name", "custom.taille"]}


class MergeOut(Body):
    """A merge: the other card stays in the archives and leads to the survivor's, until it is undone."""

    id = fields.Integer(required=True)
    survivor = fields.Integer(attribute="survivor_id", required=True)
    other = fields.Integer(attribute="loser_id", required=True)
    from_other = fields.List(fields.String(), required=True)
    at = fields.DateTime(format="iso", required=True)
    undo_until = fields.DateTime(format="iso", required=True)
    undone_at = fields.DateTime(format="iso", required=True, allow_none=True)
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "id": 8,
        "survivor": 412,
        "other": 977,
        "from_other": ["last_name", "custom.taille"],
        "at": "2026-02-03T17:30:00+00:00",
        "undo_until": "2026-03-05T17:30:00+00:00",
        "undone_at": None,
    }
