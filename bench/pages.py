"""Pages: how long a référente waits for one while a launch and a dispatch run, against the same pages at rest.

Everything is real: the web with its workers, the jobs, a carrier that answers at once. Meanwhile 20,000 texts are
written again and again for one space, and those of practice spaces leave as fast as the machine can.
"""

import asyncio
import os
import random
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp
import requests
from sqlalchemy import func, select

from app.accounts.models import Mode, Space
from app.accounts.signing import signing_in
from app.accounts.web.guards import COOKIE
from app.assembly import create_app
from app.clock import utc_now
from app.messaging.models import Message
from app.runtime import Runtime
from bench import crowd, measure
from bench.carrier import quick_carrier
from bench.databases import fresh_database
from bench.growing.asking import WHOLE, Address
from bench.house import JOBS, SIMULATOR, WEBS, House
from bench.measure import Comparison
from bench.programs import Program
from bench.rooms import processes
from tests.factories import make_user
from tests.matrix.doors import doors, plain

PEOPLE = 20_000
LAUNCH_EVERY_S, LAUNCHES = 10, 4
"""As many launches as the time holds: each begins about when the one before ends."""
SPACES_SENDING = 3
"""Practice spaces, each with as many people as there are numbers for."""
READERS, THINKS_S = 8, (0.5, 1.5)
"""Référentes who click, and how long they look at a page, at least and at most."""
LASTS_S, REST_S = 36.0, 15.0
WARM = 5
STARTED = '"event": "jobs_started"'
PATIENCE_S = 60
_UNPACED = dict.fromkeys(("practice_rate_per_s", "practice_together_per_s"), "1000000")
LOOK_S, STALL_S = 0.05, 1.0
"""A reader that is suspended for longer, as whole machines are, leaves out the pages that it waited for meanwhile."""
Times = dict[str, list[float]]
"""{address: seconds}."""
Click = tuple[str, float, float]
"""An address, when it was asked for, and when its answer was there."""


@contextmanager
def bench(kind: str) -> Iterator[Comparison]:
    with (
        tempfile.TemporaryDirectory(prefix="tambour-bench-") as name,
        fresh_database(kind, Path(name)) as url,
        quick_carrier() as carrier,
    ):
        house = House(Path(name), url, of_each=1, carrier_url=carrier, simulator_url=carrier, **_UNPACED)
        del house.programs[SIMULATOR]
        busy = _Busy(house)
        with house.standing():
            house.programs[JOBS[0]].stop()
            busy.warm()
            yield Comparison(
                unit="ms a page, p95",
                value=busy.beside_sending,
                limit=busy.at_rest,
                limit_is=f"the same {READERS} readers while no jobs run; 150 is what is wanted of the value",
                peak_mib=lambda: max(measure.peak_mib(pid) for pid in processes(house.programs[WEBS[0]])),
                is_time=True,
                also=lambda: busy.also,
            )


class _Busy:
    """A space of 20,000 people whose référentes read, and what is sent beside them. ``also`` tells of the last turn."""

    def __init__(self, house: House) -> None:
        self._house, self._runtime = house, house.runtime
        self.also: dict[str, float] = {}
        self.left_out = 0
        numbers = crowd.fictions(crowd.FICTION)
        self._sending = [
            crowd.populate(self._runtime, numbers, mode=Mode.PRACTICE, name=f"Copie {at}")
            for at in range(SPACES_SENDING)
        ]
        self._space = crowd.populate(self._runtime, crowd.real_looking(PEOPLE), mode=Mode.LIVE)
        self._addresses = _addresses(self._runtime, self._space)

    def warm(self) -> None:
        """Open everything some times, for each worker, and leave out what is not there for such a space."""
        with requests.Session() as http:
            for _turn in range(WARM):
                answers = [http.get(self._url(one), headers=one.headers) for one in self._addresses]
                self._addresses = [
                    one for one, answer in zip(self._addresses, answers, strict=True) if answer.status_code == 200
                ]

    def at_rest(self) -> float:
        return _p95(asyncio.run(self.read(REST_S)))

    def beside_sending(self) -> float:
        """Raises RuntimeError unless texts were written and sent all the while."""
        jobs = self._house.programs[JOBS[0]]
        begun, said = utc_now(), jobs.log.stat().st_size
        jobs.start()
        while STARTED not in jobs.log.read_text(encoding="utf-8")[said:]:
            time.sleep(0.1)
        for space in self._sending:
            crowd.schedule(self._runtime, space)
        for at in range(LAUNCHES):
            crowd.schedule(self._runtime, self._space, ahead=timedelta(seconds=at * LAUNCH_EVERY_S))
        before, web = self._counts(begun), self._house.programs[WEBS[0]]
        cpu_s, load = _cpu_s(web), os.getloadavg()[0]
        times = asyncio.run(self.read(LASTS_S))
        written, sent = (now - then for now, then in zip(self._counts(begun), before, strict=True))
        jobs.stop()
        if written < PEOPLE or sent < LASTS_S:
            raise RuntimeError(f"{written} texts written and {sent} sent beside the pages")
        every = [took for some in times.values() for took in some]
        slowest = sorted(times, key=lambda name: statistics.median(times[name]))[-5:]
        self.also = {
            "pages": len(every),
            "pages left out, as their reader stood still": self.left_out,
            "processor of the web, ms a page": (_cpu_s(web) - cpu_s) * 1000 / len(every),
            "load of the machine before": load,
            "p50 ms": statistics.median(every) * 1000,
            "at most, ms": max(every) * 1000,
            "texts written a second": written / LASTS_S,
            "texts sent a second": sent / LASTS_S,
            **{f"p50 ms, {name}": statistics.median(times[name]) * 1000 for name in slowest},
        }
        return _p95(times)

    def _counts(self, since: datetime) -> tuple[int, int]:
        with self._runtime.database.snapshot() as session:
            return tuple(
                session.scalar(select(func.count()).where(when >= since)) or 0
                for when in (Message.created_at, Message.claimed_at)
            )

    async def read(self, seconds: float) -> Times:
        """Everybody clicks through the pages of the space, each in an order of their own."""
        clicks: list[Click] = []
        stalls: list[tuple[float, float]] = []
        watch = asyncio.create_task(_watch(stalls))
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE_S)) as http:
            end = time.monotonic() + seconds
            await asyncio.gather(*(self._click(http, number, end, clicks) for number in range(READERS)))
        await asyncio.sleep(LOOK_S)
        watch.cancel()
        times: Times = defaultdict(list)
        for name, begun, ended in clicks:
            if not any(begun < until and since < ended for since, until in stalls):
                times[name].append(ended - begun)
        self.left_out = len(clicks) - sum(map(len, times.values()))
        return times

    async def _click(self, http: aiohttp.ClientSession, number: int, end: float, clicks: list[Click]) -> None:
        dice = random.Random(number)
        while time.monotonic() < end:
            await asyncio.sleep(dice.uniform(*THINKS_S))
            one = dice.choice(self._addresses)
            begun = time.monotonic()
            async with http.get(self._url(one), headers=one.headers) as answer:
                await answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{one.name} answers {answer.status}")
            clicks.append((one.name, begun, time.monotonic()))

    def _url(self, one: Address) -> str:
        return f"http://127.0.0.1:{self._house.programs[WEBS[0]].port}{one.path}"


async def _watch(stalls: list[tuple[float, float]]) -> None:
    """Note when this process itself stood still: what it waited for then says nothing of the web."""
    at = time.monotonic()
    while True:
        await asyncio.sleep(LOOK_S)
        now = time.monotonic()
        if now - at > STALL_S:
            stalls.append((at, now))
        at = now


def _addresses(runtime: Runtime, space: Space) -> list[Address]:
    """Every page of a space whose address names the space alone, but for those that read all of it on purpose."""
    with runtime.database.transaction() as session:
        user = make_user(session, space=space)
        cookie = signing_in.start(session, user, browser="Firefox", now=utc_now())
    headers = {"Cookie": f"{COOKIE}={cookie}"}
    found = [one for one in doors(create_app(runtime)) if str(one).startswith("GET /e/<slug>")]
    return [
        Address(str(one), one.method, one.address({}, slug=space.slug), headers)
        for one in found
        if one.arguments == ("slug",) and plain(one.rule) not in WHOLE
    ]


def _cpu_s(web: Program) -> float:
    return sum(measure.cpu_s(pid) for pid in processes(web))


def _p95(times: Times) -> float:
    every = [took for some in times.values() for took in some]
    return statistics.quantiles(every, n=20, method="inclusive")[-1] * 1000
