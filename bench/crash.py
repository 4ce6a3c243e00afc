"""`make crash`: programs are killed at random while texts go out in bad weather: none lost, none doubled."""

import json
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from app.accounts.models import Mode
from bench import crowd, verdict
from bench.databases import KINDS, fresh_database
from bench.house import JOBS, SIMULATOR, WEBS, House
from bench.verdict import Verdict

WEATHER = {
    "latency_ms": 60,
    "refuse_rate": 0.01,
    "busy_rate": 0.002,
    "silence_rate": 0.01,
    "cut_after_accept_rate": 0.01,
    "receipt_delay_ms": 200,
    "duplicate_rate": 0.05,
    "shuffle": True,
}
PACE_PER_S = 100
"""How many letters a second all the spaces together hand over, so that the kills fall among them."""
PATIENCE_S = 120
"""How long the last letters may take after the time that the pace asks for, and so many seconds more a kill."""
PATIENCE_A_KILL_S = 5


@dataclass(frozen=True)
class Asked:
    """The words after `make crash`."""

    messages: int = 2_000
    kills: int = 6
    database: str = "sqlite"
    seed: int = 1


@dataclass(frozen=True)
class Blow:
    """One kill, ``at`` so many seconds; the program stays down for ``pause_s``."""

    at: float
    name: str
    pause_s: float


def read_words(words: Sequence[str]) -> Asked:
    """`MESSAGES=500 DATABASE=postgresql`… Raises ValueError with a sentence."""
    found: dict[str, int | str] = {}
    kinds = {field.name: field.type for field in fields(Asked)}
    for word in words:
        name, _, value = word.partition("=")
        kind = kinds.get(name.lower())
        if kind is None or (kind is int and not value.isdecimal()):
            raise ValueError(f"« {word} » ne se comprend pas : MESSAGES=n KILLS=n DATABASE=sqlite|postgresql SEED=n.")
        found[name.lower()] = int(value) if kind is int else value
    asked = Asked(**found)  # type: ignore[arg-type]
    if asked.database not in KINDS or asked.messages < 1:
        raise ValueError(f"Il faut au moins un message, et une base parmi : {', '.join(KINDS)}.")
    return asked


def draw_blows(asked: Asked) -> list[Blow]:
    """Kills spread at random over the time that the letters take, of any program, the simulator too."""
    dice = random.Random(asked.seed)
    moments = sorted(dice.uniform(1, 5 + asked.messages / PACE_PER_S) for _ in range(asked.kills))
    return [Blow(at, dice.choice([*WEBS, *JOBS, SIMULATOR]), dice.uniform(0.1, 1)) for at in moments]


def run(asked: Asked, folder: Path, database_url: str) -> Verdict:
    """Send to everybody, strike meanwhile, wait until all is settled, compare."""
    crowds = [min(crowd.FICTION, asked.messages - at) for at in range(0, asked.messages, crowd.FICTION)]
    house = House(
        folder,
        database_url,
        practice_rate_per_s=str(max(1, PACE_PER_S // len(crowds))),
        practice_together_per_s=str(PACE_PER_S),
    )
    spaces = [crowd.populate(house.runtime, crowd.fictions(people), mode=Mode.PRACTICE) for people in crowds]
    with house.standing():
        for space in spaces:
            house.ask_simulator(space, "PUT", "weather", WEATHER)
            crowd.schedule(house.runtime, space)
        strike(house, draw_blows(asked))
        end = time.monotonic() + PATIENCE_S + PATIENCE_A_KILL_S * asked.kills
        house.wait_until(verdict.is_settled, end=end)
        house.wait_ready()
        ledgers = {space.id: house.ask_simulator(space, "GET", "ledger")["items"] for space in spaces}
        with house.runtime.database.snapshot() as session:
            found = verdict.judge(session, ledgers)
    for event, times in sorted(house.errors().items()):
        print(f"  {times:>5} × {event}")
    return found


def strike(house: House, blows: Sequence[Blow]) -> None:
    """Kill each in its time, and start it again."""
    begun = time.monotonic()
    for blow in blows:
        house.wait_until(lambda _session: False, end=begun + blow.at)
        house.programs[blow.name].kill()
        print(f"  {time.monotonic() - begun:5.1f} s : kill -9 {blow.name}", flush=True)
        time.sleep(blow.pause_s)
        house.programs[blow.name].start()


def main(words: Sequence[str]) -> int:
    """The exit code: 1 when somebody was lost or a letter doubled, 2 for words that say nothing."""
    try:
        asked = read_words(words)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="tambour-crash-") as name:
        folder = Path(name)
        with fresh_database(asked.database, folder) as database_url:
            found = run(asked, folder, database_url)
    print(f"  {asdict(found)}")
    told = {
        "messages": asked.messages,
        "kills": asked.kills,
        "lost": found.lost,
        "doubled": found.doubled,
        "unknown": found.unknown,
        "seconds": round(time.monotonic() - begun, 1),
        "seed": asked.seed,
        "database": asked.database,
    }
    print(json.dumps(told))
    return 1 if found.lost or found.doubled else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
