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

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:  # noqa: ARG002
        _speak_french(field_obj)


class Text(fields.String):
    """Words that every database keeps: no NUL, no half of a pair of surrogates. Lengths in code points."""

    default_error_messages = {"unkept": _("Un caractère de ce texte n'est pas lisible.")}  # noqa: RUF012

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
    """Replace each of the library's sentences by ours; a sentence that a schema chose stays."""
    field.error_messages = {name: _FRENCH.get(str(words), words) for name, words in field.error_messages.items()}
    for validator in field.validators:
        for name in ("error", "message_min", "message_max", "message_all"):
            if french := _FRENCH.get(getattr(validator, name, None) or ""):
                setattr(validator, name, french)
    for inner in ("inner", "key_field", "value_field"):
        if isinstance(part := getattr(field, inner, None), fields.Field):
            _speak_french(part)


_FRENCH = {
    "Missing data for required field.": _("Il manque ce champ."),
    "Field may not be null.": _("Ce champ ne peut pas être nul."),
    "Invalid value.": _("Cette valeur ne convient pas."),
    "Invalid type.": _("Il faut un objet JSON."),
    "Not a valid list.": _("Il faut une liste."),
    "Not a valid string.": _("Il faut un texte."),
    "Not a valid utf-8 string.": _("Ce texte n'est pas en UTF-8."),
    "Not a valid number.": _("Il faut un nombre."),
    "Not a valid integer.": _("Il faut un nombre entier."),
    "Number too large.": _("Ce nombre est trop grand."),
    "Not a valid boolean.": _("Il faut true ou false."),
    "Not a valid mapping type.": _("Il faut un objet JSON."),
    "Not a valid {obj_type}.": _("Cette date n'est pas lisible. Exemple : 2026-02-03T18:30:00+01:00."),
    "Must be one of: {choices}.": _("Il faut l'un de ces mots : {choices}."),
    "Must be greater than or equal to {min} and less than or equal to {max}.": _("Il faut de {min} à {max}."),
    "Must be greater than or equal to {min}.": _("Il faut {min} au moins."),
    "Must be less than or equal to {max}.": _("Il faut {max} au plus."),
    "Shorter than minimum length {min}.": _("C'est trop court : il en faut {min} au moins."),
    "Longer than maximum length {max}.": _("C'est trop long : {max} au plus."),
    "Length must be between {min} and {max}.": _("La longueur va de {min} à {max}."),
}
