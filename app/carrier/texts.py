"""Twilio's text resource as we read it."""

import re
from datetime import UTC, datetime
from typing import Any, TypeVar

from app.carrier.protocol import Inbound, Sighting

D = TypeVar("D", datetime, None)


def sighting(message: Any) -> Sighting:
    """A text of ours."""
    return Sighting(
        carrier_sid=str(message.sid),
        phone=str(message.to),
        body=str(message.body),
        status=str(message.status),
        error_code=code_of(message.error_code),
        made_at=made_at(message, None),
    )


def inbound(message: Any, unknown: datetime) -> Inbound:
    """A text that came to a number of ours."""
    return Inbound(
        carrier_sid=str(message.sid),
        phone=str(message.from_),
        to=str(message.to),
        body=str(message.body or ""),
        media=code_of(message.num_media) or 0,
        made_at=made_at(message, unknown),
    )


def made_at(message: Any, unknown: D) -> datetime | D:
    """When the carrier made a text; ``unknown`` when it does not say."""
    made: datetime | D = message.date_created or unknown
    return made if made is None or made.tzinfo else made.replace(tzinfo=UTC)


def code_of(raw: object) -> int | None:
    """A whole number as the carrier writes it; None for anything else."""
    return int(str(raw)) if re.fullmatch("[0-9]{1,9}", str(raw or "")) else None
