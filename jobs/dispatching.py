"""The dispatcher: one long-lived loop that claims messages ahead, hands them to their carrier and settles them.

The three go on beside each other: a claim takes what about the next second sends, as many hands as there may be calls
in flight send it, and what the carrier answered meanwhile is settled in one batch.
"""

import asyncio
import logging
import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime

from app.carrier.carriers import CarrierAccount
from app.carrier.protocol import Carrier, NotSent, Outcome, Unknown
from app.clock import awake_s, utc_now
from app.messaging.claims import Claimed, held_for, is_too_old
from app.runtime import Runtime
from jobs.ahead import Ahead, Held, Moment
from jobs.answering import IDLE_S, Answers, within
from jobs.claiming import Claims
from jobs.pacing import Lately, Pace, ahead_of, claim_at

log = logging.getLogger(__name__)

PASSED_BY_S = 0.05
"""How soon it looks again when something was due and nothing could be claimed: another process held it."""
MAX_CLAIMED = 256
"""Messages of one claim: more would keep other writers waiting, and cost no less a message."""
FRESH_S = 1.0
"""A claim older than that is read again before its call: by then a pause or a STOP has been answered « fait ». One made
in the same second costs no question: the sum of its readings would be more than that of the claims."""
AGAIN_S = 0.5
"""What waits ahead is read again from this age on, all at once, so that no call has to ask for itself."""
SWITCH_S = 0.001
"""How long Python lets one thread go on while another waits: each answer of the database waits so long for its turn
beside a loop that is never idle, and a claim has a dozen."""


class Dispatcher(Answers):
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
        super().__init__(runtime)
        self._clock = clock
        self._awake = awake
        self._claims = Claims(runtime, held=held, awake=awake)
        self._practice = Pace(runtime.settings.practice_together_per_s)
        self._hands = runtime.settings.sends_in_flight
        self._lately = Lately(self._hands, clock=awake)
        self._low = 0
        self._claim_s = 0.0
        """How long a claim took lately."""
        self._ahead = Ahead()
        self._carriers: dict[CarrierAccount, Carrier] = {}
        self._look, self._stopping = asyncio.Event(), asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._asked_to_stop = False

    def run(self) -> None:
        """Work in this thread until ``stop`` is called, then give back what is ahead and finish what is in flight."""
        sys.setswitchinterval(SWITCH_S)
        asyncio.run(self._run())

    def stop(self) -> None:
        """Ask the loop to end, from any thread, even before it has begun."""
        self._asked_to_stop = True
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._wake)

    async def drain(self) -> int:
        """Send all that is due now, unpaced, then return how many messages left; for one-off use without a loop."""
        max, sent = self._hands, 0
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
        writing = asyncio.create_task(self._keep_settling())
        hands = [asyncio.create_task(self._work()) for _ in range(self._hands)]
        while not self._asked_to_stop:
            try:
                pause_s = await self._turn()
            except Exception:
                log.exception("dispatch_turn_failed")
                pause_s = IDLE_S
            if pause_s:
                await within(self._stopping, pause_s)
        self._give_back(self._ahead.end())
        await asyncio.gather(*hands)
        self._is_over = True
        self._wake()
        await writing
        await self._settle_last()
        await self._close()
        log.info("dispatch_stopped")

    def _wake(self) -> None:
        """Whatever waits has something to look at: the end."""
        for event in (self._stopping, self._look, self._answered, self._enough):
            event.set()

    async def _turn(self) -> float:
        """One claim, if one is wanted; after how many seconds to come again."""
        await self._look_after()
        free = self._hands - self._lately.busy
        per_s = self._lately.per_s
        at = ahead_of(per_s, hands=self._hands, free=free)
        self._low = claim_at(per_s, hands=self._hands, ahead=at, claim_s=self._claim_s)
        if len(self._ahead) > self._low or at == 0:
            self._look.clear()
            await within(self._look, IDLE_S)
            return 0.0
        max = min(at - len(self._ahead), MAX_CLAIMED)
        practice = min(max, self._practice.free)
        since = self._moment()
        async with self._writer:
            claimed = await self._thread(lambda: self._claim(max, practice=practice))
        lasted_s, before_s = self._awake() - since.awake_s, self._claim_s / 2
        self._claim_s = lasted_s if lasted_s > before_s else before_s
        self._practice.take(sum(message.account.practice for message in claimed))
        for message in claimed:
            self._ahead.add(message, since)
        return 0.0 if claimed else PASSED_BY_S if self._claims.was_due else IDLE_S

    async def _look_after(self) -> None:
        """Give back what is more than one second's worth ahead, and read again what begins to be old."""
        worth = max(self._hands - self._lately.busy, int(self._lately.per_s))
        self._give_back(self._ahead.take_last(max(0, len(self._ahead) - worth)))
        now = self._awake()
        old = self._ahead.take_read_before(now - AGAIN_S)
        if not old:
            return
        try:
            gone = await self._thread(lambda: self._claims.unwanted([held.message for held in old]))
            self._give_back([held for held in old if held.message.message_id in gone])
            old = [
                held._replace(since=replace(held.since, read_s=now))
                for held in old
                if held.message.message_id not in gone
            ]
        finally:
            self._ahead.put_back(old)

    async def _work(self) -> None:
        """One hand: it sends what is ahead, a message after the other, until the end."""
        while True:
            if len(self._ahead) <= self._low:
                self._look.set()
            held = await self._ahead.take()
            if held is None:
                return
            if self._asked_to_stop:
                self._give_back([held])
                continue
            self._lately.begin()
            try:
                await self._send(held.message, held.since)
            except Exception:  # a hand that falls would be missing until the next start
                log.exception("send_failed", extra={"message_id": held.message.message_id})
            finally:
                self._lately.end()
            self._hear(is_last=self._rests)

    def _give_back(self, some: Sequence[Held]) -> None:
        """Unsent: others may claim them at once."""
        if some:
            self._answers.extend((held.message, NotSent(0.0)) for held in some)
            self._hear(is_last=self._rests)

    @property
    def _rests(self) -> bool:
        """Whether no answer is awaited soon."""
        return self._asked_to_stop or not (self._lately.busy or self._ahead)

    async def _send(self, message: Claimed, since: Moment) -> None:
        """Hand one message over, claimed at ``since``; one held too long stays a doubt."""
        if not await self._may_leave(message, since):
            return
        text = held_for(message.text, self._awake() - since.awake_s)
        if text is None:
            self._answers.append((message, NotSent(0.0)))
            return
        outcome: Outcome
        try:
            carrier = self._carriers.get(message.account)
            if carrier is None:
                carrier = self._carriers[message.account] = self._runtime.carriers.open(message.account)
            outcome = await carrier.send(text)
        except Exception:
            # Whatever went wrong here may have gone wrong after the text left.
            log.exception("send_failed", extra={"message_id": message.message_id})
            outcome = Unknown()
        self._answers.append((message, outcome))

    async def _may_leave(self, message: Claimed, since: Moment) -> bool:
        """Whether it is to be sent still: else it goes back, or stays a doubt when it is too old even for that."""
        is_old, is_stale = self._is_too_old(since), self._awake() - since.read_s > FRESH_S
        if not is_old and is_stale:
            asked_s = self._awake()
            try:
                gone = await self._thread(lambda: self._claims.unwanted([message]))
                if self._awake() - asked_s > FRESH_S:  # what it says may be as old
                    gone = [message.message_id]
            except Exception:
                log.exception("not_read_again", extra={"message_id": message.message_id})
                gone = [message.message_id]
            is_old = self._is_too_old(since)  # the question may have taken long, too
            if gone and not is_old:
                self._answers.append((message, NotSent(0.0)))
                return False
        if is_old:
            log.warning("claim_too_old", extra={"message_id": message.message_id})
        return not is_old

    def _is_too_old(self, since: Moment) -> bool:
        """By either clock: one may be set back, the other may stop while a machine is suspended."""
        settings = self._runtime.settings
        by_wall = (self._clock() - since.wall).total_seconds()
        return any(is_too_old(each, settings=settings) for each in (by_wall, self._awake() - since.awake_s))

    def _moment(self) -> Moment:
        awake_s = self._awake()
        return Moment(self._clock(), awake_s, read_s=awake_s)

    def _claim(self, max: int, *, practice: int) -> list[Claimed]:
        return self._claims.claim(max, practice=practice)

    async def _close(self) -> None:
        for carrier in self._carriers.values():
            await carrier.close()
        self._carriers.clear()
