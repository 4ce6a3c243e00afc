"""Which carrier a space may reach. A practice space reaches the simulator, whatever the settings say."""

import ipaddress
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from app.carrier.protocol import (
    Carrier,
    CarrierSilent,
    Inbound,
    InboundRoute,
    LookUp,
    Outcome,
    Outgoing,
    Refused,
    Sighting,
)
from app.carrier.resting import RestingCarrier
from app.carrier.twilio import TwilioCarrier

FICTION_PREFIX = "+3363998"
"""The only mobile numbers that belong to nobody in France (Arcep keeps them for fiction)."""


@dataclass(frozen=True)
class CarrierAccount:
    """One carrier account. ``practice`` accounts exist at the simulator alone."""

    account_sid: str
    auth_token: str
    practice: bool


class GuardedCarrier:
    """A carrier that refuses, at the call itself, every text whose number its guard does not allow.

    If the base URL is not loopback, look-ups are refused as well: they would disclose the phone number.
    """

    __slots__ = ("_allows", "_inner", "_is_reachable")

    def __init__(self, inner: Carrier, *, allows: Callable[[str], bool], is_reachable: bool = True) -> None:
        self._inner = inner
        self._allows = allows
        self._is_reachable = is_reachable

    async def send(self, text: Outgoing) -> Outcome:
        allowed = self._is_reachable and self._allows(text.phone)
        return await self._inner.send(text) if allowed else Refused(None)

    async def seen_since(self, phone: str, since: datetime) -> LookUp:
        self._check()
        return await self._inner.seen_since(phone, since)

    async def received_since(self, number: str, since: datetime) -> Sequence[Inbound]:
        self._check()
        return await self._inner.received_since(number, since)

    async def sent_since(self, since: datetime) -> Sequence[Sighting]:
        self._check()
        return await self._inner.sent_since(since)

    async def inbound_route(self, number: str) -> InboundRoute | None:
        self._check()
        return await self._inner.inbound_route(number)

    async def look_up(self, carrier_sid: str) -> Sighting | None:
        self._check()
        return await self._inner.look_up(carrier_sid)

    def _check(self) -> None:
        if not self._is_reachable:
            raise CarrierSilent("not this machine")

    async def close(self) -> None:
        await self._inner.close()


class Carriers:
    """Makes the carrier of an account."""

    def __init__(self, *, carrier_url: str, simulator_url: str, timeout_s: float, in_flight: int) -> None:
        self._carrier_url = carrier_url
        self._simulator_url = simulator_url
        self._timeout_s = timeout_s
        self._in_flight = in_flight

    def open(self, account: CarrierAccount) -> Carrier:
        """A carrier for ``account``, to be used in one event loop and closed there."""
        base_url = self._simulator_url if account.practice else self._carrier_url
        carrier = RestingCarrier(lambda: self._twilio(base_url, account))
        if account.practice:
            return GuardedCarrier(carrier, allows=is_fiction, is_reachable=is_loopback(base_url))
        return GuardedCarrier(carrier, allows=_is_real)

    def _twilio(self, base_url: str, account: CarrierAccount) -> Carrier:
        return TwilioCarrier(
            base_url=base_url,
            account_sid=account.account_sid,
            auth_token=account.auth_token,
            timeout_s=self._timeout_s,
            in_flight=self._in_flight,
        )


def is_fiction(phone: str) -> bool:
    """Whether an E.164 number is one of the 10,000 that pretend people have."""
    return phone.startswith(FICTION_PREFIX) and len(phone) == len("+33639980000")


def _is_real(phone: str) -> bool:
    return not is_fiction(phone)


def is_loopback(url: str) -> bool:
    """Whether a URL stays on this machine. The simulator always does; Twilio never."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
