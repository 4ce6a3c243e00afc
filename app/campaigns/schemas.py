"""Campaigns at the border: forms and JSON in, JSON out."""

from datetime import datetime
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate

from app.clock import PARIS
from app.consent.families import Family
from app.language import _
from app.messaging.text import normalise

LONGEST_BODY = 1600
FAMILIES = [family.value for family in Family]
_UNREADABLE_TIME = _("Cette date n'est pas lisible. Exemple : 2026-02-03T18:30.")


class AudienceIn(Schema):
    """For whom: ids of lists and of contacts, and of contacts left out all the same."""

    lists = fields.List(fields.Integer(strict=True), load_default=list)
    segment = fields.Raw(load_default=None, allow_none=True)
    contacts = fields.List(fields.Integer(strict=True), load_default=list)
    except_ = fields.List(fields.Integer(strict=True), load_default=list, data_key="except", attribute="except")


class CampaignIn(Schema):
    """A draft, whole or in part. A body may be unfinished; it is judged when it is scheduled."""

    name = fields.String(validate=validate.Length(max=120))
    family = fields.Enum(Family, by_value=True)
    body = fields.String()
    sender = fields.String(validate=validate.Length(max=16))
    audience = fields.Nested(AudienceIn)
    budget_micros = fields.Integer(strict=True, allow_none=True, validate=validate.Range(min=0, max=10**15))

    @post_load
    def clean(self, data: dict[str, Any], **_words: Any) -> dict[str, Any]:
        if "body" in data:
            data["body"] = normalise(data["body"])
            units = len(data["body"].encode("utf-16-le")) // 2
            if units > LONGEST_BODY:
                raise ValidationError({"body": [_("%(n)s signes : un SMS en compte 1600 au plus.", n=units)]})
        return data


class DraftForm(Schema):
    """The writing page's form. What is typed is kept even when it could not be sent yet."""

    class Meta:
        unknown = EXCLUDE

    name = fields.String(load_default="", validate=validate.Length(max=120))
    family = fields.Enum(Family, by_value=True, load_default=Family.CHARITABLE)
    body = fields.String(load_default="")
    lists = fields.List(fields.Integer(), load_default=list)
    contacts = fields.List(fields.Integer(), load_default=list)

    @post_load
    def as_words(self, data: dict[str, Any], **_words: Any) -> dict[str, Any]:
        audience = {"lists": data.pop("lists"), "contacts": data.pop("contacts"), "except": []}
        return {**data, "body": normalise(data["body"]), "audience": audience}


class ScheduleIn(Schema):
    """When to send. No ``at`` means now; an ``at`` without offset is Paris time."""

    at = fields.DateTime(format="iso", load_default=None, allow_none=True, error_messages={"invalid": _UNREADABLE_TIME})

    @post_load
    def aware(self, data: dict[str, Any], **_words: Any) -> dict[str, datetime | None]:
        at = data["at"]
        return {"at": at if at is None or at.tzinfo else at.replace(tzinfo=PARIS)}


class ConfirmForm(Schema):
    """The confirmation: what was read, when to send, and whether somebody takes the hour upon themselves."""

    class Meta:
        unknown = EXCLUDE

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
            at = datetime.fromisoformat(f"{data['day']}T{data['hour']}").replace(tzinfo=PARIS)
        except ValueError:
            raise ValidationError({"day": [_("Choisissez un jour et une heure.")]}) from None
        return {**data, "at": at}
