"""People, lists and imports at the border: what forms and programs send, and what programs are told."""

import re
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate

from app.accounts.schemas import Form, line, text
from app.contacts.models import ImportStatus
from app.contacts.rules import CUSTOM_SIGNS, LIMITS, NOTE_SIGNS
from app.contacts.tags import NAME_SIGNS as TAG_SIGNS
from app.language import _

_EMAIL = validate.Regexp(
    r"$|[^@\s]+@[^@\s]+\.[^@\s.]+$", error=_("Cette adresse n'est pas complète : il manque peut-être le « @ ».")
)


_STATUS_WORDS: dict[ImportStatus, str] = {
    **{status: status.value for status in ImportStatus},
    ImportStatus.UPLOADED: ImportStatus.PENDING.value,  # a program need not know that somebody looks at the columns
}


def _most(signs: int) -> validate.Length:
    return validate.Length(max=signs, error=_("C'est trop long : %(most)s signes au plus.", most=signs))


class ContactForm(Form):
    """The form of the pages. ``birth_year`` may be empty; ``phone_is_parents`` is a box, sent when ticked."""

    phone = text(_("Écrivez un numéro de mobile."), most=40)
    first_name = line(most=LIMITS["first_name"])
    last_name = line(most=LIMITS["last_name"])
    email = fields.String(load_default="", validate=[_EMAIL, _most(LIMITS["email"])])
    postcode = line(most=LIMITS["postcode"])
    birth_year = fields.String(load_default="")
    phone_is_parents = fields.String(load_default="")
    note = line(most=NOTE_SIGNS)
    tags = line(most=1000)

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
    name = line(most=1000)  # the service says what is wrong with a name


class UploadForm(Form):
    """``rows`` are lines pasted from a spreadsheet, where no file is sent."""

    rows = fields.String(load_default="")


class ConfirmForm(Form):
    list_name = line(most=1000)


class ReadForm(Form):
    encoding = line(most=24)
    delimiter = fields.String(load_default="")


class ContactIn(Schema):
    """A contact as a program writes it. PATCH loads it ``partial``; ``tags`` and ``lists`` replace those there are."""

    phone = fields.String(required=True, validate=_most(40))
    first_name = fields.String(validate=_most(LIMITS["first_name"]))
    last_name = fields.String(validate=_most(LIMITS["last_name"]))
    email = fields.String(validate=[_EMAIL, _most(LIMITS["email"])])
    postcode = fields.String(validate=_most(LIMITS["postcode"]))
    birth_year = fields.Integer(strict=True, allow_none=True)
    phone_is_parents = fields.Boolean(truthy={True}, falsy={False})
    note = fields.String(validate=_most(NOTE_SIGNS))
    custom = fields.Dict(
        keys=fields.String(validate=validate.Length(1, 60)), values=fields.String(validate=_most(CUSTOM_SIGNS))
    )
    tags = fields.List(fields.String(validate=validate.Length(1, TAG_SIGNS)))
    lists = fields.List(fields.String(validate=validate.Length(1, 80)))

    @post_load
    def without_nul(self, data: dict[str, Any], **_words: Any) -> dict[str, Any]:
        for name, value in data.items():
            if isinstance(value, str) and "\0" in value:
                raise ValidationError(_("Ce texte contient un signe que rien n'affiche : retirez-le."), name)
        return data


class ListIn(Schema):
    name = fields.String(required=True)


class ListOut(Schema):
    id = fields.Integer()
    name = fields.String()
    people = fields.Integer()


class ContactOut(Schema):
    """A `panels.Described`. ``consent``: ``reachable``, ``opted_out`` or ``only_missions``."""

    id = fields.Integer(attribute="contact.id")
    phone = fields.String(attribute="contact.phone")
    phone_typed = fields.String(attribute="contact.phone_typed")
    first_name = fields.String(attribute="contact.first_name")
    last_name = fields.String(attribute="contact.last_name")
    email = fields.String(attribute="contact.email")
    postcode = fields.String(attribute="contact.postcode")
    birth_year = fields.Integer(attribute="contact.birth_year", allow_none=True)
    phone_is_parents = fields.Boolean(attribute="contact.phone_is_parents")
    note = fields.String(attribute="contact.note")
    custom = fields.Dict(attribute="contact.custom")
    tags = fields.List(fields.String())
    lists = fields.List(fields.Nested(ListOut(only=("id", "name"))))
    consent = fields.String()
    created_at = fields.DateTime(attribute="contact.created_at", format="iso")
    updated_at = fields.DateTime(attribute="contact.updated_at", format="iso")


class ImportOut(Schema):
    """``mapping`` is {column index from "0": field}; ``reason`` says why a whole file was refused."""

    class Meta:
        unknown = EXCLUDE

    id = fields.Integer()
    status = fields.Function(lambda one: _STATUS_WORDS[one.status])
    reason = fields.String()
    file_name = fields.String()
    list = fields.String(attribute="list_name")
    encoding = fields.String()
    delimiter = fields.String()
    mapping = fields.Dict()
    rows_total = fields.Integer()
    rows_done = fields.Integer()
    created = fields.Integer()
    updated = fields.Integer()
    unchanged = fields.Integer()
    duplicates = fields.Integer()
    refused = fields.Integer()
    opted_out = fields.Integer()
    created_at = fields.DateTime(format="iso")
    finished_at = fields.DateTime(format="iso", allow_none=True)
