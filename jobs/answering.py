"""What the carrier answered, until it is written down: beside the claims and the sends, one batch at a time."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from functools import partial
from typing import Any, TypeVar

from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from app.messaging import settling
from app.messaging.settling import Answer
from app.runtime import Runtime

log = logging.getLogger(__name__)

IDLE_S = 0.25
"""The longest that a due message waits for the loop to look; how soon a database that was away is tried again."""
GATHER_S = 0.1
"""How long an answer waits for others, so that one transaction writes them all."""
MAX_SETTLED = 256
"""So many wait for no other."""
LAST_TRIES = 20
"""How often the last answers are written again before the end; unwritten, their messages become doubts."""
AWAY = (OperationalError, NoConnectionFree)
"""What a database says, or the pool for it, that does not answer now: it says nothing of what was to be written."""
T = TypeVar("T")


class Answers:
    """Half of a dispatcher: it writes, in one event loop, what the other half notes."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._answers: list[Answer] = []
        self._unwritten: list[Answer] = []
        # SQLite has one writer: a claim and a settling take turns here rather than wait in the database.
        self._writer: AbstractAsyncContextManager[Any] = asyncio.Lock() if runtime.database.is_sqlite else nullcontext()
        self._answered, self._enough = asyncio.Event(), asyncio.Event()
        self._is_over = False

    def _hear(self, *, is_last: bool) -> None:
        """There are answers to settle: soon, or at once when enough or the last ones are there."""
        self._answered.set()
        if is_last or len(self._answers) >= MAX_SETTLED:
            self._enough.set()

    async def _keep_settling(self) -> None:
        """Settle what was answered, one batch after another, until the hands are at rest."""
        while not self._is_over:
            await self._answered.wait()
            await within(self._enough, GATHER_S)
            self._answered.clear()
            self._enough.clear()
            try:
                await self._settle()
            except Exception:
                log.exception("dispatch_turn_failed")
                await asyncio.sleep(IDLE_S)
                self._answered.set()

    async def _settle(self) -> None:
        new, self._answers = self._answers, []
        _tell(new)
        answers, self._unwritten = self._unwritten + new, []
        if not answers:
            return
        try:
            async with self._writer:
                await self._thread(lambda: self._write(answers))
        except AWAY:  # or it chose another transaction: the same answers again
            self._unwritten = answers
            raise
        except Exception:
            log.exception("settle_failed", extra={"answers": len(answers)})
            await self._settle_apart(answers)

    async def _settle_apart(self, answers: list[Answer]) -> None:
        """One by one. An answer that cannot be written is dropped: its message becomes a doubt, and is asked about."""
        for at, answer in enumerate(answers):
            try:
                async with self._writer:
                    await self._thread(partial(self._write, [answer]))
            except AWAY:
                self._unwritten = answers[at:]
                raise
            except Exception:
                log.exception("answer_dropped", extra={"message_id": answer[0].message_id})

    def _write(self, answers: list[Answer]) -> None:
        with self._runtime.database.transaction() as session:
            settling.settle(session, answers, now=self._runtime.clock(session))

    async def _settle_last(self) -> None:
        for _try in range(LAST_TRIES):
            try:
                await self._settle()
                break
            except AWAY:
                log.exception("last_settle_failed")
                await asyncio.sleep(IDLE_S)

    async def _thread(self, call: Callable[[], T]) -> T:
        return await asyncio.to_thread(call)


async def within(event: asyncio.Event, seconds: float) -> None:
    """Wait for an event, and no longer than that."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


def _tell(answers: Iterable[Answer]) -> None:
    """One line for all that were answered since the last one: a line a message cost a third of its call."""
    outcomes: dict[str, list[int]] = {}
    for message, outcome in answers:
        outcomes.setdefault(type(outcome).__name__, []).append(message.message_id)
    if outcomes:
        log.info("message_handed_over", extra={"outcomes": outcomes})
