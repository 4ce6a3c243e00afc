"""Trainings at the border: forms in, and a training as its form holds it."""

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load

from app.clock import PARIS
from app.contacts.fields import Card
from app.events.models import Event
from app.events.schemas import EventForm, SeatsForm
from app.french.language import _
from app.programme.cohorts.models import Function
from app.programme.trainings.models import Training
from app.programme.trainings.rules import Prepares, Terms
from app.web.schemas import Text


class TrainingForm(Schema):
    """What a training is besides its date."""

    class Meta:
        unknown = EXCLUDE

    prepares = fields.Enum(Prepares, by_value=True, load_default=Prepares.NONE)
    expert = Text(max=120, load_default="")
    aim = Text(max=1000, load_default="")
    materials = Text(max=4000, load_default="")
    min_seats = fields.String(load_default="")

    @post_load
    def as_terms(self, data: dict[str, Any], **_words: Any) -> Terms:
        try:
            min_seats = SeatsForm().load({"seats": data["min_seats"]})
        except ValidationError:
            sentence = _("Écrivez un nombre de personnes, 6 par exemple, ou rien.")
            raise ValidationError({"min_seats": [sentence]}) from None
        return Terms(
            prepares=data["prepares"],
            expert=" ".join(data["expert"].split()),
            aim=data["aim"].strip(),
            materials=data["materials"].strip(),
            min_seats=min_seats or None,
        )


class PersonForm(Schema):
    """Somebody of an association, to be registered."""

    class Meta:
        unknown = EXCLUDE

    first_name = Text(max=80, load_default="")
    last_name = Text(max=80, load_default="")
    phone = Text(max=24, load_default="")
    function = fields.Enum(Function, by_value=True, load_default=Function.VOLUNTEER)

    @post_load
    def as_words(self, data: dict[str, Any], **_words: Any) -> tuple[Function, Card]:
        function = data.pop("function")
        for name in ("first_name", "phone"):
            if not data[name].strip():
                raise ValidationError({name: [_("Écrivez un prénom et un mobile.")]})
        return function, Card(
            first_name=_plain(data["first_name"]), last_name=_plain(data["last_name"]), phone=_plain(data["phone"])
        )


class FileForm(Schema):
    """What a file is called; the file itself comes beside."""

    class Meta:
        unknown = EXCLUDE

    label = Text(max=80, load_default="")


class RemovalForm(Schema):
    """Why a file is taken back."""

    class Meta:
        unknown = EXCLUDE

    reason = Text(max=200, load_default="")

    @post_load
    def as_words(self, data: dict[str, Any], **_words: Any) -> dict[str, Any]:
        reason = _plain(data["reason"])
        if not reason:
            raise ValidationError({"reason": [_("Dites pourquoi : le journal le garde.")]})
        return {"reason": reason}


def _plain(typed: str) -> str:
    return " ".join(typed.split())


def read(form: Any) -> tuple[Terms, dict[str, Any]]:
    """The terms and the date of a training as typed, every fault at once. Raises ValidationError."""
    faults: dict[str, Any] = {}
    parts: list[Any] = []
    for schema in (TrainingForm(), SeatsForm(), EventForm()):
        try:
            parts.append(schema.load(form))
        except ValidationError as wrong:
            faults |= wrong.messages_dict
    if faults:
        raise ValidationError(faults)
    terms, total, when = parts
    return Terms(**{**vars(terms), "seats": total}), when


def typed_of(training: Training, event: Event, total: int | None) -> dict[str, Any]:
    """A training as its form holds it."""
    local = event.starts_at.astimezone(PARIS)
    return {
        "title": event.title,
        "day": local.strftime("%Y-%m-%d"),
        "hour": local.strftime("%H:%M"),
        "minutes": round((event.ends_at - event.starts_at).total_seconds() / 60),
        "place": event.place,
        "link": event.link,
        "seats": "" if total is None else total,
        "prepares": training.prepares.value,
        "expert": training.expert,
        "aim": training.aim,
        "materials": training.materials,
        "min_seats": training.min_seats or "",
    }
