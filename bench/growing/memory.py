"""`python -m bench.growing memory KIND FOLDER`: what the real `web` and `jobs` hold over the houses of a folder.

Read of the system (VmRSS) once each worker has opened nearly everything, then again after an hour: every tick of an
hour by the jobs process itself, its timetable hurried; what an open page polls, as often as it does; every address that
reads, in turn.
"""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import requests

from app.assembly import create_app
from app.runtime import Runtime
from bench.ground import kept_ground, variables
from bench.growing.asking import TOKEN, Address, addresses
from bench.growing.filling import Size, fill
from bench.measure import peak_mib, resident_mib
from bench.programs import Program, children, free_ports
from jobs.timetable import TICKS

FASTER = 30
"""The jobs' hour takes two minutes."""
HOUR_S = 3600
POLLED = ("GET /e/<slug>/envoyer/<campaign_id>", "GET /e/<slug>/envois/<mailing_id>", "GET /e/<slug>/")
POLLS = 1800
"""A page that moves asks every two seconds."""
WARM, ROUNDS = 4, 6
"""How often each address is opened before, as two workers take them in turn, and in that hour."""
WAIT_S = 120


def measure(kind: str, place: Path, size: int) -> None:
    """Print what each process holds at first, and after the hour."""
    with ExitStack() as stack:
        runtime = stack.enter_context(kept_ground(kind, place, metrics_token=TOKEN))
        world = fill(runtime, Size(size), kept=place)
        asked = addresses(create_app(runtime), runtime, world)
        web, jobs = stack.enter_context(_programs(runtime, place))
        for _turn in range(WARM):
            first = _opened(web, asked)
        _tell(kind, size, f"opened {WARM} times", _held(web, jobs), first)
        begun = time.monotonic()
        polled = [one for one in asked if one.name in POLLED]
        for turn in range(ROUNDS):
            for _ in range(POLLS // ROUNDS):
                for one in polled:
                    _ask(web, one)
            slow = _opened(web, asked)
            _tell(kind, size, f"{turn + 1} of {ROUNDS}", _held(web, jobs), slow)
        time.sleep(max(0.0, HOUR_S / FASTER - (time.monotonic() - begun)))
        _tell(kind, size, "after the hour", _held(web, jobs), {})
        jobs.stop()
        _tell_turns(jobs)


@contextmanager
def _programs(runtime: Runtime, place: Path) -> Iterator[tuple[Program, Program]]:
    """The web and the jobs, as they start by themselves."""
    own_folder = place / "programs"  # they close it to others, and PostgreSQL runs under another account
    own_folder.mkdir(mode=0o700, exist_ok=True)
    (port,) = free_ports(1)
    url = runtime.database.url.render_as_string(hide_password=False)
    own = variables(own_folder, url, port=str(port), public_url=f"http://127.0.0.1:{port}", metrics_token=TOKEN)
    web = Program("web", "app.cli web", variables=own, log=own_folder / "web.log", port=port)
    jobs = Program("jobs", f"bench.growing.hurried {FASTER}", variables=own, log=own_folder / "jobs.log")
    try:
        web.start()
        jobs.start()
        web.wait_ready()
        yield web, jobs
    finally:
        jobs.stop()
        web.stop()


def _opened(web: Program, asked: Sequence[Address]) -> dict[str, float]:
    """Open each address; those that took over a second."""
    took = {one.name: _ask(web, one) for one in asked}
    return {name: round(seconds, 1) for name, seconds in took.items() if seconds > 1}


def _ask(web: Program, one: Address) -> float:
    begun = time.monotonic()
    with requests.request(
        one.method, f"http://127.0.0.1:{web.port}{one.path}", headers=one.headers, timeout=WAIT_S, allow_redirects=False
    ) as answer:
        if answer.status_code >= 500 and "readyz" not in one.path:
            raise RuntimeError(f"{one.name} answers {answer.status_code}: {web.last_words()}")
    return time.monotonic() - begun


def _held(web: Program, jobs: Program) -> dict[str, list[int]]:
    """Of each process by its name: MiB now, and at most."""
    workers = {f"web {at + 1}": pid for at, pid in enumerate(children(web.pid))}
    every = {"web": web.pid, **workers, "jobs": jobs.pid}
    return {name: [resident_mib(pid), peak_mib(pid)] for name, pid in every.items()}


def _tell(kind: str, size: int, when: str, held: Mapping[str, Sequence[int]], slow: Mapping[str, float]) -> None:
    print(f"{kind} {size:,} {when}: MiB {json.dumps(held)}; over a second {json.dumps(slow)}", flush=True)


def _tell_turns(jobs: Program) -> None:
    turns = json.loads(jobs.last_words().strip().splitlines()[-1])["turns"]
    hour = {tick.name: round(turns.get(tick.name, 0) * tick.every_s / HOUR_S, 2) for tick in TICKS}
    print(f"hours of each tick: {json.dumps(hour)}", flush=True)
