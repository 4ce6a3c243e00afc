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
