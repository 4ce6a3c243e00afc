"""Dates and reminders at the border: forms in."""

from datetime import datetime, timedelta
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate

from app.clock import PARIS
from app.french.language import _
from app.web.schemas import row_id

UNITS = {"hours": timedelta(hours=1), "days": timedelta(days=1)}


class EventForm(Schema):
    """A date as it is typed: a day, an hour, a length."""

    class Meta:
        unknown = EXCLUDE

    title = fields.String(load_default="", validate=validate.Length(max=120))
    day = fields.String(load_default="")
    hour = fields.String(load_default="")
    minutes = fields.Integer(load_default=120, validate=validate.Range(min=5, max=24 * 60))
    place = fields.String(load_default="", validate=validate.Length(max=200))
    link = fields.String(load_default="", validate=validate.Length(max=500))

    @post_load
    def as_words(self, data: dict[str, Any], **_words: Any) -> dict[str, Any]:
        try:
            starts_at = datetime.fromisoformat(f"{data.pop('day')}T{data.pop('hour')}").replace(tzinfo=PARIS)
        except ValueError:
            raise ValidationError({"day": [_("Choisissez un jour et une heure.")]}) from None
        ends_at = starts_at + timedelta(minutes=data.pop("minutes"))
        return {**data, "starts_at": starts_at, "ends_at": ends_at}


class ReminderForm(Schema):
    """A reminder as it is typed: so many days or hours before, to a list, in these words."""

    class Meta:
        unknown = EXCLUDE

    before = fields.Integer(required=True, validate=validate.Range(min=1, max=90))
    unit = fields.String(load_default="days", validate=validate.OneOf(list(UNITS)))
    list_id = row_id(strict=False, load_default=None, allow_none=True)
    body = fields.String(load_default="", validate=validate.Length(max=1600))

    @post_load
    def as_words(self, data: dict[str, Any], **_words: Any) -> dict[str, Any]:
        return {"before": data["before"] * UNITS[data["unit"]], "list_id": data["list_id"], "body": data["body"]}
