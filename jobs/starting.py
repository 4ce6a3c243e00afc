"""What every mailing of before this start waits for: that the carrier sent nothing this database does not know."""

import asyncio
import logging
from collections.abc import Collection, Sequence

from app.carrier.protocol import CarrierSilent, Sighting
from app.messaging.restore import halt
from app.messaging.restore import service as restore
from app.messaging.restore.service import CLOCKS, Whose
from app.runtime import Runtime
from jobs.ending import Ending

log = logging.getLogger(__name__)

AGAIN_S = 5.0
"""How soon a carrier that could not be asked is asked again."""


class StartCheck:
    """A database restored from a copy cannot know that it is one: so each start asks, account by account.

    Until its account has answered, nothing leaves of a mailing that was there before; what is written later does.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._waiting: list[Whose] = []
        with runtime.database.snapshot() as session:
            since = halt.alive_until(session)
            if since is not None:
                self._waiting = restore.accounts(session, settings=runtime.settings)
                self._since = since - CLOCKS

    @property
    def held(self) -> Collection[int]:
        """The mailings of which nothing may leave yet."""
        return {mailing_id for whose in self._waiting for mailing_id in whose.mailing_ids}

    @property
    def is_over(self) -> bool:
        """Whether every live account has answered: a simulator that is away keeps nobody in doubt."""
        return all(whose.account.practice for whose in self._waiting)

    def run(self, ending: Ending) -> None:
        """Ask until every account has answered, or the end."""
        while not ending and self.ask() and not ending.wait(AGAIN_S):
            pass

    def ask(self) -> int:
        """Ask each account once; how many could not be."""
        asyncio.run(self._ask_all())
        return len(self._waiting)

    async def _ask_all(self) -> None:
        await asyncio.gather(*(self._ask(whose) for whose in list(self._waiting)))

    async def _ask(self, whose: Whose) -> None:
        carrier = self._runtime.carriers.open(whose.account)
        try:
            sightings = await carrier.sent_since(self._since)
            await asyncio.to_thread(self._conclude, whose, sightings)
        except CarrierSilent as silence:
            log.warning("start_check_silent", extra={"reason": str(silence)})
        except Exception:
            log.exception("start_check_failed")
        finally:
            await carrier.close()

    def _conclude(self, whose: Whose, sightings: Sequence[Sighting]) -> None:
        runtime = self._runtime
        with runtime.database.snapshot() as session:
            is_behind = restore.is_behind(session, whose, sightings, settings=runtime.settings)
        if is_behind:
            with runtime.database.transaction() as session:
                halt.halt(session, halt.LEFT_SINCE, now=runtime.clock(session))
            log.error("sending_halted", extra={"mend": "tambour restored"})
        self._waiting = [one for one in self._waiting if one is not whose]
