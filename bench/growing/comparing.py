"""What grew: each statement of each question in a young house, and the same in an old one."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from app.runtime import Runtime
from bench.growing.asking import questions
from bench.growing.statements import Cost, costs, listening
from tests.matrix.world import World

MORE_READ, FEW = 1.5, 250
"""An old house may read so many times as much, and so many rows or tens of steps beside: trees are deeper, and
PostgreSQL reads a table of a few pages whole."""
MORE_MS, SHORT_MS = 1.5, 1.0
"""The same of time; what takes less than a millisecond is the noise of the machine."""
KNOWN: Mapping[str, str] = {
    "/e/<slug>/programme/partage": "the figures of a month are counted when a référente looks, or once when it ends",
    "/programme/impact": "the figures for funders are counted of every presence when the staff asks",
    "/sante/couts": "a tally of each mailing of the months shown",
    "/metrics": "a tally of each mailing, and each mailing's state",
    "/sante": "the tallies of a small table, which PostgreSQL reads whole",
    "/api/v1/space": "the mailings of this month",
    "/e/<slug>/envoyer": "mailings of the space, for the few that are paused; the tallies of a small table",
    "/api/v1/campaigns": "the tallies of a small table, which PostgreSQL reads whole",
    "read_back": "the mailings of half a year, once an hour",
    "start of jobs": "each mailing, when no jobs process ever beat",
    "oldest due": "messages that are due: in the old house those of a while ago have come due",
}
"""Why what is asked there reads more in an old house: {what the question holds: reason}."""
Costs = Mapping[str, Mapping[str, Cost]]
"""{question: {statement: cost}}."""


@dataclass(frozen=True)
class Grown:
    """One statement that reads or takes more in the old house than it may."""

    question: str
    statement: str
    young: Cost
    old: Cost


def look(runtime: Runtime, world: World, path: Path) -> Costs:
    """Ask everything; what was left to do is done once before. ``path`` keeps it: killed, the next look goes on."""
    found = dict(kept(path)) if path.exists() else {}
    for name, ask in questions(runtime, world).items():
        if name not in found:
            ask()
            with listening() as said:
                ask()
            found[name] = costs(runtime.database, said)
            keep(path, found)
    return found


def grown(young: Costs, old: Costs) -> Iterator[Grown]:
    """What an old house says more dearly, the dearest first."""
    found = [
        Grown(question, statement, young.get(question, {}).get(statement, Cost()), cost)
        for question, statements in old.items()
        for statement, cost in statements.items()
    ]
    found = [one for one in found if reads_more(one) or one.old.ms > one.young.ms * MORE_MS + SHORT_MS]
    return iter(sorted(found, key=lambda one: one.young.ms - one.old.ms))


def reason(one: Grown) -> str:
    """Why, where that is known; « ? » asks whoever reads to find out."""
    return next((why for where, why in KNOWN.items() if where in one.question), "?")


def reads_more(one: Grown) -> bool:
    return one.old.read > one.young.read * MORE_READ + FEW


def total(found: Costs) -> Cost:
    """Of all questions together."""
    every = [cost for statements in found.values() for cost in statements.values()]
    return Cost(sum(one.times for one in every), sum(one.read for one in every), sum(one.ms for one in every))


def keep(path: Path, found: Costs) -> None:
    said = {name: {words: asdict(cost) for words, cost in its.items()} for name, its in found.items()}
    path.write_text(json.dumps(said, indent=1), encoding="utf-8")


def kept(path: Path) -> Costs:
    said = json.loads(path.read_text(encoding="utf-8"))
    return {name: {words: Cost(**cost) for words, cost in its.items()} for name, its in said.items()}
