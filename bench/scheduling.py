"""Schedule: how long another writer waits at worst while a text to fifty thousand people is planned.

Both are processes of their own, as a web server and jobs are. One other campaign to the same people is planned already,
and the space has a month's budget, so that all that planning looks at is looked at.
"""

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.connection import Connection
from time import perf_counter, sleep

from sqlalchemy import update

from app.accounts.models import Mode, Space
from app.database.engine import Database
from app.runtime import Runtime
from bench import crowd
from bench.ground import ground
from bench.measure import Comparison

PEOPLE = 50_000
ENOUGH_MICROS = 10**13
PAUSE_S = 0.002
"""Between two writes of the other writer: it is no flood."""
QUIET_S = 3
TOLERABLE_MS = 100.0
"""Nobody notices a wait as short."""


@dataclass
class Ground:
    """The space to write to, a space of the other writer's, and how long planning took each time."""

    runtime: Runtime
    space: Space
    other: Space
    took_s: float = 0

    def busy(self) -> float:
        """The other writer's longest wait, in milliseconds, while a campaign is planned."""
        with other_writer(self.runtime, self.other) as waits:
            begun = perf_counter()
            crowd.schedule(self.runtime, self.space)
            self.took_s = perf_counter() - begun
        return waits[0]

    def quiet(self) -> float:
        """The same with nothing else going on, or what is tolerable."""
        with other_writer(self.runtime, self.other) as waits:
            sleep(QUIET_S)
        return max(TOLERABLE_MS, waits[0])


@contextmanager
def bench(kind: str) -> Iterator[Comparison]:
    with ground(kind) as runtime:
        space = crowd.populate(runtime, crowd.real_looking(PEOPLE), mode=Mode.LIVE)
        with runtime.database.transaction() as session:
            session.get_one(Space, space.id).budget_micros = space.budget_micros = ENOUGH_MICROS
            other = crowd.make_space(session, runtime, name="Les voisins", mode=Mode.PRACTICE)
        crowd.schedule(runtime, space, ahead=timedelta(days=2))
        here = Ground(runtime, space, other)
        yield Comparison(
            unit="ms",
            value=here.busy,
            limit=here.quiet,
            limit_is=f"the same writer with nothing else going on, or {TOLERABLE_MS:.0f} ms",
            is_time=True,
            also=lambda: {"ms, planning in all": here.took_s * 1000},
        )


@contextmanager
def other_writer(runtime: Runtime, space: Space) -> Iterator[list[float]]:
    """Another process writes meanwhile; its longest write in milliseconds, known at the end."""
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    url = runtime.settings.database_url
    process = multiprocessing.get_context("spawn").Process(target=write_on, args=(url, space.id, theirs))
    process.start()
    waits: list[float] = []
    ours.recv()
    try:
        yield waits
    finally:
        ours.send("enough")
        waits.append(ours.recv() * 1000)
        process.join()


def write_on(url: str, space_id: int, said: Connection) -> None:
    """Write a row again and again until somebody says enough; answer the longest time that one took, in seconds."""
    database = Database(url)
    longest = -1.0
    while not (longest >= 0 and said.poll(PAUSE_S)):
        begun = perf_counter()
        with database.transaction() as session:
            session.execute(update(Space).where(Space.id == space_id).values(rate_per_s=Space.rate_per_s))
        if longest < 0:  # the first opens the connection
            longest = 0
            said.send("ready")
            continue
        longest = max(longest, perf_counter() - begun)
    said.send(longest)
    database.close()
