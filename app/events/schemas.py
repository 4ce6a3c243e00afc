"""Dates and reminders at the border: forms in."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate

from app.clock import PARIS, is_doubtful
from app.events.models import Presence
from app.french.language import _
from app.web.schemas import row_id

_TO = re.compile("(?P<kind>lists|segments):(?P<id>[1-9][0-9]{0,8})")
_COUNT = re.compile("[0-9]{1,4}")
_PRESENCE = re.compile("presence-([1-9][0-9]{0,8})")
UNITS = {"hours": timedelta(hours=1), "days": timedelta(days=1)}


def moment(day: str, hour: str, zone: ZoneInfo) -> datetime:
    """The instant that a form's day and hour name in ``zone``, in UTC. Raises ValidationError."""
    try:
        wall = datetime.fromisoformat(f"{day}T{hour}")
    except ValueError:
        wall = None
    if wall is None or wall.tzinfo:
        raise ValidationError({"day": [_("Choisissez un jour et une heure.")]})
    if is_doubtful(wall, zone):
        sentence = _("Cette nuit-là, on change d'heure : celle-ci n'existe pas, ou deux fois. Choisissez-en une autre.")
        raise ValidationError({"hour": [sentence]})
    return wall.replace(tzinfo=zone).astimezone(UTC)


def read_presences(form: Mapping[str, str]) -> dict[int, Presence]:
    """What a list of attendance changes, {contact id: presence}: ``presence-12=came``, where ``shown-12`` was another.

    What is as the page showed it is left out: somebody else may have noted it since.
    """
    found = {}
    for name, value in form.items():
        row = _PRESENCE.fullmatch(name)
        if row and value in list(Presence) and form.get(f"shown-{row[1]}") != value:
            found[int(row[1])] = Presence(value)
    return found


class EventForm(Schema):
    """A date as it is typed: a day, an hour, a length."""

    zone = PARIS
    """Where the day and the hour are read."""

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
        minutes = data.pop("minutes")
        starts_at = moment(data.pop("day"), data.pop("hour"), self.zone)
        return {**data, "starts_at": starts_at, "ends_at": starts_at + timedelta(minutes=minutes)}


class SeatsForm(Schema):
    """How many seats a mission has, as typed: nothing is no limit."""

    class Meta:
        unknown = EXCLUDE

    seats = fields.String(load_default="")

    @post_load
    def as_number(self, data: dict[str, str], **_words: Any) -> int | None:
        typed = data["seats"].strip()
        if typed and not _COUNT.fullmatch(typed):
            raise ValidationError({"seats": [_("Écrivez un nombre de places, 12 par exemple, ou rien : sans limite.")]})
        return int(typed) if typed else None


class ReminderForm(Schema):
    """A reminder as it is typed: so many days or hours before, to a list or a segment, in these words."""

    class Meta:
        unknown = EXCLUDE

    before = fields.Integer(required=True, validate=validate.Range(min=1, max=90))
    unit = fields.String(load_default="days", validate=validate.OneOf(list(UNITS)))
    list_id = row_id(strict=False, load_default=None, allow_none=True)
    """What a page opened before segments says instead of ``to``."""
    to = fields.String(load_default="")
    """``lists:7``, ``segments:3``; empty for those who come."""
    body = fields.String(load_default="", validate=validate.Length(max=1600))

    @post_load
    def as_words(self, data: dict[str, Any], **_words: Any) -> dict[str, Any]:
        to = _TO.fullmatch(data["to"])
        if data["to"] and not to:
            raise ValidationError({"to": [_("Choisissez une liste ou une sélection de la page.")]})
        kind, found = (to["kind"], int(to["id"])) if to else ("", None)
        return {
            "before": data["before"] * UNITS[data["unit"]],
            "list_id": found if kind == "lists" else data["list_id"],
            "segment_id": found if kind == "segments" else None,
            "body": data["body"],
        }
