"""The pulse of this process: what its ticks, its log and its carrier did, written now and then as one row."""

import logging
import os
import socket
import threading
import time
from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete

from app.carrier.carriers import CarrierAccount, Carriers
from app.carrier.protocol import Carrier, Inbound, InboundRoute, LookUp, Outcome, Outgoing, Sighting
from app.clock import utc_now
from app.health.models import Heartbeat
from app.health.service import LATENCY_BOUNDS_S, forget_silent
from app.messaging.restore import halt
from app.runtime import Runtime
from jobs.ending import NEVER, Ending
from jobs.timetable import Tick

BEAT_EVERY_S = 15.0


class Pulse(logging.Handler):
    """Notes from any thread; hears every error of the log, whoever said it."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self._notes = threading.Lock()
        self._row_id: int | None = None
        self._started_at = utc_now()
        self._errors = 0
        self._last_error = ""
        self._last_error_at: datetime | None = None
        self._ticks: dict[str, dict[str, Any]] = {}
        self._latency_counts = [0] * (len(LATENCY_BOUNDS_S) + 1)
        self._latency_sum_s = 0.0

    def emit(self, record: logging.LogRecord) -> None:
        with self._notes:
            self._errors += 1
            # The message as it was written: what fills its places may hold a phone.
            self._last_error, self._last_error_at = str(record.msg)[:120], utc_now()

    def run(self, tick: Tick, runtime: Runtime, *, ending: Ending = NEVER) -> None:
        """Run a tick and note how it went. What it raises goes on to the scheduler, which logs it."""
        begun, error = time.monotonic(), ""
        try:
            tick.job(runtime, ending=ending)
        except Exception as raised:
            error = type(raised).__name__
            raise
        finally:
            with self._notes:
                errors = self._ticks.get(tick.name, {}).get("errors", 0) + bool(error)
                self._ticks[tick.name] = {
                    "last_at": utc_now().isoformat(),
                    "lasted_ms": round((time.monotonic() - begun) * 1000),
                    "errors": errors,
                    "error": error,
                }

    def answered(self, after_s: float) -> None:
        """The carrier took so long over one text."""
        with self._notes:
            self._latency_counts[bisect_left(LATENCY_BOUNDS_S, after_s)] += 1
            self._latency_sum_s += after_s

    def beat(self, runtime: Runtime, *, is_sure: bool = True) -> None:
        """Write the row. ``is_sure``: this database is known to be no older than what left."""
        with self._notes:
            words: dict[str, Any] = {
                "errors": self._errors,
                "last_error": self._last_error,
                "last_error_at": self._last_error_at,
                "ticks": dict(self._ticks),
                "latency": {"counts": list(self._latency_counts), "sum_s": self._latency_sum_s},
            }
        with runtime.database.transaction() as session:
            now = words["beat_at"] = runtime.clock(session)
            forget_silent(session, now=now)
            if is_sure:
                halt.note_alive(session, now=now)
            row = session.get(Heartbeat, self._row_id) if self._row_id is not None else None
            if row is None:
                row = Heartbeat(host=socket.gethostname()[:120], pid=os.getpid(), started_at=self._started_at)
                session.add(row)
            for name, value in words.items():
                setattr(row, name, value)
            session.flush()
            row_id = row.id
        self._row_id = row_id

    def stop(self, runtime: Runtime, *, is_sure: bool = True) -> None:
        """Take the row away: this process is not silent, it is over."""
        with runtime.database.transaction() as session:
            session.execute(delete(Heartbeat).where(Heartbeat.id == self._row_id))
            if is_sure:
                halt.note_alive(session, now=runtime.clock(session))


class TimedGate(Carriers):
    """A gate whose carriers are timed by ``pulse``."""

    def __init__(self, inner: Carriers, pulse: Pulse) -> None:  # the inner gate has the addresses
        self._inner = inner
        self._pulse = pulse

    def open(self, account: CarrierAccount) -> Carrier:
        return _Timed(self._inner.open(account), self._pulse)


class _Timed:
    def __init__(self, inner: Carrier, pulse: Pulse) -> None:
        self._inner = inner
        self._pulse = pulse

    async def send(self, text: Outgoing) -> Outcome:
        begun = time.monotonic()
        try:
            return await self._inner.send(text)
        finally:
            self._pulse.answered(time.monotonic() - begun)

    async def seen_since(self, phone: str, since: datetime) -> LookUp:
        return await self._inner.seen_since(phone, since)

    async def received_since(self, number: str, since: datetime) -> Sequence[Inbound]:
        return await self._inner.received_since(number, since)

    async def sent_since(self, since: datetime) -> Sequence[Sighting]:
        return await self._inner.sent_since(since)

    async def inbound_route(self, number: str) -> InboundRoute | None:
        return await self._inner.inbound_route(number)

    async def look_up(self, carrier_sid: str) -> Sighting | None:
        return await self._inner.look_up(carrier_sid)

    async def close(self) -> None:
        await self._inner.close()
