"""What programs send and are answered, read strictly: JSON bodies, pages of lists, and refusals in French."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, TypeVar

from marshmallow import RAISE, Schema, fields, post_load, validate

from app.french.language import _

MAX_ROWS = 200
LAST_ROW = 2**31 - 1
"""The largest id that every database takes."""

T = TypeVar("T")
_SURROGATES = range(0xD800, 0xE000)


class Body(Schema):
    """A JSON object: an unknown field is refused, and each refusal is in French. ``EXAMPLE`` is documented.

    ``BODY_REQUIRED`` where an empty object has a meaning that a body lost on its way must not have.
    """

    EXAMPLE: ClassVar[dict[str, Any]] = {}
    BODY_REQUIRED: ClassVar[bool] = False

    class Meta:
        unknown = RAISE

    error_messages = {  # noqa: RUF012 - as the library declares it
        "type": _("Il faut un objet JSON."),
        "unknown": _("Ce champ n'existe pas."),
    }

    def on_bind_field(self, _field_name: str, field_obj: fields.Field[Any]) -> None:
        _speak_french(field_obj)


class Text(fields.String):
    """Words that every database keeps: no NUL, no half of a pair of surrogates. Lengths in code points."""

    default_error_messages = {"unkept": _("Un caractère de ce texte n'est pas lisible.")}  # noqa: RUF012 - as the library declares it

    def __init__(self, *, max: int, min: int | None = None, **words: Any) -> None:
        length = validate.Length(min=min, max=max)
        super().__init__(validate=[length, *words.pop("validate", ())], **words)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **words: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **words)
        if any(character == "\0" or ord(character) in _SURROGATES for character in text):
            raise self.make_error("unkept")
        return text


class Flag(fields.Boolean):
    """``true`` or ``false``, and nothing that looks like them."""

    def _deserialize(self, value: Any, *_args: Any, **_words: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


def row_id(**words: Any) -> fields.Integer:
    """The id of a row of ours, a JSON number unless ``strict=False``."""
    return fields.Integer(**{"strict": True, "validate": validate.Range(1, LAST_ROW), **words})


def row_ids(max: int, **words: Any) -> fields.List[int]:
    return fields.List(row_id(), validate=validate.Length(max=max), **words)


class PageIn(Body):
    """Which part of a list: after a cursor, so many at most. The cursor is the id of the last row seen."""

    after = fields.String(
        load_default="0",
        validate=validate.Regexp(r"^[0-9]{1,9}$", error=_("Ce curseur n'est pas lisible.")),
        metadata={"description": _("Le « next » de la page précédente.")},
    )
    limit = fields.Integer(load_default=50, validate=validate.Range(1, MAX_ROWS))

    @post_load
    def as_row(self, data: dict[str, Any], **_words: Any) -> dict[str, Any]:
        return {**data, "after": int(data["after"])}


def page_of(schema: type[Body]) -> type[Body]:
    """``{"items": […], "next": cursor or null}``."""
    members = {
        "items": fields.List(fields.Nested(schema), required=True),
        "next": fields.String(required=True, allow_none=True),
        "EXAMPLE": {"items": [schema.EXAMPLE], "next": None},
    }
    return type(f"{schema.__name__.removesuffix('Out')}PageOut", (Body,), members)


def paged(found: Sequence[T], limit: int, cursor: Callable[[T], int]) -> tuple[Sequence[T], str | None]:
    """The page's rows among ``limit + 1`` at most, and the cursor of those that follow."""
    return found[:limit], str(cursor(found[limit - 1])) if len(found) > limit else None


def _speak_french(field: fields.Field[Any]) -> None:
    """Give the field, its validators and its parts our sentences; one that a schema chose, or a class of ours, stays.

    What the library would say is asked of its own classes: no sentence of theirs is written here.
    """
    usual: dict[str, Any] = {}
    french: dict[str, str] = {}
    for kind in reversed(type(field).__mro__):
        own = vars(kind).get("default_error_messages", {})
        usual |= own
        french = {name: words for name, words in french.items() if name not in own} | _OF_FIELDS.get(kind, {})
    field.error_messages = {
        name: french.get(name, words) if words == usual.get(name) else words
        for name, words in field.error_messages.items()
    }
    for validator in field.validators:
        _speak_of_limits(validator)
    for part in ("inner", "key_field", "value_field"):
        if isinstance(inner := getattr(field, part, None), fields.Field):
            _speak_french(inner)


def _speak_of_limits(validator: Any) -> None:
    """The same for a limit. A sentence that a schema chose stands in ``error``, before all others."""
    for name, words in _OF_LIMITS.get(type(validator), {}).items():
        if name == "default_message":
            validator.error = words if validator.error == type(validator).default_message else validator.error
        else:
            setattr(validator, name, words)


_OF_FIELDS: dict[type, dict[str, str]] = {
    fields.Field: {
        "required": _("Il manque ce champ."),
        "null": _("Ce champ ne peut pas être nul."),
        "validator_failed": _("Cette valeur ne convient pas."),
    },
    fields.Nested: {"type": _("Il faut un objet JSON.")},
    fields.List: {"invalid": _("Il faut une liste.")},
    fields.Dict: {"invalid": _("Il faut un objet JSON.")},
    fields.String: {"invalid": _("Il faut un texte."), "invalid_utf8": _("Ce texte n'est pas en UTF-8.")},
    fields.Integer: {"invalid": _("Il faut un nombre entier."), "too_large": _("Ce nombre est trop grand.")},
    fields.Boolean: {"invalid": _("Il faut true ou false.")},
    fields.DateTime: {
        name: _("Cette date n'est pas lisible. Exemple : 2026-02-03T18:30:00+01:00.")
        for name in ("invalid", "invalid_awareness", "format")
    },
    fields.Enum: {"unknown": _("Il faut l'un de ces mots : {choices}.")},
}
_OF_LIMITS: dict[type, dict[str, str]] = {
    validate.OneOf: {"default_message": _("Il faut l'un de ces mots : {choices}.")},
    validate.Range: {
        "message_min": _("Il faut {min} au moins."),
        "message_max": _("Il faut {max} au plus."),
        "message_all": _("Il faut de {min} à {max}."),
    },
    validate.Length: {
        "message_min": _("C'est trop court : il en faut {min} au moins."),
        "message_max": _("C'est trop long : {max} au plus."),
        "message_all": _("La longueur va de {min} à {max}."),
        "message_equal": _("Il en faut exactement {equal}."),
    },
}
"""By the name that the library gives each of its sentences."""
