"""The dispatcher: one long-lived loop that claims messages, hands them to their carrier and settles them."""

import asyncio
import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from sqlalchemy.exc import OperationalError

from app.carrier.carriers import CarrierAccount
from app.carrier.protocol import Carrier, NotSent, Outcome, Unknown
from app.clock import awake_s, utc_now
from app.messaging import outbox, settling
from app.messaging.claims import Claimed, Unclaimable, is_too_old, is_unwanted
from app.messaging.settling import Answer
from app.runtime import Runtime
from jobs.pacing import Pace

log = logging.getLogger(__name__)

IDLE_S = 0.25
"""The longest that a due message waits for the loop to look."""
MAX_SETTLED = 100
FRESH_S = 1.0
"""A claim older than that is read again before its call: by then a pause or a STOP has been answered « fait ». One made
in the same second costs no question: the sum of its readings would be more than that of the claims."""
PASSED_S = 60.0
"""How long a mailing whose turn failed is passed over, before it is tried again."""
LAST_TRIES = 20
"""How often the last answers are written again before the end; unwritten, their messages become doubts."""
T = TypeVar("T")


@dataclass(frozen=True)
class Moment:
    """An instant by both clocks of this machine. Rows are dated by another: only what goes by since is read here."""

    wall: datetime
    awake_s: float


class Dispatcher:
    """Sends what is due until told to stop. Database calls run in threads, carriers in the loop."""

    def __init__(
        self,
        runtime: Runtime,
        *,
        held: Callable[[], Collection[int]] = tuple,
        clock: Callable[[], datetime] = utc_now,
        awake: Callable[[], float] = awake_s,
    ) -> None:
        """``held`` names the mailings of which nothing may leave yet. The two clocks tell how long a claim is held."""
        self._runtime = runtime
        self._held = held
        self._clock = clock
        self._awake = awake
        self._practice = Pace(runtime.settings.practice_together_per_s)
        self._carriers: dict[CarrierAccount, Carrier] = {}
        self._in_flight: set[asyncio.Task[None]] = set()
        self._answers: list[Answer] = []
        self._passing: dict[int, float] = {}
        self._stopping = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._asked_to_stop = False

    def run(self) -> None:
        """Work in this thread until ``stop`` is called, then finish what is in flight."""
        asyncio.run(self._run())

    def stop(self) -> None:
        """Ask the loop to end, from any thread, even before it has begun."""
        self._asked_to_stop = True
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._stopping.set)

    async def drain(self) -> int:
        """Send all that is due now, unpaced, then return how many messages left; for one-off use without a loop."""
        max, sent = self._runtime.settings.sends_in_flight, 0
        since = self._moment()
        try:
            while claimed := await self._thread(lambda: self._claim(max, practice=max)):
                sent += len(claimed)
                await asyncio.gather(*(self._send(message, since) for message in claimed))
                await self._settle()
                since = self._moment()
        finally:
            await self._close()
        return sent

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        log.info("dispatch_started")
        while not (self._asked_to_stop or self._stopping.is_set()):
            try:
                busy = await self._turn()
            except Exception:
                log.exception("dispatch_turn_failed")
                busy = False
            if not busy:
                await self._pause()
        await self._finish()
        log.info("dispatch_stopped")

    async def _turn(self) -> bool:
        """One claim; False when there was nothing to do."""
        room = self._runtime.settings.sends_in_flight - len(self._in_flight)
        if len(self._answers) >= MAX_SETTLED or (self._answers and not self._in_flight):
            await self._settle()
        if room <= 0:
            await asyncio.wait(self._in_flight, return_when=asyncio.FIRST_COMPLETED)
            return True
        practice = min(room, self._practice.free)
        since = self._moment()
        claimed = await self._thread(lambda: self._claim(room, practice=practice))
        self._practice.take(sum(message.account.practice for message in claimed))
        for message in claimed:
            task = asyncio.create_task(self._send(message, since))
            self._in_flight.add(task)
            task.add_done_callback(self._in_flight.discard)
        if self._answers:
            await self._settle()
        return bool(claimed) or bool(self._answers)

    async def _pause(self) -> None:
        """Wait for an answer, the end, or the next look."""
        end = asyncio.create_task(self._stopping.wait())
        await asyncio.wait({end, *self._in_flight}, timeout=IDLE_S, return_when=asyncio.FIRST_COMPLETED)
        end.cancel()

    async def _send(self, message: Claimed, since: Moment) -> None:
        """Hand one message over, claimed after ``since``; one held too long stays a doubt."""
        if self._is_too_old(message, since):
            log.warning("claim_too_old", extra={"message_id": message.message_id})
            return
        outcome: Outcome
        try:
            carrier = self._carriers.get(message.account)
            if carrier is None:
                carrier = self._carriers[message.account] = self._runtime.carriers.open(message.account)
            is_stale = self._awake() - since.awake_s > FRESH_S
            unwanted = is_stale and await self._thread(lambda: self._is_unwanted(message))
            if self._is_too_old(message, since):  # the question may have taken long, too
                return
            outcome = NotSent(0.0) if unwanted else await carrier.send(message.text)
        except Exception:
            # Whatever went wrong here may have gone wrong after the text left.
            log.exception("send_failed", extra={"message_id": message.message_id})
            outcome = Unknown()
        log.info("message_handed_over", extra={"message_id": message.message_id, "outcome": type(outcome).__name__})
        self._answers.append((message, outcome))

    def _is_too_old(self, message: Claimed, since: Moment) -> bool:
        """By either clock: one may be set back, the other may stop while a machine is suspended."""
        now, settings = self._moment(), self._runtime.settings
        held = (now.wall - since.wall, timedelta(seconds=now.awake_s - since.awake_s))
        return any(is_too_old(message, settings=settings, now=message.claimed_at + each) for each in held)

    def _moment(self) -> Moment:
        return Moment(self._clock(), self._awake())

    async def _settle(self) -> None:
        answers, self._answers = self._answers, []
        if not answers:
            return
        try:
            await self._thread(lambda: self._write(answers))
        except OperationalError:  # the database is away, or chose another transaction: the same answers again
            self._answers = answers + self._answers
            raise
        except Exception:
            log.exception("settle_failed", extra={"answers": len(answers)})
            await self._settle_apart(answers)

    async def _settle_apart(self, answers: list[Answer]) -> None:
        """One by one. An answer that cannot be written is dropped: its message becomes a doubt, and is asked about."""
        for answer in answers:
            try:
                await self._thread(partial(self._write, [answer]))
            except Exception:
                log.exception("answer_dropped", extra={"message_id": answer[0].message_id})

    def _claim(self, max: int, *, practice: int) -> list[Claimed]:
        """What may leave now, without the mailings that cannot even be claimed: they are named in the log."""
        settings, database, clock = self._runtime.settings, self._runtime.database, self._runtime.clock
        self._passing = {one: until for one, until in self._passing.items() if until > self._awake()}
        while True:
            exclude = [*self._passing, *self._held()]
            with database.snapshot() as session:
                if not outbox.is_due(session, now=clock(session), but_practice=practice == 0, exclude=exclude):
                    return []
            try:
                with database.transaction() as session:
                    return outbox.claim(
                        session,
                        settings=settings,
                        now=clock(session),
                        limit=max,
                        practice_limit=practice,
                        exclude=exclude,
                    )
            except Unclaimable as failure:
                log.exception("claim_failed", extra={"mailing_id": failure.mailing_id})
                self._passing[failure.mailing_id] = self._awake() + PASSED_S

    def _is_unwanted(self, message: Claimed) -> bool:
        with self._runtime.database.snapshot() as session:
            return is_unwanted(session, message)

    def _write(self, answers: list[Answer]) -> None:
        with self._runtime.database.transaction() as session:
            settling.settle(session, answers, now=self._runtime.clock(session))

    async def _finish(self) -> None:
        if self._in_flight:
            await asyncio.wait(self._in_flight)
        for _try in range(LAST_TRIES):
            try:
                await self._settle()
                break
            except OperationalError:
                log.exception("last_settle_failed")
                await asyncio.sleep(IDLE_S)
        await self._close()

    async def _close(self) -> None:
        for carrier in self._carriers.values():
            await carrier.close()
        self._carriers.clear()

    async def _thread(self, call: Callable[[], T]) -> T:
        return await asyncio.to_thread(call)
