"""Which carrier a space may reach. A practice space reaches the simulator, whatever the settings say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from app.carrier.protocol import Carrier, Outcome, Outgoing, Refused, Sighting
from app.carrier.twilio import TwilioCarrier

FICTION_PREFIX = "+3363998"
"""The only mobile numbers that belong to nobody in France (Arcep keeps them for fiction)."""


@dataclass(frozen=True)
class Account:
    """One carrier account. ``practice`` accounts exist at the simulator alone."""

    account_sid: str
    auth_token: str
    practice: bool


class PracticeCarrier:
    """A carrier that cannot reach a real phone: fiction numbers only, and no host of Twilio's."""

    def __init__(self, inner: Carrier, *, base_url: str) -> None:
        host = urlsplit(base_url).hostname or ""
        if host == "twilio.com" or host.endswith(".twilio.com"):
            raise ValueError("a practice space never reaches Twilio")
        self._inner = inner

    async def send(self, text: Outgoing) -> Outcome:
        if not text.phone.startswith(FICTION_PREFIX):
            return Refused(None)
        return await self._inner.send(text)

    async def seen_since(self, phone: str, since: datetime) -> Sequence[Sighting]:
        return await self._inner.seen_since(phone, since)

    async def look_up(self, carrier_sid: str) -> Sighting | None:
        return await self._inner.look_up(carrier_sid)

    async def close(self) -> None:
        await self._inner.close()


class LiveCarrier:
    """A carrier for real people: fiction numbers never leave, since a pretend person is not billed."""

    def __init__(self, inner: Carrier) -> None:
        self._inner = inner

    async def send(self, text: Outgoing) -> Outcome:
        if text.phone.startswith(FICTION_PREFIX):
            return Refused(None)
        return await self._inner.send(text)

    async def seen_since(self, phone: str, since: datetime) -> Sequence[Sighting]:
        return await self._inner.seen_since(phone, since)

    async def look_up(self, carrier_sid: str) -> Sighting | None:
        return await self._inner.look_up(carrier_sid)

    async def close(self) -> None:
        await self._inner.close()


class Gate:
    """Opens the carrier of an account."""

    def __init__(self, *, carrier_url: str, simulator_url: str, timeout_s: float, in_flight: int) -> None:
        self._carrier_url = carrier_url
        self._simulator_url = simulator_url
        self._timeout_s = timeout_s
        self._in_flight = in_flight

    def open(self, account: Account) -> Carrier:
        """A carrier for ``account``, to be used in one event loop and closed there."""
        base_url = self._simulator_url if account.practice else self._carrier_url
        twilio = TwilioCarrier(
            base_url=base_url,
            account_sid=account.account_sid,
            auth_token=account.auth_token,
            timeout_s=self._timeout_s,
            in_flight=self._in_flight,
        )
        return PracticeCarrier(twilio, base_url=base_url) if account.practice else LiveCarrier(twilio)
