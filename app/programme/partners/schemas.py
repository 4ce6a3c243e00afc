"""Partners at the border: forms in, and a partner as its form holds it."""

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load

from app.french.language import _
from app.programme.partners.models import Kind, Partner
from app.programme.partners.rules import Terms
from app.web.schemas import Text

_DAY: dict[str, Any] = {"invalid": _("Choisissez un jour, ou laissez vide.")}
_KIND = _("Choisissez ce qu'il apporte.")


class PartnerForm(Schema):
    """A partner as it is typed. An empty day is none."""

    class Meta:
        unknown = EXCLUDE

    name = Text(max=120, load_default="")
    kind = fields.Enum(Kind, by_value=True, required=True, error_messages={"required": _KIND, "unknown": _KIND})
    address = Text(max=300, load_default="")
    words = Text(max=300, load_default="")
    since = fields.String(load_default="")
    until = fields.String(load_default="")

    @post_load
    def as_terms(self, data: dict[str, Any], **_words: Any) -> Terms:
        return Terms(
            name=" ".join(data["name"].split()),
            kind=data["kind"],
            address=data["address"],
            words=" ".join(data["words"].split()),
            since=_day(data, "since"),
            until=_day(data, "until"),
        )


def _day(data: dict[str, str], name: str) -> Any:
    if not data[name]:
        return None
    try:
        return fields.Date(error_messages=_DAY).deserialize(data[name])
    except ValidationError as wrong:
        raise ValidationError({name: wrong.messages}) from None


def typed_of(partner: Partner) -> dict[str, str]:
    """A partner as its form holds it."""
    return {
        "name": partner.name,
        "kind": partner.kind.value,
        "address": partner.address,
        "words": partner.words,
        "since": partner.since.isoformat() if partner.since else "",
        "until": partner.until.isoformat() if partner.until else "",
    }
