"""`make crash`: programs are killed at random while texts go out in bad weather: none lost, none doubled.

One jobs process stands still for a while, the other's clock is ahead, callbacks to a web that is down are lost
for good, and the database's server is restarted.
"""

import json
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from app.accounts.models import Mode
from bench import crowd, verdict
from bench.databases import KINDS, Standing, standing_database
from bench.house import JOBS, SIMULATOR, WEBS, House
from bench.verdict import Verdict

FAULTS = {
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
"""How many messages a second all the spaces together hand over, so that the kills fall among them."""
PATIENCE_S = 120
"""How long the last messages may take after the time that the pace asks for, and so many seconds more a kill."""
PATIENCE_A_KILL_S = 5

PAUSED, MOVED = JOBS
PAUSE_S = 22.0
"""Longer than all that is waited for before « it never left » is believed: see ``bench.house.SHORT``."""
AHEAD_S = 310
"""How far ahead the clock of one jobs process is: more than the five minutes that a look-up once allowed."""
KILL, PAUSE, WAKE, RESTART = "kill -9", "kill -STOP", "kill -CONT", "restart the database"


@dataclass(frozen=True)
class Asked:
    """The words after `make crash`."""

    messages: int = 2_000
    kills: int = 6
    database: str = "sqlite"
    seed: int = 1


@dataclass(frozen=True)
class Blow:
    """What happens ``at`` so many seconds: a kill, after which the program is down for ``pause_s``, or other harm."""

    at: float
    name: str
    pause_s: float = 0
    action: str = KILL


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
    """Kills spread at random over the time that the messages take, of any program, the simulator too.

    Beside them one jobs process stands still past every grace, and the database's server is restarted once.
    """
    dice = random.Random(asked.seed)
    last = 5 + asked.messages / PACE_PER_S
    moments = sorted(dice.uniform(1, last) for _ in range(asked.kills))
    kills = [Blow(at, dice.choice([*WEBS, *JOBS, SIMULATOR]), dice.uniform(0.1, 1)) for at in moments]
    still, restart = dice.uniform(1, last / 2), dice.uniform(1, last)
    others = [
        Blow(still, PAUSED, action=PAUSE),
        Blow(still + PAUSE_S, PAUSED, action=WAKE),
        Blow(restart, "", action=RESTART),
    ]
    # Who stands still is left to stand: a kill would end the pause.
    kept = [
        replace(blow, name=WEBS[0]) if blow.name == PAUSED and still <= blow.at <= still + PAUSE_S else blow
        for blow in kills
    ]
    return sorted([*kept, *others], key=lambda blow: blow.at)


def run(asked: Asked, folder: Path, database: Standing) -> Verdict:
    """Send to everybody, strike meanwhile, wait until all is settled, compare."""
    crowds = [min(crowd.FICTION, asked.messages - at) for at in range(0, asked.messages, crowd.FICTION)]
    house = House(
        folder,
        database.url,
        words={MOVED: f"bench.moved_clock {AHEAD_S}"},
        practice_rate_per_s=str(max(1, PACE_PER_S // len(crowds))),
        practice_together_per_s=str(PACE_PER_S),
    )
    spaces = [crowd.populate(house.runtime, crowd.fictions(people), mode=Mode.PRACTICE) for people in crowds]
    with house.standing():
        for space in spaces:
            house.ask_simulator(space, "PUT", "weather", FAULTS)
            crowd.schedule(house.runtime, space)
        strike(house, draw_blows(asked), database)
        end = time.monotonic() + PATIENCE_S + PATIENCE_A_KILL_S * asked.kills + PAUSE_S
        house.wait_until(verdict.is_settled, end=end)
        house.wait_ready()
        ledgers = {space.id: house.ask_simulator(space, "GET", "ledger")["items"] for space in spaces}
        with house.runtime.database.snapshot() as session:
            found = verdict.judge(session, ledgers)
    for event, times in sorted(house.errors().items()):
        print(f"  {times:>5} × {event}")
    return found


def strike(house: House, blows: Sequence[Blow], database: Standing) -> None:
    """Each in its time; what is killed is started again."""
    begun = time.monotonic()
    for blow in blows:
        house.wait_until(lambda _session: False, end=begun + blow.at)
        if blow.action == RESTART and database.restart is None:
            continue
        print(f"  {time.monotonic() - begun:5.1f} s : {blow.action} {blow.name}", flush=True)
        if blow.action == RESTART and database.restart is not None:
            database.restart()
            continue
        program = house.programs[blow.name]
        if blow.action == PAUSE:
            program.pause()
        elif blow.action == WAKE:
            program.wake()
        else:
            program.kill()
            time.sleep(blow.pause_s)
            program.start()


def wrongs(found: Verdict) -> dict[str, int]:
    """What must all be 0."""
    return {name: getattr(found, name) for name in ("lost", "doubled", "texted_twice", "unknown", "strays")}


def main(words: Sequence[str]) -> int:
    """The exit code: 1 when anything went wrong for anybody, 2 for words that say nothing."""
    try:
        asked = read_words(words)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="tambour-crash-") as name:
        folder = Path(name)
        with standing_database(asked.database, folder) as database:
            found = run(asked, folder, database)
    print(f"  {asdict(found)}")
    told = {
        "messages": asked.messages,
        "kills": asked.kills,
        **wrongs(found),
        "seconds": round(time.monotonic() - begun, 1),
        "seed": asked.seed,
        "database": asked.database,
    }
    print(json.dumps(told))
    return 1 if any(wrongs(found).values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
