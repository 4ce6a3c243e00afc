"""People, lists and imports at the border: what the forms of pages send."""

import re
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate

from app.accounts.web.schemas import Form, line, text
from app.contacts.rules import LIMITS, NOTE_CHARACTERS
from app.french.language import _

_EMAIL = validate.Regexp(
    r"$|[^@\s]+@[^@\s]+\.[^@\s.]+$", error=_("Cette adresse n'est pas complète : il manque peut-être le « @ ».")
)


def _max_length(characters: int) -> validate.Length:
    return validate.Length(max=characters, error=_("C'est trop long : %(most)s signes au plus.", most=characters))


class ContactForm(Form):
    """The form of the pages. ``birth_year`` may be empty; ``phone_is_parents`` is a box, sent when ticked."""

    phone = text(_("Écrivez un numéro de mobile."), max=40)
    first_name = line(max=LIMITS["first_name"])
    last_name = line(max=LIMITS["last_name"])
    email = fields.String(load_default="", validate=[_EMAIL, _max_length(LIMITS["email"])])
    postcode = line(max=LIMITS["postcode"])
    birth_year = fields.String(load_default="")
    phone_is_parents = fields.String(load_default="")
    note = line(max=NOTE_CHARACTERS)
    tags = line(max=1000)

    @post_load
    def as_card(self, data: dict[str, Any], **_words: Any) -> dict[str, Any]:
        year = data["birth_year"]
        if year and not re.fullmatch(r"\d{4}", year):
            raise ValidationError(_("Écrivez les quatre chiffres de l'année, par exemple 1985."), "birth_year")
        return {
            **data,
            "birth_year": int(year) if year else None,
            "phone_is_parents": bool(data["phone_is_parents"]),
            "note": data["note"].replace("\r\n", "\n"),
        }


class ListForm(Form):
    name = line(max=1000)  # the service says what is wrong with a name


class UploadForm(Form):
    """``rows`` are lines pasted from a spreadsheet, where no file is sent."""

    rows = fields.String(load_default="")


class ConfirmForm(Form):
    list_name = line(max=1000)
    objections = fields.String(load_default="")


class ReadForm(Form):
    encoding = line(max=24)
    delimiter = fields.String(load_default="")
    sheet = fields.String(load_default="")
