"""Campaigns at the border: what the forms of pages send."""

from datetime import datetime
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate

from app.clock import PARIS, is_doubtful
from app.consent.families import Family
from app.french.language import _
from app.messaging.body.text import normalise
from app.web.schemas import LAST_ROW


class DraftForm(Schema):
    """The writing page's form. What is typed is kept even when it could not be sent yet."""

    class Meta:
        unknown = EXCLUDE

    name = fields.String(load_default="", validate=validate.Length(max=120))
    family = fields.Enum(Family, by_value=True, load_default=Family.CHARITABLE)
    body = fields.String(load_default="")
    lists = fields.List(fields.Integer(validate=validate.Range(1, LAST_ROW)), load_default=list)
    segments = fields.List(fields.Integer(validate=validate.Range(1, LAST_ROW)))
    """Absent where the page offered none: those of the draft stay."""
    contacts = fields.List(fields.Integer(validate=validate.Range(1, LAST_ROW)), load_default=list)
    everyone = fields.Boolean(load_default=False)

    @post_load
    def as_words(self, data: dict[str, Any], **_words: Any) -> dict[str, Any]:
        chosen: dict[str, Any] = {
            name: data.pop(name) for name in ("lists", "segments", "contacts", "everyone") if name in data
        }
        return {**data, "body": normalise(data["body"]), "audience": chosen}


class ConfirmForm(Schema):
    """The confirmation: what was read, when to send, and whether somebody takes the hour upon themselves."""

    class Meta:
        unknown = EXCLUDE

    zone = PARIS
    """Where the day and the hour are read."""
    version = fields.String(required=True)
    when = fields.String(load_default="now", validate=validate.OneOf(["now", "later"]))
    day = fields.String(load_default="")
    hour = fields.String(load_default="")
    ignores_hours = fields.Boolean(load_default=False)

    @post_load
    def at(self, data: dict[str, Any], **_words: Any) -> dict[str, Any]:
        if data["when"] == "now":
            return {**data, "at": None}
        try:
            wall = datetime.fromisoformat(f"{data['day']}T{data['hour']}")
        except ValueError:
            raise ValidationError({"day": [_("Choisissez un jour et une heure.")]}) from None
        if is_doubtful(wall, self.zone):
            sentence = _("Cette nuit-là, on change d'heure : celle-ci n'existe pas, ou deux fois.")
            raise ValidationError({"day": [sentence]})
        return {**data, "at": wall.replace(tzinfo=self.zone)}
