"""Recommendations at the border: forms in."""

import re
from decimal import Decimal
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load

from app.french.language import _
from app.programme.recommendations.models import Recommendation
from app.programme.recommendations.moving import Note
from app.programme.recommendations.states import State
from app.web.schemas import Text

_AMOUNT = re.compile(r"\d{1,9}([.,]\d{1,2})?")
_TO = _("Choisissez ce qu'elle devient.")


class _Form(Schema):
    class Meta:
        unknown = EXCLUDE


class MoveForm(_Form):
    """Where a recommendation goes, and why."""

    to = fields.Enum(State, by_value=True, required=True, error_messages={"required": _TO, "unknown": _TO})
    reason = Text(max=300, load_default="")


class ChooseForm(_Form):
    """A tool that somebody of the staff recommends, and why."""

    question = Text(max=8, load_default="")
    why = Text(max=300, load_default="")


class NoteForm(_Form):
    """Hours, a cost in currency units a year, « 120,50 », and a day; what is empty is not known."""

    effort_hours = fields.String(load_default="")
    cost = fields.String(load_default="")
    follow_up_on = fields.String(load_default="")

    @post_load
    def as_note(self, data: dict[str, str], **_words: Any) -> Note:
        return Note(_hours(data["effort_hours"]), _micros(data["cost"]), _day(data["follow_up_on"]))


def _hours(typed: str) -> int | None:
    typed = typed.strip()
    if not typed:
        return None
    if not re.fullmatch("[0-9]{1,5}", typed):
        raise ValidationError({"effort_hours": [_("Écrivez un nombre entier d'heures, 6 par exemple.")]})
    return int(typed)


def _micros(typed: str) -> int | None:
    typed = re.sub(r"[\s€]", "", typed)
    if not typed:
        return None
    if not _AMOUNT.fullmatch(typed):
        raise ValidationError({"cost": [_("Écrivez un montant en euros par an, 120 ou 120,50 par exemple.")]})
    return int(Decimal(typed.replace(",", ".")) * 1_000_000)


def _day(typed: str) -> Any:
    if not typed:
        return None
    try:
        return fields.Date().deserialize(typed)
    except ValidationError:
        raise ValidationError({"follow_up_on": [_("Choisissez un jour, ou laissez vide.")]}) from None


def typed_of(one: Recommendation) -> dict[str, str]:
    """What was noted of a recommendation, as its form holds it."""
    cost = "" if one.cost_micros is None else f"{Decimal(one.cost_micros) / 1_000_000:.2f}".replace(".", ",")
    return {
        "effort_hours": "" if one.effort_hours is None else str(one.effort_hours),
        "cost": cost.removesuffix(",00"),
        "follow_up_on": one.follow_up_on.isoformat() if one.follow_up_on else "",
    }
