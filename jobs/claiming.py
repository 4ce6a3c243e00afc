"""The dispatcher's questions to the database, in threads of their own: what may leave, and what may still."""

import logging
from collections.abc import Callable, Collection, Iterable

from app.messaging import outbox
from app.messaging.claims import Claimed, Unclaimable, unwanted
from app.runtime import Runtime

log = logging.getLogger(__name__)

PASSED_S = 60.0
"""How long a mailing whose turn failed is passed over, before it is tried again."""


class Claims:
    """One claim at a time. ``held`` names the mailings of which nothing may leave yet, ``awake`` counts seconds.

    ``was_due`` is whether the last claim found something to try; when it took something, the next one need not ask
    first whether there is more.
    """

    def __init__(self, runtime: Runtime, *, held: Callable[[], Collection[int]], awake: Callable[[], float]) -> None:
        self._runtime = runtime
        self._held = held
        self._awake = awake
        self._passing: dict[int, float] = {}
        self._flows = False
        self.was_due = False

    def claim(self, max: int, *, practice: int) -> list[Claimed]:
        """What may leave now, without the mailings that cannot even be claimed: they are named in the log."""
        self._passing = {one: until for one, until in self._passing.items() if until > self._awake()}
        flows, self._flows = self._flows, False
        while True:
            exclude = [*self._passing, *self._held()]
            self.was_due = flows or self._is_due(practice, exclude)
            if not self.was_due:
                return []
            try:
                claimed = self._take(max, practice, exclude)
            except Unclaimable as failure:
                log.exception("claim_failed", extra={"mailing_id": failure.mailing_id})
                self._passing[failure.mailing_id] = self._awake() + PASSED_S
                flows = False
            else:
                self._flows = bool(claimed)
                return claimed

    def unwanted(self, messages: Iterable[Claimed]) -> Collection[int]:
        """Which of these are to go back unsent, by their ids."""
        with self._runtime.database.snapshot() as session:
            return unwanted(session, messages)

    def _is_due(self, practice: int, exclude: Collection[int]) -> bool:
        with self._runtime.database.snapshot() as session:
            now = self._runtime.clock(session)
            return outbox.is_due(session, now=now, but_practice=practice == 0, exclude=exclude)

    def _take(self, max: int, practice: int, exclude: Collection[int]) -> list[Claimed]:
        settings, database, clock = self._runtime.settings, self._runtime.database, self._runtime.clock
        with database.transaction() as session:
            return outbox.claim(
                session,
                settings=settings,
                now=clock(session),
                limit=max,
                practice_limit=practice,
                exclude=exclude,
            )
