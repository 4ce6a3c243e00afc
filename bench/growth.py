"""Growth: what each tick and each poll reads, at ten thousand messages and at a million.

Work is counted, so that a busy machine changes nothing: rows that PostgreSQL says it read (EXPLAIN ANALYZE of each
SELECT), hundreds of steps of SQLite's virtual machine. Times are told beside it.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from time import perf_counter
from typing import Any

import psycopg
from sqlalchemy import Engine, bindparam, event, text
from sqlalchemy.orm import Session

from app.accounts.models import Mode, Space
from app.campaigns.models import Campaign
from app.campaigns.rules import Stage
from app.clock import utc_now
from app.consent.families import Family
from app.database.tables import UtcDateTime
from app.health import service as health
from app.messaging import messages, tallies
from app.messaging.inbox import replies
from app.messaging.models import Mailing, MailingState
from app.runtime import Runtime
from bench.ground import ground
from bench.measure import Comparison
from jobs.dispatching import Dispatcher
from jobs.ending import NEVER
from jobs.starting import StartCheck
from jobs.timetable import TICKS

SMALL, LARGE = 10_000, 1_000_000
EACH = 500
"""Messages of a mailing."""
WAITING = 5
"""Open mailings whose messages wait for tomorrow, whatever the size."""
AGES_DAYS = (5, 30, 90, 300)

_SERIES = "WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < :count) "
_MESSAGES = """
INSERT INTO messages (public_id, space_id, mailing_id, phone, fingerprint, zone, body, parts, price_micros, not_before,
    not_after, status, reason, attempt, is_latest, carrier_sid, doubts, claimed_at, created_at)
{series} SELECT 'l' || n, :space, 1 + n % :mailings, '+336' || n, 'f' || n, 'Europe/Paris', 'Bonjour', 1, 75000,
    {age}, {age}, CASE WHEN n % 10 = 0 THEN 'sent' WHEN n % 50 = 1 THEN 'undelivered' ELSE 'delivered' END, '', 1,
    true, 'SM' || n, 0, {age}, {age} FROM series
"""
_QUEUED = """
INSERT INTO messages (public_id, space_id, mailing_id, phone, fingerprint, zone, body, parts, price_micros, not_before,
    not_after, status, reason, attempt, is_latest, doubts, created_at)
{series} SELECT 'q' || n, :space, 1 + :mailings + n % :waiting, '+337' || n, 'g' || n, 'Europe/Paris', 'Bonjour', 1,
    75000, :tomorrow, :tomorrow, 'queued', '', 1, true, 0, :tomorrow FROM series
"""
_TALLIES = """
INSERT INTO tallies (space_id, mailing_id, was, reached, people, price_micros)
{series} SELECT :space, n, NULL, 'delivered', 500, 37500000 FROM series
"""
_REPLIES = """
INSERT INTO replies (space_id, account_sid, carrier_sid, phone, body, meaning, at, handled_at, handled_by, raw)
{series} SELECT :space, 'AC', 'SR' || n, '+336' || n, 'merci', '', {age}, {age}, 'Odile', '{{}}' FROM series
"""


@contextmanager
def bench(kind: str) -> Iterator[Comparison]:
    with ExitStack() as stack:
        small, large = (stack.enter_context(_house(kind, size)) for size in (SMALL, LARGE))
        yield Comparison(
            unit="rows" if kind == "postgresql" else "hundreds of steps",
            value=large.total,
            limit=small.total,
            limit_is=f"the same at {SMALL:,} messages instead of {LARGE:,}",
            is_time=True,
            also=lambda: {**small.told(f"{SMALL:,}"), **large.told(f"{LARGE:,}")},
        )


@dataclass
class House:
    """One database of one size, and what each question of the last look at it cost."""

    runtime: Runtime
    work: dict[str, float] = field(default_factory=dict)
    ms: dict[str, float] = field(default_factory=dict)

    def total(self) -> float:
        """Ask everything once; all that was read."""
        for name, ask in questions(self.runtime).items():
            ask()  # what it leaves to do is done once
            begun = perf_counter()
            ask()
            self.ms[name] = (perf_counter() - begun) * 1000
            with counted(self.runtime) as work:
                ask()
            self.work[name] = work[0]
        return sum(self.work.values())

    def told(self, size: str) -> dict[str, float]:
        work = {f"read, {name}, {size}": round(read) for name, read in self.work.items()}
        return work | {f"ms, {name}, {size}": round(ms, 1) for name, ms in self.ms.items()}


def questions(runtime: Runtime) -> dict[str, Callable[[], object]]:
    """Each tick, the idle dispatcher, the start of jobs; then what the pages that are left open ask."""

    def read(ask: Callable[[Session], object]) -> None:
        with runtime.database.snapshot() as session:
            ask(session)

    asked: dict[str, Callable[[], object]] = {
        f"tick {tick.name}": partial(tick.job, runtime, ending=NEVER) for tick in TICKS
    }
    asked["claim"] = lambda: asyncio.run(Dispatcher(runtime).drain())
    asked["start"] = lambda: StartCheck(runtime)
    polls: dict[str, Callable[[Session], object]] = {
        "progress": lambda session: tallies.progress(session, 7),
        "mark of a mailing": lambda session: tallies.mailing_mark(session, 7),
        "mark of a space": lambda session: tallies.change_mark(session, 1),
        "page of a mailing": lambda session: messages.of_mailing(session, 7, statuses=(), after_id=0, limit=50),
        "replies": lambda session: replies.page(session, 1, before_id=None, limit=50),
        "replies that press": lambda session: replies.pressing(session, 1),
        "replies waiting": lambda session: replies.waiting(session, 1),
        "health": lambda session: health.read(session, now=utc_now()),
        "oldest due": lambda session: health.oldest_due(session, now=utc_now()),
    }
    return asked | {name: partial(read, ask) for name, ask in polls.items()}


@contextmanager
def counted(runtime: Runtime) -> Iterator[list[int]]:
    """What is read meanwhile by the questions of this process."""
    work, asked = [0], []
    runtime.database.close()  # connections made from now on are watched
    engine = runtime.database.engine

    def step() -> int:
        work[0] += 1
        return 0

    def watch(connection: Any, _record: Any) -> None:
        connection.set_progress_handler(step, 100)

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    what = ("connect", watch) if runtime.database.is_sqlite else ("before_cursor_execute", note)
    target = engine if runtime.database.is_sqlite else Engine
    event.listen(target, *what)
    try:
        yield work
    finally:
        event.remove(target, *what)
        runtime.database.close()
    if asked:
        url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with closing(psycopg.connect(url)) as connection:
            work[0] += sum(_rows_read(connection, *each) for each in asked)


def _rows_read(connection: Any, statement: str, parameters: Any) -> int:
    cursor = connection.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}", parameters)
    found = _scanned(cursor.fetchone()[0][0]["Plan"])
    connection.rollback()
    return found


def _scanned(plan: dict[str, Any]) -> int:
    """Rows that a plan's scans looked at, the refused ones too."""
    names = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck")
    own = sum(plan.get(name, 0) for name in names) * plan["Actual Loops"] if "Scan" in plan["Node Type"] else 0
    return int(own) + sum(_scanned(each) for each in plan.get("Plans", ()))


@contextmanager
def _house(kind: str, size: int) -> Iterator[House]:
    with ground(kind) as runtime:
        _fill(runtime, size)
        yield House(runtime)


def _fill(runtime: Runtime, size: int) -> None:
    """A space after years: nearly all is over, a tenth never had a last receipt, a few mailings wait for tomorrow."""
    now, mailings = utc_now(), size // EACH
    with runtime.database.transaction() as session:
        space = Space(slug="s", name="S", mode=Mode.LIVE, sender="Emmaus80", rate_per_s=10, created_at=now)
        session.add(space)
        session.flush()
        for at in range(mailings + WAITING):
            session.add(_mailing(space.id, MailingState.CLOSED if at < mailings else MailingState.OPEN, now))
        session.flush()
        for at in range(mailings + WAITING):
            session.add(_campaign(space.id, at + 1, Stage.FINISHED if at < mailings else Stage.SENDING, now))
        session.flush()
        for words, count in ((_MESSAGES, size), (_QUEUED, 500), (_TALLIES, mailings), (_REPLIES, size // 50)):
            _write(session, words, count=count, space=space.id, mailings=mailings)
    if not runtime.database.is_sqlite:  # which never does it by itself
        with runtime.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def _write(session: Session, words: str, **values: int) -> None:
    now = utc_now()
    age = "CASE n % 4 " + " ".join(f"WHEN {at} THEN :age{at}" for at in range(len(AGES_DAYS))) + " END"
    if session.get_bind().dialect.name == "postgresql":
        age = age.replace(":age0", "CAST(:age0 AS timestamptz)")
    statement = words.format(series=_SERIES, age=age)
    instants = {f"age{at}": now - timedelta(days=days) for at, days in enumerate(AGES_DAYS)}
    instants["tomorrow"] = now + timedelta(days=1)
    asked = {
        name: value for name, value in {**values, "waiting": WAITING, **instants}.items() if f":{name}" in statement
    }
    typed = [bindparam(name, type_=UtcDateTime()) for name in instants if name in asked]
    session.execute(text(statement).bindparams(*typed), asked)


def _mailing(space_id: int, state: MailingState, now: Any) -> Mailing:
    words = {"served_at": now, "created_at": now - timedelta(days=30)}
    return Mailing(space_id=space_id, sender="Emmaus80", family=Family.SERVICE, state=state, **words)


def _campaign(space_id: int, mailing_id: int, stage: Stage, now: Any) -> Campaign:
    words = {
        "sender": "Emmaus80",
        "audience": {},
        "created_at": now,
        "updated_at": now,
        "send_at": now,
        "not_after": now,
    }
    return Campaign(
        space_id=space_id, mailing_id=mailing_id, stage=stage, family=Family.SERVICE, body="Bonjour", **words
    )
