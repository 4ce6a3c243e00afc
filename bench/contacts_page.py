"""The page of contacts at a million people, against the same page at ten thousand.

Each kind of page is asked as the program asks it, from the reading of the filter to the people and their number. Time
is the median of some turns; what is read is what the database itself says: on PostgreSQL the rows that leave each scan
of a table or an index (``EXPLAIN ANALYZE``, those a filter took out too), on SQLite the steps of its virtual machine.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime
from statistics import median
from time import perf_counter
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.orm import Session

from app.accounts.models import Mode, Space
from app.clock import utc_now
from app.contacts import lists, tags
from app.contacts.finding import service as finding
from app.contacts.finding.rows import Filter
from app.database.engine import Database
from bench.ground import ground
from bench.measure import Comparison

SIZE, SMALL = 1_000_000, 10_000
TURNS = 5
_STEPS = 100
"""SQLite's machine is asked this often how far it is."""
_SERIES = "WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < :count) "
_FIRST = "marie jean pierre lea paul nadia ines hugo zoe karim anne luc emma louis sarah noah alice omar rose jules"
_LAST = (
    "martin bernard thomas petit robert richard durand dubois moreau laurent simon michel lefebvre leroy roux david "
    "bertrand morel fournier girard bonnet dupont lambert fontaine rousseau vincent muller faure andre mercier blanc "
    "guerin boyer garnier chevalier francois legrand gauthier garcia perrin robin clement morin nicolas henry roussel"
)
_FILL = (
    """
    INSERT INTO contacts (id, space_id, phone, phone_typed, fingerprint, name_key, sort_key, first_name, last_name,
        email, email_key, postcode, phone_is_parents, note, custom, archived_at, created_at, updated_at)
    {series} SELECT n, :space, '+33' || (600000000 + n % 20000 * 9973 + n / 20000), '', 'f' || n, first || n,
        last || ' ' || first, first, last, first || n || '@exemple.fr', first || n || '@exemple.fr', '80000', false, '',
        '{{}}', CASE n % 50 WHEN 0 THEN :now END, :now, :now
    FROM (SELECT n, {first} AS first, {last} || CASE WHEN n % 3 = 0 THEN '' ELSE {letters} END AS last FROM series) AS p
    """,
    "INSERT INTO lists (id, space_id, name, created_at) VALUES (1, :space, 'Tous', :now), (2, :space, 'Vingt', :now)",
    "INSERT INTO list_members (list_id, contact_id) {series} SELECT 1, n FROM series WHERE n % 2 = 1",
    "INSERT INTO list_members (list_id, contact_id) {series} SELECT 2, n FROM series WHERE n <= 20",
    "INSERT INTO tags (id, space_id, name) VALUES (1, :space, 'permis B'), (2, :space, 'quai')",
    "INSERT INTO contact_tags (tag_id, contact_id) {series} SELECT 1, n FROM series WHERE n % 10 = 1",
    "INSERT INTO contact_tags (tag_id, contact_id) {series} SELECT 2, n FROM series WHERE n <= 20",
)
PAGES: Mapping[str, Filter] = {
    "everybody": {},
    "archived": {"archived": True},
    "a letter": {"words": "a"},
    "a beginning": {"words": "dup"},
    "two beginnings": {"words": "mar dup"},
    "two whole words": {"words": "marie martin"},
    "nobody": {"words": "zzz"},
    "a whole number": {"words": "06 00 00 99 73"},
    "two digits": {"words": "06"},
    "an end of two": {"words": "73"},
    "a large list": {"list_id": 1},
    "a small list": {"list_id": 2},
    "a large tag": {"tag": "permis B"},
    "a small tag": {"tag": "quai"},
    "a large list, a beginning": {"list_id": 1, "words": "dup"},
    "an archived beginning": {"archived": True, "words": "dup"},
}
"""Of both sizes, those whose people are as many for each thousand; those small are as many in both."""


@contextmanager
def bench(kind: str) -> Iterator[Comparison]:
    with measured(kind, SIZE, SMALL) as comparison:
        yield comparison


@contextmanager
def measured(kind: str, size: int, small: int) -> Iterator[Comparison]:
    """Every kind of page one after the other at ``size`` contacts, against the same at ``small``."""
    with ExitStack() as stack:
        houses = [stack.enter_context(_house(kind, count)) for count in (size, small)]
        large, few = houses
        yield Comparison(
            unit="ms",
            value=lambda: sum(large.took(which) for which in PAGES.values()),
            limit=lambda: sum(few.took(which) for which in PAGES.values()),
            limit_is=f"the same {len(PAGES)} kinds of page at {small:,} contacts; {size:,} may cost 1.5 times as much",
            is_time=True,
            also=lambda: _beside(large, few),
        )


def _beside(large: "_House", few: "_House") -> dict[str, float]:
    """Of each kind of page, at both sizes."""
    found: dict[str, float] = {}
    for name, which in {**PAGES, **large.later()}.items():
        for house in (large, few):
            here = which if name in PAGES else house.later()[name]
            found[f"{name}: {house.unit}, {house.size:,}"] = house.read(here)
            found[f"{name}: ms, {house.size:,}"] = round(house.took(here), 2)
    return found


class _House:
    def __init__(self, database: Database, space_id: int, size: int) -> None:
        self.database, self.space_id, self.size = database, space_id, size
        self.unit = "steps" if database.is_sqlite else "rows read"

    def took(self, which: Mapping[str, Any]) -> float:
        """Milliseconds of a page with its number, the median of some turns."""
        taken = []
        for _turn in range(TURNS):
            with self.database.snapshot() as session:
                begun = perf_counter()
                self._page(session, which)
                taken.append((perf_counter() - begun) * 1000)
        return median(taken)

    def read(self, which: Mapping[str, Any]) -> float:
        """What the database reads for it."""
        with self.database.snapshot() as session:
            return _steps(session, self, which) if self.database.is_sqlite else _rows(session, self, which)

    def later(self) -> dict[str, dict[str, Any]]:
        """A page from the middle of the alphabet."""
        with self.database.snapshot() as session:
            page = finding.search(session, self.space_id, words="moreau", limit=1)
        return {"everybody, from the middle": {"after": page.next}}

    def _page(self, session: Session, which: Mapping[str, Any]) -> None:
        which = dict(which)
        finding.search_counted(session, self.space_id, after=which.pop("after", None), **which)
        finding.count_archived(session, self.space_id)
        lists.named(session, self.space_id)
        tags.worn(session, self.space_id)


def _steps(session: Session, house: _House, which: Mapping[str, Any]) -> float:
    """Hundreds of steps of SQLite's machine, said as steps."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += _STEPS
        return 0

    connection: Any = session.connection().connection.driver_connection
    connection.set_progress_handler(count, _STEPS)
    try:
        house._page(session, which)
    finally:
        connection.set_progress_handler(None, 0)
    return float(steps)


def _rows(session: Session, house: _House, which: Mapping[str, Any]) -> float:
    """Rows that left the scans of each statement of the page, asked again with its plan."""
    said: list[tuple[str, Any]] = []
    engine = session.connection().engine

    def keep(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        said.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", keep)
    house._page(session, which)
    event.remove(engine, "before_cursor_execute", keep)
    total = 0.0
    for statement, parameters in said:
        plan = session.connection().exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters).scalar()
        total += _scanned((plan if isinstance(plan, list) else json.loads(str(plan)))[0]["Plan"])
    return total


def _scanned(plan: Mapping[str, Any]) -> float:
    below = sum(_scanned(one) for one in plan.get("Plans", ()))
    if "Relation Name" not in plan:
        return below
    taken_out = plan.get("Rows Removed by Filter", 0) + plan.get("Rows Removed by Index Recheck", 0)
    return float(below + (plan["Actual Rows"] + taken_out) * plan["Actual Loops"])


def _pick(names: str, by: str) -> str:
    """One of the names by a number, in SQL."""
    every = names.split()
    return f"CASE {by} % {len(every)} " + " ".join(f"WHEN {at} THEN '{name}'" for at, name in enumerate(every)) + " END"


def _letters(kind: str) -> str:
    """Two letters that make some hundreds of names of each, in SQL."""
    function = "char" if kind == "sqlite" else "chr"
    return f"{function}(97 + n % 26) || {function}(97 + (n / 26) % 11)"


@contextmanager
def _house(kind: str, size: int) -> Iterator[_House]:
    names = {
        "first": _pick(_FIRST, "(n * 31 + n / 7)"),
        "last": _pick(_LAST, "(n * 17 + n / 11)"),
        "letters": _letters(kind),
    }
    with ground(kind) as runtime:
        now: datetime = utc_now()
        with runtime.database.transaction() as session:
            space = Space(slug="quai", name="Quai", mode=Mode.PRACTICE, rate_per_s=10, created_at=now)
            session.add(space)
            session.flush()
            for statement in _FILL:
                words = {"space": space.id, "now": now.replace(tzinfo=None) if kind == "sqlite" else now, "count": size}
                sql = statement.format(series=_SERIES, **names)
                session.execute(text(sql), {name: value for name, value in words.items() if f":{name}" in sql})
            session.execute(text("ANALYZE"))
        yield _House(runtime.database, space.id, size)
