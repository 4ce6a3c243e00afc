"""A carrier that is there while it is used: a process of days meets every practice space there ever was."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TypeVar

from app.carrier.protocol import Carrier, Inbound, InboundRoute, LookUp, Outcome, Outgoing, Sighting

T = TypeVar("T")
REST_S = 30.0
"""An account that nobody has called for so long is closed: its connections were closed by then, its client not."""


class RestingCarrier:
    """What ``make`` makes, made anew by the first call after a rest. Used in one event loop, as every carrier."""

    __slots__ = ("_calls", "_carrier", "_closing", "_make", "_rest_s", "_timer", "_used_at")

    def __init__(self, make: Callable[[], Carrier], *, rest_s: float = REST_S) -> None:
        self._make = make
        self._rest_s = rest_s
        self._carrier: Carrier | None = None
        self._calls = 0
        self._used_at = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._closing: asyncio.Task[None] | None = None

    async def send(self, text: Outgoing) -> Outcome:
        return await self._call(lambda carrier: carrier.send(text))

    async def seen_since(self, phone: str, since: datetime) -> LookUp:
        return await self._call(lambda carrier: carrier.seen_since(phone, since))

    async def received_since(self, number: str, since: datetime) -> Sequence[Inbound]:
        return await self._call(lambda carrier: carrier.received_since(number, since))

    async def sent_since(self, since: datetime) -> Sequence[Sighting]:
        return await self._call(lambda carrier: carrier.sent_since(since))

    async def inbound_route(self, number: str) -> InboundRoute | None:
        return await self._call(lambda carrier: carrier.inbound_route(number))

    async def look_up(self, carrier_sid: str) -> Sighting | None:
        return await self._call(lambda carrier: carrier.look_up(carrier_sid))

    async def close(self) -> None:
        """Give the connections back."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._closing is not None:
            await self._closing
        if self._carrier is not None:
            await self._carrier.close()
            self._carrier = None

    async def _call(self, ask: Callable[[Carrier], Awaitable[T]]) -> T:
        if self._carrier is None:
            self._carrier = self._make()
        self._calls += 1
        try:
            return await ask(self._carrier)
        finally:
            self._calls -= 1
            loop = asyncio.get_running_loop()
            self._used_at = loop.time()
            if self._timer is None and not self._calls:
                self._timer = loop.call_later(self._rest_s, self._look, loop)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """One timer at a time, however many calls: it waits again for those that came meanwhile."""
        self._timer = None
        if self._calls or self._carrier is None:  # the end of those calls has another look
            return
        left_s = self._used_at + self._rest_s - loop.time()
        if left_s > 0:
            self._timer = loop.call_later(left_s, self._look, loop)
            return
        carrier, self._carrier = self._carrier, None
        self._closing = loop.create_task(carrier.close())
        self._closing.add_done_callback(self._closed)

    def _closed(self, task: "asyncio.Task[None]") -> None:
        if self._closing is task:
            self._closing = None
