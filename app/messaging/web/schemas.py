"""Texts and messages as programs write and read them."""

from typing import Any, ClassVar

from marshmallow import fields, validate

from app.carrier.codes import explain
from app.consent.families import MEANING, Family
from app.french.language import _
from app.messaging import withdrawal
from app.messaging.models import Message, Receipt
from app.messaging.status import Status, exact
from app.web.schemas import Body, Text, row_id

LONGEST_MEASURED = 20_000


def _error_words(one: Message | Receipt) -> str:
    return explain(one.error_code).sentence if one.error_code is not None else ""


STATUSES = " ; ".join(_("« %(name)s » : %(words)s", name=status.value, words=exact(status)) for status in Status)
"""What each status says, as the description of the API says it."""


class TextIn(Body):
    """A text to measure as it stands, its places unfilled."""

    body = Text(max=LONGEST_MEASURED, required=True)
    EXAMPLE: ClassVar[dict[str, Any]] = {"body": "Répétition à 18 h – venez nombreux"}


class CostlyOut(Body):
    """A character that turns the text to UCS-2, and where it stands, in code points."""

    character = fields.String(required=True)
    positions = fields.List(fields.Integer(), required=True)


class MeasureOut(Body):
    """``units`` are septets of GSM-7 or UTF-16 units of UCS-2; ``parts`` are billed SMS."""

    encoding = fields.String(required=True, validate=validate.OneOf(["GSM-7", "UCS-2"]))
    units = fields.Integer(required=True)
    parts = fields.Integer(required=True)
    costly = fields.List(fields.Nested(CostlyOut), required=True)
    simplified = fields.String(required=True)
    simplified_parts = fields.Integer(required=True)
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "encoding": "UCS-2",
        "units": 34,
        "parts": 1,
        "costly": [{"character": "–", "positions": [18]}],
        "simplified": "Répétition à 18 h - venez nombreux",
        "simplified_parts": 1,
    }


class MessageIn(Body):
    """One text to one contact; it leaves at the first allowed instant, or the next one."""

    contact_id = row_id(required=True)
    body = Text(max=1600, required=True)
    family = fields.Enum(Family, by_value=True, load_default=Family.CHARITABLE, metadata={"description": MEANING})
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "contact_id": 412,
        "body": "Bonjour {prénom}, votre poste de samedi passe à 14 h.",
        "family": "service",
    }


class MessageBriefOut(Body):
    """A message. ``status_words`` says where it stands, ``error_words`` and ``reason_words`` why it failed."""

    id = fields.Integer(required=True)
    contact_id = fields.Integer(required=True, allow_none=True)
    phone = fields.String(required=True)
    body = fields.String(required=True)
    parts = fields.Integer(required=True)
    price_micros = fields.Integer(required=True)
    status = fields.Enum(Status, by_value=True, required=True, metadata={"description": STATUSES})
    status_words = fields.Function(lambda one: exact(one.status), required=True, metadata={"type": "string"})
    error_code = fields.Integer(required=True, allow_none=True)
    error_words = fields.Function(_error_words, required=True, metadata={"type": "string"})
    reason = fields.String(required=True, metadata={"description": _("Pourquoi il a été retiré avant de partir.")})
    reason_words = fields.Function(
        lambda one: withdrawal.sentence(one.reason), required=True, metadata={"type": "string"}
    )
    attempt = fields.Integer(required=True)
    not_before = fields.DateTime(format="iso", required=True)
    not_after = fields.DateTime(format="iso", required=True)
    created_at = fields.DateTime(format="iso", required=True)
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "id": 90210,
        "contact_id": 412,
        "phone": "+33639981200",
        "body": "Bonjour Zoé, votre poste de samedi passe à 14 h.\nStop : https://sms.example/r/k7m2p9qa3xw8tz",
        "parts": 1,
        "price_micros": 75_000,
        "status": "undelivered",
        "status_words": "Parti, mais pas arrivé sur le téléphone.",
        "error_code": 30003,
        "error_words": "Téléphone éteint ou hors réseau.",
        "reason": "",
        "reason_words": "",
        "attempt": 1,
        "not_before": "2026-02-03T17:30:00+00:00",
        "not_after": "2026-02-04T17:30:00+00:00",
        "created_at": "2026-02-03T17:30:00+00:00",
    }


class ReceiptOut(Body):
    """One report of the carrier: ``word`` is its own status, ``source`` whether it told us or we asked."""

    word = fields.String(required=True)
    error_code = fields.Integer(required=True, allow_none=True)
    error_words = fields.Function(_error_words, required=True, metadata={"type": "string"})
    source = fields.String(required=True, validate=validate.OneOf(["callback", "look_up"]))
    at = fields.DateTime(format="iso", required=True)
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "word": "undelivered",
        "error_code": 30003,
        "error_words": "Téléphone éteint ou hors réseau.",
        "source": "callback",
        "at": "2026-02-03T17:30:09+00:00",
    }


class MessageOut(MessageBriefOut):
    """A message with all that the carrier said of it, in the order it came."""

    receipts = fields.List(fields.Nested(ReceiptOut), required=True)
    sending_stopped = fields.String(
        required=True, metadata={"description": _("Pourquoi plus rien ne part, dans aucun espace ; vide d'ordinaire.")}
    )
    EXAMPLE: ClassVar[dict[str, Any]] = {
        **MessageBriefOut.EXAMPLE,
        "receipts": [ReceiptOut.EXAMPLE],
        "sending_stopped": "",
    }
