"""Campaigns as programs write and read them."""

from datetime import datetime
from typing import Any, ClassVar

from marshmallow import ValidationError, fields, post_load, validate

from app.accounts.spaces import checked_sender
from app.campaigns.audience_schemas import AudienceIn, AudienceOut
from app.campaigns.rules import Stage
from app.clock import PARIS
from app.consent.families import MEANING, Family
from app.french.language import _
from app.messaging.body.rules import MAX_CHARACTERS
from app.messaging.body.text import normalise
from app.messaging.status import Status
from app.messaging.web.schemas import STATUSES
from app.web.schemas import Body, PageIn, Text

YEARS = range(2000, 2100)
"""A time outside them is a slip, and some would be no instant at all once moved to another zone."""
_MAX_MICROS = 10**15

_STAGES = _(
    "« draft » s'écrit ; « scheduled » attend son heure ; « launching » prépare les SMS ; « sending » les envoie ; "
    "« paused » attend qu'on reprenne ; « finished » et « cancelled » ne changent plus."
)


class CampaignIn(Body):
    """A draft, whole or in part. A body may be unfinished; it is judged when it is scheduled."""

    name = Text(max=120)
    family = fields.Enum(Family, by_value=True, metadata={"description": MEANING})
    body = Text(max=2 * MAX_CHARACTERS)
    sender = Text(max=16)
    audience = fields.Nested(AudienceIn)
    budget_micros = fields.Integer(strict=True, allow_none=True, validate=validate.Range(0, _MAX_MICROS))
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "name": "Braderie de printemps",
        "family": "charitable",
        "body": "Bonjour {prénom}, il nous manque des bras samedi à 14 h.",
        "sender": "Emmaus80",
        "audience": AudienceIn.EXAMPLE,
        "budget_micros": 20_000_000,
    }

    @post_load
    def clean(self, data: dict[str, Any], **_words: Any) -> dict[str, Any]:
        """Raises RuleBroken for a sender that no network takes."""
        if data.get("sender"):
            checked_sender(data["sender"])
        if "body" in data:
            data["body"] = normalise(data["body"])
            units = len(data["body"].encode("utf-16-le")) // 2
            if units > MAX_CHARACTERS:
                raise ValidationError({"body": [_("%(n)s signes : un SMS en compte 1600 au plus.", n=units)]})
        return data


class ScheduleIn(Body):
    """When to send. The body is required; ``at`` absent or null means now, and without offset it is Paris time."""

    at = fields.DateTime(
        format="iso",
        load_default=None,
        allow_none=True,
        metadata={"description": _("Absent ou nul : maintenant. Sans décalage : heure de Paris. Un an au plus.")},
    )
    EXAMPLE: ClassVar[dict[str, Any]] = {"at": "2026-02-03T18:30:00+01:00"}
    BODY_REQUIRED = True

    @post_load
    def aware(self, data: dict[str, Any], **_words: Any) -> dict[str, datetime | None]:
        at = data["at"]
        if at is not None and at.year not in YEARS:
            raise ValidationError(_("Choisissez une date de ce siècle."), "at")
        return {"at": at if at is None or at.tzinfo else at.replace(tzinfo=PARIS)}


class RehearseIn(ScheduleIn):
    """As ``ScheduleIn``; without a body the rehearsal is of now, and nothing leaves."""

    BODY_REQUIRED = False


class CountsOut(
    Body.from_dict(  # type: ignore[misc]  # marshmallow makes this base: mypy knows no class by its name
        {status.value: fields.Integer(required=True) for status in Status}, name="Counts"
    )
):
    """How many people stand where, each by their latest message; every status is there."""


class CampaignOut(Body):
    """A campaign and where it stands. Money in millionths of ``currency``; the price is of the messages written."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    family = fields.Enum(Family, by_value=True, required=True, metadata={"description": MEANING})
    body = fields.String(required=True)
    sender = fields.String(required=True)
    audience = fields.Nested(AudienceOut, required=True)
    budget_micros = fields.Integer(required=True, allow_none=True)
    stage = fields.Enum(Stage, by_value=True, required=True, metadata={"description": _STAGES})
    counts = fields.Nested(CountsOut, required=True)
    price_micros = fields.Integer(required=True)
    currency = fields.String(required=True)
    pause_reason = fields.String(required=True)
    sending_stopped = fields.String(
        required=True, metadata={"description": _("Pourquoi plus rien ne part, dans aucun espace ; vide d'ordinaire.")}
    )
    send_at = fields.DateTime(format="iso", required=True, allow_none=True)
    not_after = fields.DateTime(format="iso", required=True, allow_none=True)
    created_at = fields.DateTime(format="iso", required=True)
    updated_at = fields.DateTime(format="iso", required=True)
    finished_at = fields.DateTime(format="iso", required=True, allow_none=True)
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "id": 88,
        **CampaignIn.EXAMPLE,
        "stage": "sending",
        "counts": {**{status.value: 0 for status in Status}, "sent": 3, "delivered": 34},
        "price_micros": 2_775_000,
        "currency": "EUR",
        "pause_reason": "",
        "sending_stopped": "",
        "send_at": "2026-02-03T17:30:00+00:00",
        "not_after": "2026-02-04T17:30:00+00:00",
        "created_at": "2026-02-03T17:00:00+00:00",
        "updated_at": "2026-02-03T17:30:00+00:00",
        "finished_at": None,
    }


class RefusalOut(Body):
    """Why it could not leave as it is."""

    code = fields.String(required=True)
    detail = fields.String(required=True)
    errors = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class SampleOut(Body):
    """A text as one of its people would read it, with a link as long as theirs."""

    contact_id = fields.Integer(required=True)
    phone = fields.String(required=True)
    body = fields.String(required=True)
    parts = fields.Integer(required=True)


class WaitingOut(Body):
    """People whose own hours open later than the first text leaves; ``names`` are a few of them."""

    opens_at = fields.DateTime(format="iso", required=True)
    people = fields.Integer(required=True)
    names = fields.List(fields.String(), required=True)


class UnreadOut(Body):
    """People who may have objected in a reply that nobody has read; ``names`` are a few of them."""

    people = fields.Integer(required=True)
    names = fields.List(fields.String(), required=True)


class WarningOut(Body):
    """``code`` for programs, ``detail`` for people."""

    code = fields.String(required=True)
    detail = fields.String(required=True)


class DryRunOut(Body):
    """What a campaign would do. Sums are over the real texts; ``by_parts`` counts people by the length of theirs.

    ``left_out`` counts people by reason, ``left_out_words`` says the reasons, ``left_out_names`` a few names for each.
    ``unread`` are among ``people``: their texts wait until their reply is read. ``warnings`` hold nothing back.
    ``refusal`` is null when it can be scheduled as it is.
    """

    people = fields.Integer(required=True)
    parts = fields.Integer(required=True)
    price_micros = fields.Integer(required=True)
    currency = fields.String(required=True)
    by_parts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    first_at = fields.DateTime(format="iso", required=True)
    held_by_hours = fields.Boolean(required=True)
    waiting = fields.List(fields.Nested(WaitingOut), required=True)
    unread = fields.Nested(UnreadOut, required=True)
    left_out = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    left_out_words = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    left_out_names = fields.Dict(keys=fields.String(), values=fields.List(fields.String()), required=True)
    sample = fields.List(fields.Nested(SampleOut), required=True)
    warnings = fields.List(fields.Nested(WarningOut), required=True)
    refusal = fields.Nested(RefusalOut, required=True, allow_none=True)
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "people": 37,
        "parts": 37,
        "price_micros": 2_775_000,
        "currency": "EUR",
        "by_parts": {"1": 37},
        "first_at": "2026-02-03T17:30:00+00:00",
        "held_by_hours": False,
        "waiting": [{"opens_at": "2026-02-04T05:00:00+00:00", "people": 1, "names": ["Anne Payet"]}],
        "unread": {"people": 1, "names": ["Luc Petit"]},
        "left_out": {"opted_out": 1},
        "left_out_words": {"opted_out": "ne veut plus de SMS"},
        "left_out_names": {"opted_out": ["Paul Durand"]},
        "sample": [
            {
                "contact_id": 413,
                "phone": "+33639981235",
                "body": "Bonjour Zoé, il nous manque des bras samedi à 14 h.\nStop : https://tbr.fr/r/xxxxxxxxxxxxxx",
                "parts": 1,
            }
        ],
        "warnings": [],
        "refusal": None,
    }


class MessagesIn(PageIn):
    """Which messages of a campaign, in the order they were written."""

    after = fields.String(
        load_default="0",
        validate=validate.Regexp(r"^[0-9]{1,18}$", error=_("Ce curseur n'est pas lisible.")),
        metadata=PageIn._declared_fields["after"].metadata,
    )
    status = fields.Enum(Status, by_value=True, load_default=None, metadata={"description": STATUSES})
