"""The courier: posts what is due, signed as Twilio signs, and loses what nobody answers, as Twilio does.

Its defaults (docs/usage/webhooks/webhooks-connection-overrides, ``rc=1`` and ``rp=ct``): one try, and one more when no
connection opened; an error of whoever answers, or a silence, ends it. A weather of ``repeat_callbacks`` is gentler.

One thread with an event loop carries many posts at once. Callbacks of one message share a lane, so that they
leave in their order; another message's slow answer holds up its own lane alone.
"""

import asyncio
import contextlib
import json
import logging
import sqlite3
import threading
import time
from urllib.parse import urlencode

import aiohttp
from twilio.request_validator import RequestValidator
from yarl import URL

from app.simulator.store import events
from app.simulator.store.accounts import Accounts
from app.simulator.store.database import Database
from app.simulator.store.events import Due

log = logging.getLogger(__name__)

LANES = 48
IN_HAND = 512
CONNECT_WITHIN_S = 10
ANSWER_WITHIN_S = 15
TRIES = 2
"""To open a connection."""
REPEATED_FOR_S = 300
LONGEST_PAUSE_S = 10.0
IDLE_S = 1.0


class Courier:
    """Delivers callbacks from ``start`` to ``stop``; what is not delivered by then waits in its row."""

    def __init__(self, database: Database, accounts: Accounts) -> None:
        self._database = database
        self._accounts = accounts
        self._loop = asyncio.new_event_loop()
        self._wake = asyncio.Event()
        self._stopping = False
        self._nudged = False
        self._in_hand = 0
        self._ended: list[int] = []
        self._later: list[tuple[float, int]] = []
        self._thread = threading.Thread(target=self._run, name="simulator-courier", daemon=True)

    def start(self) -> None:
        self._database.do(events.release_all)
        self._thread.start()

    def stop(self) -> None:
        self._stopping = True
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._wake.set)
            self._thread.join()
        self._loop.close()

    def nudge(self) -> None:
        """Something new may be due."""
        if not self._nudged and self._thread.is_alive():
            self._nudged = True
            self._loop.call_soon_threadsafe(self._wake.set)

    def _run(self) -> None:
        self._loop.run_until_complete(self._deliver())

    async def _deliver(self) -> None:
        timeout = aiohttp.ClientTimeout(total=ANSWER_WITHIN_S, sock_connect=CONNECT_WITHIN_S)
        jar, connector = aiohttp.DummyCookieJar(), aiohttp.TCPConnector(limit=LANES)
        async with aiohttp.ClientSession(timeout=timeout, cookie_jar=jar, connector=connector) as session:
            lanes: list[asyncio.Queue[Due]] = [asyncio.Queue() for _ in range(LANES)]
            carriers = [asyncio.create_task(self._carry(session, lane)) for lane in lanes]
            while not self._stopping:
                try:
                    await self._round(lanes)
                except sqlite3.Error:  # a full disk, for one: what is in hand is settled at the next start
                    log.exception("courier_storage_failed")
                    await asyncio.sleep(IDLE_S)
            for carrier in carriers:
                carrier.cancel()
            await asyncio.gather(*carriers, return_exceptions=True)
        await self._ask_settle()

    async def _round(self, lanes: list[asyncio.Queue[Due]]) -> None:
        """Settle what came back, take what is due, then wait for more of either."""
        self._wake.clear()
        self._nudged = False
        await self._ask_settle()
        limit = IN_HAND - self._in_hand
        now = time.time()
        claim = await asyncio.wrap_future(
            self._database.submit(lambda connection: events.claim(connection, limit=limit, now=now))
        )
        self._accounts.note_change(claim.changed)
        self._in_hand += len(claim.due)
        for due in claim.due:
            lanes[hash(due.message_sid) % LANES].put_nowait(due)
        pause = IDLE_S if claim.next_at is None or self._in_hand >= IN_HAND else claim.next_at - time.time()
        if pause > 0:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), min(pause, IDLE_S))

    async def _ask_settle(self) -> None:
        ended, self._ended = self._ended, []
        later, self._later = self._later, []
        if ended or later:
            await asyncio.wrap_future(
                self._database.submit(lambda connection: events.settle(connection, ended=ended, later=later))
            )

    async def _carry(self, session: aiohttp.ClientSession, lane: asyncio.Queue[Due]) -> None:
        while True:
            due = await lane.get()
            if await self._post(session, due):
                self._ended.append(due.id)
            else:
                self._later.append((time.time() + min(0.25 * 2**due.attempts, LONGEST_PAUSE_S), due.id))
            self._in_hand -= 1
            self._wake.set()

    async def _post(self, session: aiohttp.ClientSession, due: Due) -> bool:
        """Whether this callback is over: answered, refused, or lost."""
        form: dict[str, str] = json.loads(due.form)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "User-Agent": "TwilioProxy/1.1",
            "X-Twilio-Signature": RequestValidator(due.token).compute_signature(due.url, form),
        }
        body = urlencode(form).encode()
        status, is_open = 0, True
        try:
            # The address goes out as it came in: it is what the signature covers.
            address = URL(due.url, encoded=True)
            async with session.post(address, data=body, headers=headers, allow_redirects=False) as answer:
                await answer.read()
                status = answer.status
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            is_open = False
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            pass
        if 0 < status < 500:
            if status >= 400:
                log.warning("callback_refused", extra={"message_sid": due.message_sid, "status": status})
            return True
        if self._goes_again(due, is_open=is_open):
            return False
        extra = {"message_sid": due.message_sid, "attempts": due.attempts, "status": status}
        log.warning("callback_lost", extra=extra)
        return True

    def _goes_again(self, due: Due, *, is_open: bool) -> bool:
        """Whether a callback that was not answered is posted once more; ``is_open``: somebody was there."""
        if self._accounts.repeats_callbacks(due.account_sid):
            return time.time() - due.born_at < REPEATED_FOR_S
        return not is_open and due.attempts < TRIES
