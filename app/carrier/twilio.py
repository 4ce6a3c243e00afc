"""The one production carrier: Twilio's own asynchronous client, aimed at a base URL."""

import asyncio
import json
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import aiohttp
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client
from yarl import URL

from app.carrier.codes import Action, explain
from app.carrier.headers import retry_after_s, skew_s
from app.carrier.protocol import (
    Accepted,
    CarrierSilent,
    Inbound,
    InboundRoute,
    LookUp,
    NotSent,
    Outcome,
    Outgoing,
    Refused,
    Sighting,
    Unknown,
)
from app.carrier.texts import code_of, inbound, made_at, sighting
from app.clock import utc_now

log = logging.getLogger(__name__)

LOOK_BACK = timedelta(days=1)
"""How long before its claim a text is searched: no clock is further off, and the link in a body tells ours apart."""
PAGE = 1000
"""Texts a page of a listing: the most that Twilio gives."""
_ANSWERS = (TwilioRestException, TwilioServiceException)
_NOT_OURS = (ValueError, AttributeError, TypeError, KeyError)
"""What the library makes of a success whose body is not Twilio's, a captive portal's for one."""
RETRY_ACTIONS_FOR_429 = frozenset({Action.POSTPONE, Action.SLOW_DOWN})
"""What a 429 may ask, by the code in its body, beyond coming back in a moment."""
MAX_VALIDITY_S = 36_000
"""The longest ValidityPeriod that Twilio takes, in seconds (its message resource's documentation)."""


_FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}


class _Busy(Exception):
    def __init__(self, retry_after_s: float) -> None:
        super().__init__("429")
        self.retry_after_s = retry_after_s


class _Foreign(Exception):
    """A refusal without Twilio's error body: a proxy's, a portal's. Its HTTP status says nothing of the text."""


_SILENCES = (TimeoutError, aiohttp.ClientError, _Foreign, *_NOT_OURS)


class _AimedClient(AsyncTwilioHttpClient):
    """Twilio's asynchronous HTTP client, sent to our base URL, with a timeout that holds.

    The library's constructor ignores its timeout and its exceptions drop the Retry-After header.
    """

    def __init__(self, base_url: str, timeout_s: float, in_flight: int) -> None:
        super().__init__(pool_connections=False)
        self.session: aiohttp.ClientSession | None = None
        self._base = urlsplit(base_url)
        self._timeout_s = timeout_s
        self._in_flight = in_flight
        self.skew_s: float | None = None

    async def request(self, method: str, url: str, **words: Any) -> Response:
        if self.session is None:
            # Made here because aiohttp wants its loop to run.
            self.session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=self._in_flight))
        aimed = urlunsplit(urlsplit(url)._replace(scheme=self._base.scheme, netloc=self._base.netloc))
        # The library would hand aiohttp its deprecated ``auth``.
        login, password = words.pop("auth")
        words["headers"] = {**(words.get("headers") or {}), "Authorization": aiohttp.encode_basic_auth(login, password)}
        if words.get("data"):
            # aiohttp would prepare a form with files in case there were any: a fifth of the call.
            words["data"] = _form(words["data"])
        async with asyncio.timeout(self._timeout_s):
            response = await super().request(method, aimed, **words)
        self.skew_s = skew_s(response.headers.get("Date"))
        if response.status_code == 429 and explain(_code_in(response.text)).action not in RETRY_ACTIONS_FOR_429:
            raise _Busy(retry_after_s(response.headers.get("Retry-After"), now=utc_now()))
        if response.status_code >= 300 and response.status_code != 429 and _code_in(response.text) is None:
            raise _Foreign(str(response.status_code))
        return response

    def log_request(self, kwargs: dict[str, Any]) -> None:
        """Nothing: what the library would say names phones, and is spelt out even where nobody listens."""

    def log_response(self, status_code: int, response: Response) -> None:
        """Nothing, for the same reasons."""


class TwilioCarrier:
    """One Twilio account, behind whichever base URL speaks Twilio's HTTP API."""

    def __init__(
        self, *, base_url: str, account_sid: str, auth_token: str, timeout_s: float, in_flight: int = 64
    ) -> None:
        self.base_url = base_url
        self._http = _AimedClient(base_url, timeout_s, in_flight)
        self._client = Client(account_sid, auth_token, http_client=self._http)
        self._messages = f"/Accounts/{account_sid}/Messages.json"

    async def send(self, text: Outgoing) -> Outcome:
        """Hand one text over; only what surely did not leave may be tried again."""
        try:
            # As ``messages.create_async`` does, but for the object that it makes of the answer: a fifth of the call.
            said = await self._client.api.v2010.create_async("POST", self._messages, data=_fields(text), headers=_FORM)
            sid = said.get("sid")
        except _Busy as busy:
            return NotSent(busy.retry_after_s)
        except aiohttp.ClientConnectorError:
            return NotSent(2.0)
        except _ANSWERS as refusal:
            # A 5xx may come after the text was taken, and so may a 408: only another 4xx is a « no ».
            is_no = 400 <= refusal.status < 500 and refusal.status != 408
            return Refused(code_of(refusal.code)) if is_no else Unknown()
        except _SILENCES as silence:
            log.info("carrier_silent", extra={"reason": type(silence).__name__})
            return Unknown(is_foreign=isinstance(silence, (_Foreign, *_NOT_OURS)))
        return Accepted(str(sid)) if sid else Unknown(is_foreign=True)

    async def seen_since(self, phone: str, since: datetime) -> LookUp:
        """Every text to ``phone`` since a day before an instant: one of our clocks may be off."""
        try:
            # Twilio filters by the date a text left, and one that still waits in its queue has none.
            found = await self._client.messages.list_async(to=phone, page_size=PAGE)
        except (_Busy, TwilioException, *_SILENCES) as silence:  # a listing refused is of no narrower class
            raise CarrierSilent(type(silence).__name__) from silence
        seen = [sighting(message) for message in found if made_at(message, since) >= since - LOOK_BACK]
        return LookUp(seen, self._http.skew_s)

    async def received_since(self, number: str, since: datetime) -> Sequence[Inbound]:
        """Every text that came to a number of ours."""
        found = await self._listed(since, to=number)
        return [inbound(message, since) for message in found if message.direction == "inbound"]

    async def sent_since(self, since: datetime) -> Sequence[Sighting]:
        """Every text that the account sent, to whomever."""
        return [sighting(message) for message in await self._listed(since) if message.direction != "inbound"]

    async def _listed(self, since: datetime, **filters: str) -> list[Any]:
        """The account's texts made since an instant, oldest first.

        Twilio lists the newest first, by a date that one waiting in its queue has not: a whole page of older ones is
        the end.
        """
        found: list[Any] = []
        older = 0
        try:
            async for message in await self._client.messages.stream_async(page_size=PAGE, **filters):
                older = older + 1 if made_at(message, since) < since else 0
                if older >= PAGE:
                    break
                if older == 0:
                    found.append(message)
        except (_Busy, TwilioException, *_SILENCES) as silence:
            raise CarrierSilent(type(silence).__name__) from silence
        return found[::-1]

    async def inbound_route(self, number: str) -> InboundRoute | None:
        """Where what comes to a number goes, by the number itself: no Messaging Service is asked."""
        try:
            found = await self._client.incoming_phone_numbers.list_async(phone_number=number, page_size=PAGE)
        except (_Busy, TwilioException, *_SILENCES) as silence:
            raise CarrierSilent(type(silence).__name__) from silence
        own = next((one for one in found if one.phone_number == number), None)  # Twilio matches parts of numbers too
        if own is None:
            return None
        return InboundRoute(own.sms_url or "", own.sms_method or "POST", is_elsewhere=bool(own.sms_application_sid))

    async def look_up(self, carrier_sid: str) -> Sighting | None:
        """One text by the carrier's own id."""
        try:
            return sighting(await self._client.messages(carrier_sid).fetch_async())
        except _ANSWERS as refusal:
            if refusal.status == 404:
                return None
            raise CarrierSilent(str(refusal.status)) from refusal
        except (_Busy, *_SILENCES) as silence:
            raise CarrierSilent(type(silence).__name__) from silence

    async def close(self) -> None:
        """Give the connections back."""
        await self._http.close()


def _fields(text: Outgoing) -> dict[str, object]:
    """What Twilio asks of a new message."""
    return {
        "To": text.phone,
        "From": text.sender,
        "Body": text.body,
        "StatusCallback": text.callback_url,
        "ValidityPeriod": max(1, min(text.valid_for_s, MAX_VALIDITY_S)),
    }


def _form(fields: Mapping[str, object]) -> bytes:
    """As a form without files is sent. By aiohttp's own URLs, in a quarter of the time that ``urlencode`` takes."""
    return URL.build(query={name: str(value) for name, value in fields.items()}).raw_query_string.encode()


def _code_in(body: str) -> int | None:
    """The code of an error's JSON; None for a body that is not Twilio's."""
    try:
        said = json.loads(body)
    except ValueError:
        return None
    return code_of(said.get("code")) if isinstance(said, dict) else None
