"""What one question of the product says to its database, and what each statement costs there.

Work is counted, so that a busy machine changes nothing: rows that PostgreSQL says left a scan or were refused by it
(EXPLAIN ANALYZE), tens of steps of SQLite's virtual machine. Time is the best of some turns. Each statement is asked
again alone, in a transaction that is rolled back; inserts cost what they write and are left out.
"""

import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import psycopg
from sqlalchemy import Engine, event

from app.database.engine import Database

TURNS, LONG_MS = 7, 300.0
"""A statement is timed so often, fewer times once so long was spent on it: the best is warm."""
STEPS = 10
"""SQLite's machine is asked this often how far it is."""
_ASKED = re.compile(r"\s*(SELECT|UPDATE|DELETE|WITH)\b")
_LISTS = re.compile(r"(%\(\w+\)s(::\w+)?|\?)(, (%\(\w+\)s(::\w+)?|\?))+")
_NAMES = re.compile(r"%\(\w+\)s")


@dataclass
class Cost:
    """Of one statement in one question: how often it was said, what was read, the milliseconds in all."""

    times: int = 0
    read: float = 0
    ms: float = 0


@dataclass
class Said:
    """The statements of one question, in order, with their parameters."""

    statements: list[tuple[str, Any]] = field(default_factory=list)


@contextmanager
def listening() -> Iterator[Said]:
    """What this process says to any database meanwhile."""
    said = Said()

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if _ASKED.match(statement):
            said.statements.append((statement, parameters[0] if many else parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def costs(database: Database, said: Said) -> dict[str, Cost]:
    """{statement, without its values: its cost}; a list of values counts as one, whatever its length."""
    found: dict[str, Cost] = defaultdict(Cost)
    ask = _sqlite if database.is_sqlite else _postgresql
    with ask(database) as cost_of:
        for statement, parameters in said.statements:
            read, ms = cost_of(statement, parameters)
            cost = found[plain(statement)]
            cost.times += 1
            cost.read += read
            cost.ms += ms
    return dict(found)


def plain(statement: str) -> str:
    """The statement on one line, its values as « ? »."""
    words = _NAMES.sub("?", _LISTS.sub("?…", statement))
    return re.sub(r"::\w+( WITHOUT TIME ZONE| WITH TIME ZONE)?", "", " ".join(words.split()))


_CostOf = Callable[[str, Any], tuple[float, float]]


@contextmanager
def _sqlite(database: Database) -> Iterator[_CostOf]:
    with closing(sqlite3.connect(database.url.database or "", isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        steps = [0]

        def step() -> int:
            steps[0] += 1
            return 0

        def cost_of(statement: str, parameters: Sequence[Any]) -> tuple[float, float]:
            connection.execute("BEGIN")
            try:
                connection.set_progress_handler(None, 0)
                ms = _best(lambda: connection.execute(statement, parameters).fetchall())
                connection.set_progress_handler(step, STEPS)
                steps[0] = 0
                connection.execute(statement, parameters).fetchall()
            finally:
                connection.execute("ROLLBACK")
            return steps[0], ms

        yield cost_of


@contextmanager
def _postgresql(database: Database) -> Iterator[_CostOf]:
    url = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with closing(psycopg.connect(url)) as connection:

        def cost_of(statement: str, parameters: Mapping[str, Any]) -> tuple[float, float]:
            try:
                ms = _best(lambda: _fetched(connection.execute(statement, parameters)))
                told = connection.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}", parameters)
                row = told.fetchone()
                plan = row[0] if row else "[]"
            finally:
                connection.rollback()
            return scanned((plan if isinstance(plan, list) else json.loads(plan))[0]["Plan"]), ms

        yield cost_of


def _fetched(cursor: Any) -> None:
    if cursor.description:
        cursor.fetchall()


def _best(ask: Callable[[], object]) -> float:
    taken: list[float] = []
    while len(taken) < TURNS and sum(taken) < LONG_MS:
        begun = perf_counter()
        ask()
        taken.append((perf_counter() - begun) * 1000)
    return min(taken)


def scanned(plan: Mapping[str, Any]) -> float:
    """Rows that a plan's scans looked at, the refused ones too."""
    names = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck")
    own = sum(plan.get(name, 0) for name in names) * plan["Actual Loops"] if "Scan" in plan["Node Type"] else 0
    return float(own + sum(scanned(each) for each in plan.get("Plans", ())))
