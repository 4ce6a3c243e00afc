"""Workshop: forty people join at once, click, import and send; the wall shows each text. Against one static page.

Everything goes through the pages as browsers ask for them, polling included, on the machine of the servers. A page
counts from the click to its last byte, a button's redirection included. A text is sent when the simulator has taken
it from us, and seen when it stands in what the wall's poll answers: the receipt's way back lies between.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import aiohttp

from app.cli.demonstration import seeding
from app.clock import utc_now
from bench import measure
from bench.browser import PAGE, PATIENCE_S, POST, Asked, Diary
from bench.databases import fresh_database
from bench.ground import variables
from bench.house import WEBS, House
from bench.measure import Comparison
from bench.programs import Program, free_ports
from bench.rooms import STRETCH_S, Rooms, processes


@contextmanager
def bench(kind: str) -> Iterator[Comparison]:
    with tempfile.TemporaryDirectory(prefix="tambour-bench-") as name, ExitStack() as standing:
        folder = Path(name)
        url = standing.enter_context(fresh_database(kind, folder))
        house = House(folder, url, of_each=1)
        with house.runtime.database.transaction() as session:
            people = seeding.seed(session, settings=house.runtime.settings, now=utc_now())
        standing.enter_context(house.standing())
        limit = _static_page(standing, folder, url)
        rooms = Rooms(house, next(one for one in people if one.who == "Formatrice"))
        yield Comparison(
            unit="ms a page, p95",
            value=rooms.run_one,
            limit=lambda: asyncio.run(replay(rooms.diary, rooms.since, limit.port)),
            limit_is="same server, the same instants, one static page",
            peak_mib=lambda: max(measure.peak_mib(pid) for pid in processes(house.programs[WEBS[0]])),
            is_time=True,
            also=rooms.medians,
        )


def _static_page(standing: ExitStack, folder: Path, url: str) -> Program:
    port = free_ports(1)[0]
    asked = variables(folder, url, port=str(port))
    program = Program("static", "bench.static_page", variables=asked, log=folder / "static.log", port=port)
    standing.callback(program.stop)
    program.start()
    program.wait_ready()
    return program


async def replay(diary: Diary, since: float, port: int) -> float:
    """Ask a server for one page whenever the room asked for anything; the p95, in ms, of what were pages there."""
    asked = [one for one in diary.asked if 0 <= one.at - since <= STRETCH_S]
    begun, times = time.monotonic(), []

    async def ask(http: aiohttp.ClientSession, one: Asked) -> None:
        await asyncio.sleep(begun + one.at - since - time.monotonic())
        sent = time.monotonic()
        async with http.get(f"http://127.0.0.1:{port}/") as answer:
            await answer.read()
            answer.raise_for_status()
        if one.kind in (PAGE, POST):
            times.append(time.monotonic() - sent)

    timeout = aiohttp.ClientTimeout(total=None, sock_read=PATIENCE_S)
    async with aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=0)) as http:
        await asyncio.gather(*(ask(http, one) for one in asked))
    return statistics.quantiles(times, n=20, method="inclusive")[-1] * 1000
