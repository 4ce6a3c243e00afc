"""Subscriptions as forms and programs write and read them."""

from typing import Any, ClassVar

from marshmallow import fields, post_load, validate

from app.accounts.web.schemas import Form, text
from app.french.language import _
from app.hooks.addresses import MAX_CHARACTERS
from app.hooks.events import Kind
from app.web.schemas import Body, Text

MAX_NAME = 80


class HookForm(Form):
    """``events`` are the boxes ticked, read apart."""

    name = text(_("Dites quel logiciel sera prévenu."), max=MAX_NAME)
    url = text(_("Écrivez l'adresse qui recevra les nouvelles."), max=MAX_CHARACTERS)


class HookIn(Body):
    """A subscription. Each event is POSTed to ``url`` (https) and signed with the answer's ``secret``."""

    name = Text(min=1, max=MAX_NAME, required=True)
    url = Text(min=1, max=MAX_CHARACTERS, required=True)
    events = fields.List(
        fields.Enum(Kind, by_value=True), required=True, validate=validate.Length(min=1, max=len(Kind))
    )
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "name": "Site de l'association",
        "url": "https://amis-du-quai.example/tambour",
        "events": ["campaign.finished", "contact.opted_out"],
    }

    @post_load
    def trim(self, data: dict[str, Any], **_words: Any) -> dict[str, Any]:
        return {**data, "name": data["name"].strip() or data["name"]}


class HookOut(Body):
    """A subscription. ``is_on`` is false once its receiver has not answered for days: ``why_off`` says so in French."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    url = fields.String(required=True)
    events = fields.List(fields.String(validate=validate.OneOf([kind.value for kind in Kind])), required=True)
    is_on = fields.Boolean(required=True)
    why_off = fields.String(required=True)
    created_at = fields.DateTime(format="iso", required=True)
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "id": 3,
        **HookIn.EXAMPLE,
        "is_on": True,
        "why_off": "",
        "created_at": "2026-02-03T17:30:00+00:00",
    }


class NewHookOut(HookOut):
    """The same, with its secret: this once, and in the same answer given again for an ``Idempotency-Key``."""

    secret = fields.String(required=True)
    EXAMPLE: ClassVar[dict[str, Any]] = {
        **HookOut.EXAMPLE,
        "secret": "whsec_qI0mBMyFzTqCO8oX3yWnTn7hJfH9Xe2kJr8yqk8m1VA=",
    }
