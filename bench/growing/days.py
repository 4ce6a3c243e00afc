"""Memory: what the web, its workers, the jobs and the simulator hold over days, told in thirds. They must stay flat.

`python -m bench.growing.days KIND ROUNDS` says it of so many rounds. Days are made short: every tick of the timetable
comes several times a second, and each round does what a day of a busy house does, never the same twice: a practice
space of its own, with its people, its carrier account, its user, its pages and its sending through the simulator, whose
receipts come back; every address that reads, with other words and other tokens; a large file in, and everybody out.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean

from app.assembly import create_app
from bench.databases import fresh_database
from bench.growing.asking import TOKEN, addresses
from bench.growing.one_day import WARM, OneDay
from bench.house import House
from bench.measure import Comparison, peak_mib, resident_mib
from bench.programs import children
from tests.matrix import world as worlds

FASTER, FASTEST_S = 20_000, 0.4
"""Each tick comes five times in two seconds, and that of a day every four seconds."""
ROUNDS = 30
"""Those that are told: before them, each worker compiles what it is asked for the first time."""
FLAT_MIB = 4.0
"""The last third may hold so much more than the first: pages of an allocator, a connection that was never needed."""


@dataclass
class Told:
    """What each process held after each round, MiB by its name, and the most that it ever held."""

    rounds: list[dict[str, int]] = field(default_factory=list)
    peaks: dict[str, int] = field(default_factory=dict)

    def thirds(self, name: str) -> tuple[float, float]:
        """The means of the first and of the last third of the rounds."""
        held = [one[name] for one in self.rounds]
        third = len(held) // 3
        return mean(held[:third]), mean(held[-third:])

    def grown(self, name: str) -> float:
        first, last = self.thirds(name)
        return last - first

    @property
    def worst(self) -> str:
        """The process that grew most."""
        return max(self.peaks, key=self.grown)


@contextmanager
def bench(kind: str) -> Iterator[Comparison]:
    told = live(kind, ROUNDS)
    yield Comparison(
        unit=f"MiB in the last third of {ROUNDS} rounds, {told.worst}",
        value=lambda: told.thirds(told.worst)[1],
        limit=lambda: told.thirds(told.worst)[0],
        limit_is=f"the same in the first; {FLAT_MIB:.0f} more at most",
        peak_mib=lambda: max(told.peaks.values()),
        is_time=True,
        also=lambda: _beside(told),
    )


def _beside(told: Told) -> dict[str, float]:
    figures: dict[str, float] = {}
    for name, most in told.peaks.items():
        first, last = told.thirds(name)
        figures |= {f"{name}: MiB, first third": first, f"{name}: MiB, last third": last, f"{name}: MiB at most": most}
    return figures


def live(kind: str, rounds: int) -> Told:
    """So many rounds of a whole house over a fresh database. Raises RuntimeError when one of its programs said so."""
    with tempfile.TemporaryDirectory(prefix="tambour-bench-") as name, fresh_database(kind, Path(name)) as url:
        hurried = {"jobs-1": f"bench.growing.hurried {FASTER} {FASTEST_S}"}
        rates = dict.fromkeys(("practice_rate_per_s", "practice_together_per_s"), "1000000")
        house = House(Path(name), url, of_each=1, words=hurried, metrics_token=TOKEN, **rates)
        with house.runtime.database.transaction() as session:
            world = worlds.build(session)
        asked = addresses(create_app(house.runtime), house.runtime, world)
        told = Told()
        with house.standing():
            for turn in range(WARM + rounds):
                begun = time.monotonic()
                OneDay(house, world, turn).live(asked)
                held = {each: resident_mib(pid) for each, pid in _processes(house).items()}
                print(f"{kind} {turn - WARM + 1:>4} {time.monotonic() - begun:5.1f} s {held}", flush=True)
                if turn >= WARM:
                    told.rounds.append(held)
            told.peaks = {each: peak_mib(pid) for each, pid in _processes(house).items()}
        return told


def _processes(house: House) -> dict[str, int]:
    """{name: process id} of each program of ours, the workers of the web beside their parent."""
    web, jobs, simulator = (house.programs[name].pid for name in ("web-1", "jobs-1", "simulator"))
    workers = {f"web worker {at}": pid for at, pid in enumerate(children(web), 1)}
    return {"web": web, **workers, "jobs": jobs, "simulator": simulator}


def main(kind: str, rounds: str = str(ROUNDS)) -> int:
    """Print the thirds of each process; the exit code is 1 when one of them grew."""
    told = live(kind, int(rounds))
    for name, most in told.peaks.items():
        first, last = told.thirds(name)
        word = "flat" if told.grown(name) <= FLAT_MIB else "GROWS"
        print(f"{kind} {name:<14}{first:>8.1f}{last:>8.1f}{most:>6} MiB at most  {word}")
    return int(told.grown(told.worst) > FLAT_MIB)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
