"""Cohorts and their associations at the border: forms in."""

from datetime import date, datetime
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load

from app.clock import PARIS
from app.events.schemas import moment
from app.french.language import _
from app.programme.cohorts.dates import instant_a_year_later, name_a_year_later, year_later
from app.programme.cohorts.models import Cohort
from app.programme.cohorts.rules import CAPACITY_MAX, Terms
from app.programme.cohorts.states import MemberState
from app.web.schemas import Text

_DAY: dict[str, Any] = {"required": _("Choisissez un jour."), "invalid": _("Choisissez un jour.")}
_NUMBER = _("Écrivez un nombre entier, 12 par exemple.")
_COUNT: dict[str, Any] = {
    "required": _("Combien d'associations ?"),
    "invalid": _("Écrivez un nombre entier, 12 par exemple."),
}


class _Form(Schema):
    class Meta:
        unknown = EXCLUDE


class CohortForm(_Form):
    """A cohort as it is typed. The hours of applications are those of Paris."""

    name = Text(max=80, load_default="")
    starts_on = fields.Date(required=True, error_messages=_DAY)
    ends_on = fields.Date(required=True, error_messages=_DAY)
    capacity = fields.Integer(required=True, error_messages={**_COUNT, "too_large": _NUMBER})
    place = Text(max=200, load_default="")
    opens_day = fields.String(load_default="")
    opens_hour = fields.String(load_default="")
    closes_day = fields.String(load_default="")
    closes_hour = fields.String(load_default="")
    note = Text(max=2000, load_default="")

    @post_load
    def as_terms(self, data: dict[str, Any], **_words: Any) -> Terms:
        return Terms(
            name=" ".join(data["name"].split()),
            starts_on=data["starts_on"],
            ends_on=data["ends_on"],
            capacity=min(data["capacity"], CAPACITY_MAX + 1),
            place=" ".join(data["place"].split()),
            applications_open_at=_instant(data, "opens", "00:00"),
            applications_close_at=_instant(data, "closes", "23:59"),
            note=data["note"].strip(),
        )


def _instant(data: dict[str, Any], which: str, usual: str) -> datetime | None:
    """An hour without a day says nothing; a day without an hour is taken whole."""
    day = data[f"{which}_day"]
    if not day:
        return None
    try:
        return moment(day, data[f"{which}_hour"] or usual, PARIS)
    except ValidationError as wrong:
        [sentences] = list(wrong.messages_dict.values())[:1]
        raise ValidationError({f"{which}_day": sentences}) from None
    except OverflowError:  # the first year of the calendar
        raise ValidationError({f"{which}_day": [_("Vérifiez l'année.")]}) from None


class MemberForm(_Form):
    """An association for a cohort: invited, or let in at once."""

    association = Text(max=120, load_default="")
    state = fields.Enum(MemberState, by_value=True, load_default=MemberState.INVITED)


class MoveForm(_Form):
    """Where an association goes, and why."""

    to = fields.Enum(MemberState, by_value=True, required=True)
    reason = Text(max=300, load_default="")


class ContactForm(_Form):
    """Whom to call."""

    name = Text(max=80, load_default="")
    phone = Text(max=24, load_default="")

    @post_load
    def trimmed(self, data: dict[str, str], **_words: Any) -> dict[str, str]:
        return {name: " ".join(value.split()) for name, value in data.items()}


def typed_of(cohort: Cohort) -> dict[str, str]:
    """A cohort as its form holds it."""
    return {
        "name": cohort.name,
        "starts_on": cohort.starts_on.isoformat(),
        "ends_on": cohort.ends_on.isoformat(),
        "capacity": str(cohort.capacity),
        "place": cohort.place,
        **_typed_instant("opens", cohort.applications_open_at),
        **_typed_instant("closes", cohort.applications_close_at),
        "note": cohort.note,
    }


def typed_a_year_later(cohort: Cohort) -> dict[str, str]:
    """The form of the year after: every date on its weekday, no association."""
    opens, closes = cohort.applications_open_at, cohort.applications_close_at
    return {
        **typed_of(cohort),
        "name": name_a_year_later(cohort.name),
        "starts_on": _moved(cohort.starts_on),
        "ends_on": _moved(cohort.ends_on),
        **_typed_instant("opens", instant_a_year_later(opens) if opens else None),
        **_typed_instant("closes", instant_a_year_later(closes) if closes else None),
    }


def _moved(day: date) -> str:
    return year_later(day).isoformat()


def _typed_instant(which: str, at: datetime | None) -> dict[str, str]:
    local = at.astimezone(PARIS) if at else None
    return {
        f"{which}_day": local.strftime("%Y-%m-%d") if local else "",
        f"{which}_hour": local.strftime("%H:%M") if local else "",
    }
