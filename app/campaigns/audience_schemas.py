"""For whom a campaign is, as programs write and read it."""

from typing import Any, ClassVar

from marshmallow import fields

from app.web.schemas import Body, row_ids


class AudienceIn(Body):
    """For whom: the people of lists and segments, by their ids, and contacts; less other contacts.

    ``segment`` is what older clients send, and always null.
    """

    lists = row_ids(1000, load_default=list)
    segments = row_ids(100, load_default=list)
    segment = fields.Raw(load_default=None, allow_none=True, metadata={"type": "object"})
    contacts = row_ids(10_000, load_default=list)
    except_ = row_ids(10_000, load_default=list, data_key="except", attribute="except")
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "lists": [7],
        "segments": [3],
        "segment": None,
        "contacts": [],
        "except": [412],
    }


class AudienceOut(Body):
    """As ``AudienceIn``."""

    lists = fields.List(fields.Integer(), required=True)
    segments = fields.List(fields.Integer(), required=True)
    segment = fields.Raw(required=True, allow_none=True, metadata={"type": "object"})
    contacts = fields.List(fields.Integer(), required=True)
    except_ = fields.List(fields.Integer(), required=True, data_key="except", attribute="except")
