"""People, lists and imports at the border: what the forms of pages send."""

import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from marshmallow import ValidationError, fields, post_load, pre_load, validate
from werkzeug.datastructures import MultiDict

from app.accounts.web.schemas import Form, line, text
from app.contacts.fields import FIELDS, Field, Kind
from app.french.language import _

_EMAIL = validate.Regexp(
    r"$|[^@\s]+@[^@\s]+\.[^@\s.]+$", error=_("Cette adresse n'est pas complète : il manque peut-être le « @ ».")
)


def _max_length(characters: int) -> validate.Length:
    return validate.Length(max=characters, error=_("C'est trop long : %(most)s caractères au plus.", most=characters))


def _one_of(codes: list[str]) -> fields.String:
    return fields.String(load_default="", validate=validate.OneOf(codes, error=_("Choisissez une des réponses.")))


_IN: Mapping[Kind, Callable[[Field], fields.String]] = {
    Kind.NAME: lambda field: line(max=field.max),
    Kind.LINE: lambda field: line(max=field.max),
    Kind.EMAIL: lambda field: fields.String(load_default="", validate=[_EMAIL, _max_length(field.max)]),
    Kind.BIRTH_YEAR: lambda _field: fields.String(load_default=""),
    Kind.FLAG: lambda _field: fields.String(load_default=""),
    Kind.PARAGRAPH: lambda field: line(max=field.max),
    Kind.CHOICE: lambda field: _one_of(["", *(one.code for one in field.options)]),
    Kind.MAYBE: lambda _field: _one_of(["", "yes", "no"]),
    Kind.SEVERAL: lambda _field: line(max=100),
}
"""What the form sends for a field, by its kind. A box is sent when ticked; the rest may be empty."""


class ContactForm(Form):
    """The form of the pages."""

    class Meta(Form.Meta):
        include: ClassVar[dict[str, fields.Field[Any]]] = {field.name: _IN[field.kind](field) for field in FIELDS}

    phone = text(_("Écrivez un numéro de mobile."), max=40)
    tags = line(max=1000)

    @pre_load
    def trim(self, data: Mapping[str, str], **words: Any) -> dict[str, str]:
        """Boxes of one name come together: « evenings,weekends »."""
        several = [field.name for field in FIELDS if field.kind is Kind.SEVERAL]
        ticked = {name: ",".join(data.getlist(name)) for name in several} if isinstance(data, MultiDict) else {}
        clean: dict[str, str] = super().trim({**dict(data.items()), **ticked}, **words)
        return clean

    @post_load
    def as_card(self, data: dict[str, Any], **_words: Any) -> dict[str, Any]:
        return {**data, **{field.name: _as_kept(data[field.name], field) for field in FIELDS}}


def _as_kept(typed: str, field: Field) -> Any:
    """Raises ValidationError for a year that is none."""
    if field.kind is Kind.FLAG:
        return bool(typed)
    if field.kind is Kind.SEVERAL:
        return sum(one.bit for one in field.options if one.code in typed.split(","))
    if field.kind is Kind.MAYBE:
        return {"yes": True, "no": False}.get(typed)
    if field.kind is Kind.BIRTH_YEAR:
        if typed and not re.fullmatch(r"\d{4}", typed):
            raise ValidationError(_("Écrivez les quatre chiffres de l'année, par exemple 1985."), field.name)
        return int(typed) if typed else None
    return typed.replace("\r\n", "\n") if field.kind is Kind.PARAGRAPH else typed


class ListForm(Form):
    name = line(max=1000)  # the service says what is wrong with a name


class UploadForm(Form):
    """``rows`` are lines pasted from a spreadsheet, where no file is sent."""

    rows = fields.String(load_default="")


class ConfirmForm(Form):
    list_name = line(max=1000)
    objections = fields.String(load_default="")
    whole = fields.String(load_default="")
    sure = fields.String(load_default="")
    """The names of those who leave the list were shown."""
    trial = fields.String(load_default="")
    """Not yet: say what would change."""
    keep = fields.String(load_default="")
    """Not yet: keep the other columns as they are, and show the page again."""


class ReadForm(Form):
    encoding = line(max=24)
    delimiter = fields.String(load_default="")
    sheet = fields.String(load_default="")
