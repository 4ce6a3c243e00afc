"""Two jobs processes beside one: messages a second over one database, to a carrier 100 ms away."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from time import monotonic, sleep

from sqlalchemy import func, select

from app.accounts.models import Mode, Space
from app.clock import utc_now
from app.messaging.models import Message
from app.messaging.restore import halt
from app.messaging.status import Status
from app.runtime import Runtime
from bench import crowd, measure
from bench.carrier import quick_carrier
from bench.dispatching import FAR_IN_FLIGHT, FAR_MS, SETTINGS
from bench.ground import ground, variables
from bench.measure import Comparison
from bench.programs import Program, children
from jobs.launching import launch_due_campaigns

FEW_IN_FLIGHT = "16"
"""So few calls of each process leave cores to spare on the smallest machine: what then holds one up is the other."""
SECONDS = 8
"""About how long one process is given to send."""
LOOK_EVERY_S = 0.25
WITHIN_S = 120
STARTED = '"event": "jobs_started"'


def bench(kind: str) -> AbstractContextManager[Comparison]:
    """As many calls in flight as the product allows: where the cores are all busy, they are the limit."""
    return _bench(kind, FAR_IN_FLIGHT)


def bench_few(kind: str) -> AbstractContextManager[Comparison]:
    """A quarter of them."""
    return _bench(kind, FEW_IN_FLIGHT)


@contextmanager
def _bench(kind: str, in_flight: str) -> Iterator[Comparison]:
    """``also`` tells what the cores did while two processes were at work."""
    people = min(crowd.FICTION, SECONDS * int(in_flight) * 1000 // FAR_MS)
    with quick_carrier(latency_ms=FAR_MS) as address, ground(kind, simulator_url=address, **SETTINGS) as runtime:
        space = crowd.populate(runtime, crowd.fictions(people), mode=Mode.PRACTICE)
        settings = {**SETTINGS, "simulator_url": address, "sends_in_flight": in_flight}
        busy: dict[str, float] = {}
        yield Comparison(
            unit="letters/s",
            value=lambda: send_by(2, runtime, space, people, settings, busy),
            limit=lambda: send_by(1, runtime, space, people, settings, {}),
            limit_is=f"one jobs process, {in_flight} in flight each, {FAR_MS} ms",
            also=lambda: busy,
        )


def send_by(
    count: int, runtime: Runtime, space: Space, people: int, settings: dict[str, str], busy: dict[str, float]
) -> float:
    """From the first claim to the last answer written down, by so many jobs processes that were there before."""
    folder = runtime.settings.data_dir
    asked = variables(folder, runtime.settings.database_url, **settings)
    with ExitStack() as stack:
        programs = [
            Program(f"jobs{at}", "app.cli jobs", variables=asked, log=folder / f"jobs{at}") for at in range(count)
        ]
        for program in programs:
            program.log.unlink(missing_ok=True)
            stack.callback(program.stop)
            program.start()
        _wait(lambda: all(STARTED in program.last_words() for program in programs if program.log.exists()))
        with runtime.database.transaction() as session:
            halt.stop(session, why="bench", by=crowd.BY, now=utc_now())
        mailing_id = crowd.schedule(runtime, space).mailing_id or 0
        launch_due_campaigns(runtime)
        _wait(lambda: _count(runtime, mailing_id, Status.QUEUED) == people)  # a jobs process may have been quicker
        before, begun = _busy(programs), monotonic()
        with runtime.database.transaction() as session:
            halt.resume(session, by=crowd.BY, now=utc_now())
        _wait(lambda: _count(runtime, mailing_id, Status.ACCEPTED) == people)
        lasted = monotonic() - begun
        busy |= {name: (told - before[name]) / lasted for name, told in _busy(programs).items()}
    with runtime.database.snapshot() as session:
        mine = select(func.min(Message.claimed_at), func.max(Message.settled_at)).where(
            Message.mailing_id == mailing_id
        )
        first, last = session.execute(mine).one()
    return float(people / (last - first).total_seconds())


def _busy(programs: list[Program]) -> dict[str, float]:
    """The processor's seconds so far, of the jobs and of the whole machine, as hundredths of one core each second."""
    ticks = [int(word) for word in Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()[1:]]
    jobs = sum(measure.cpu_s(pid) for program in programs for pid in [program.pid, *children(program.pid)])
    return {
        "jobs_percent_of_a_core": 100 * jobs,
        "machine_percent_of_a_core": float(sum(ticks[:3]) + sum(ticks[5:8])),
    }  # of 1/100 s


def _count(runtime: Runtime, mailing_id: int, status: Status) -> int:
    with runtime.database.snapshot() as session:
        query = select(func.count()).where(Message.mailing_id == mailing_id, Message.status == status)
        return session.scalar(query) or 0


def _wait(is_so: Callable[[], bool]) -> None:
    end = monotonic() + WITHIN_S
    while not is_so():
        if monotonic() > end:
            raise RuntimeError("the jobs processes did not come to their end")
        sleep(LOOK_EVERY_S)
