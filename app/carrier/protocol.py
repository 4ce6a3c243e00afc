"""What we ask of a carrier, and what it may answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Outgoing:
    """One text ready for the wire. ``callback_url`` carries our own id, so that receipts find their message.

    ``valid_for_s``: seconds after which the carrier must drop it rather than deliver it late.
    """

    sender: str
    phone: str
    body: str
    callback_url: str
    valid_for_s: int


@dataclass(frozen=True)
class Accepted:
    """The carrier took the text under its own id."""

    carrier_sid: str


@dataclass(frozen=True)
class Refused:
    """The carrier said no to this try: the text did not leave. Its code says whether the same text may go later."""

    code: int | None


@dataclass(frozen=True)
class NotSent:
    """The text surely did not leave and may be tried again: no connection opened, or a plain 429."""

    retry_after_s: float


@dataclass(frozen=True)
class Unknown:
    """Silence. The text may have left; nobody may send it again before asking."""

    is_foreign: bool = False
    """Something else answered in the carrier's place: a proxy, a captive portal. Nobody said yes, nobody said no."""


Outcome = Accepted | Refused | NotSent | Unknown


@dataclass(frozen=True)
class Sighting:
    """A text as the carrier remembers it. ``status`` is the carrier's own word."""

    carrier_sid: str
    phone: str
    body: str
    status: str
    error_code: int | None
    made_at: datetime | None = None
    """By the carrier's clock."""


@dataclass(frozen=True)
class Inbound:
    """A text that came to a number of ours, as the carrier remembers it. ``media`` counts what is not words."""

    carrier_sid: str
    phone: str
    to: str
    body: str
    media: int
    made_at: datetime


@dataclass(frozen=True)
class InboundRoute:
    """Where the carrier brings what comes to a number: ``url``, by ``method``; empty when it brings it nowhere.

    ``is_elsewhere``: an application of the account decides instead, and ``url`` counts for nothing.
    """

    url: str
    method: str = "POST"
    is_elsewhere: bool = False


@dataclass(frozen=True)
class LookUp:
    """What a search found.

    ``skew_s``: by how much the carrier's clock is ahead of this machine's, None when it told no time.
    """

    sightings: Sequence[Sighting]
    skew_s: float | None = None


class Carrier(Protocol):
    """One account at one carrier."""

    async def send(self, text: Outgoing) -> Outcome:
        """Hand one text over. Never raises for what the wire may do."""

    async def seen_since(self, phone: str, since: datetime) -> LookUp:
        """Every text to ``phone`` since a day before an instant, all pages read. Raises CarrierSilent."""

    async def received_since(self, number: str, since: datetime) -> Sequence[Inbound]:
        """Every text that came to ``number`` since an instant, oldest first, all pages read. Raises CarrierSilent."""

    async def sent_since(self, since: datetime) -> Sequence[Sighting]:
        """Every text that the account sent since an instant, oldest first, all pages read. Raises CarrierSilent."""

    async def inbound_route(self, number: str) -> InboundRoute | None:
        """Where what comes to a number goes; None for a number that is not the account's. Raises CarrierSilent."""

    async def look_up(self, carrier_sid: str) -> Sighting | None:
        """One text by the carrier's id, None when it has none. Raises CarrierSilent."""

    async def close(self) -> None:
        """Give the connections back."""


class CarrierSilent(Exception):
    """The carrier could not be asked; ask later."""
