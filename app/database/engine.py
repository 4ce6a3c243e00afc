"""The database: its two doors, and everything that differs between SQLite and PostgreSQL."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import Any

from sqlalchemy import (
    URL,
    Engine,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, InvalidatePoolError, OperationalError
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from app.database.open_file import OpenFile
from app.database.tables import Base

POOL_SIZE, MAX_OVERFLOW = 10, 20
CONNECTIONS = POOL_SIZE + MAX_OVERFLOW
"""As many as one process may have open at once."""
ASKED_AFTER_S = 1.0
"""A PostgreSQL connection that has rested so long is asked whether it still stands: a turn with the server."""
_RESTS_SINCE = "rests_since"
SQLITE_WAIT_S = 30
"""How long a SQLite writer waits for its turn; the longest transaction of ours is far below it."""


class Database:
    """One database and its two doors, ``transaction()`` and ``snapshot()``."""

    def __init__(self, url: str | URL, *, pool_size: int = POOL_SIZE, awake: Callable[[], float] = monotonic) -> None:
        """``awake`` counts seconds."""
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._file = OpenFile(self.url.database or "")
        if self.is_sqlite:
            self.engine = _sqlite_engine(self.url, pool_size, self._file)
        else:
            self.engine = _postgresql_engine(self.url, pool_size, awake)
        self.handed: dict[object, object] = {}
        """What assembly gives to whoever holds a session: each has it as its ``info``."""
        self._reading = self.engine.execution_options(**_READING[self.is_sqlite])

    @contextmanager
    def transaction(self, *, wait_s: float = SQLITE_WAIT_S) -> Iterator[Session]:
        """A session that may write. Returning commits, raising rolls back.

        Over SQLite it waits ``wait_s`` for its turn, then raises what ``is_busy`` knows.
        """
        engine = self.engine if wait_s == SQLITE_WAIT_S else self.engine.execution_options(tambour_wait_s=wait_s)
        with Session(engine, expire_on_commit=False, info=self.handed) as session, session.begin():
            yield session

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """A session that reads one consistent state and cannot write."""
        with Session(self._reading, expire_on_commit=False, info=self.handed) as session, session.begin():
            yield session

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()
        self._file.forget()


_READING: Mapping[bool, dict[str, Any]] = {
    True: {"tambour_reading": True},
    False: {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
}


def _pool(size: int) -> dict[str, Any]:
    """The connection given back last is lent first: in turn, each would come to hold the pages of all (2 MiB each)."""
    return {"pool_size": size, "max_overflow": MAX_OVERFLOW, "pool_use_lifo": True}


# hide_parameters: an error in the logs must carry no text and no phone.
def _sqlite_engine(url: URL, pool_size: int, file: OpenFile) -> Engine:
    engine = create_engine(
        url,
        **_pool(pool_size),
        connect_args={"timeout": SQLITE_WAIT_S},
        hide_parameters=True,
    )

    @event.listens_for(engine, "do_connect")
    def look(*_: object) -> None:
        file.require_same()  # else an empty file would take the place of the one that is gone

    @event.listens_for(engine, "connect")
    def prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # else the driver begins by itself, and too late
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")  # under NORMAL a power cut forgets a claim and texts twice
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()
        file.note()

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        file.require_same()  # here, not when a connection is lent: refused there it is closed, and the data with it
        options = connection.get_execution_options()
        reading, wait_s = options.get("tambour_reading", False), options.get("tambour_wait_s", SQLITE_WAIT_S)
        if connection.info.get("wait_s", SQLITE_WAIT_S) != wait_s:  # left by whoever had this connection before
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {round(wait_s * 1000)}")
            connection.info["wait_s"] = wait_s
        connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if reading else 'OFF'}")
        # SQLite cannot upgrade a read transaction once another writer has committed (SQLITE_BUSY): begin as a writer.
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


_PATIENCE = {
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",
}
"""A host that vanished without a word is given up after ten seconds, or a minute in the middle of something: left to
libpq and to Linux, a page and every tick would wait for it two minutes, then a quarter of an hour. In its own words
(https://www.postgresql.org/docs/current/libpq-connect.html): what the URL says otherwise is the operator's."""

_REST = "set_config('idle_in_transaction_session_timeout', '5min', false)"
_LIMIT_REST = f"SELECT {_REST} WHERE current_setting('idle_in_transaction_session_timeout') = '0'"
"""The server's own patience, between two statements of a transaction: a machine lost there keeps its rows locked, and
their mailing waiting, for as long as the server's keepalive (two hours). Five minutes are far more than the longest
rest of ours, the reading of a file of 200,000 rows. What the operator has set already is theirs."""


def _postgresql_engine(url: URL, pool_size: int, awake: Callable[[], float]) -> Engine:
    patient = url.set(drivername="postgresql+psycopg", query={**_PATIENCE, **url.query})
    engine = create_engine(patient, **_pool(pool_size), hide_parameters=True)

    @event.listens_for(engine, "connect")
    def limit(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        # By a statement: a pooler in between refuses a connection that asks for what it does not know.
        cursor = connection.cursor()
        cursor.execute(_LIMIT_REST)
        cursor.close()
        connection.commit()

    @event.listens_for(engine, "checkin")
    def rest(_: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
        record.info[_RESTS_SINCE] = awake()

    @event.listens_for(engine, "checkout")
    def wake(connection: DBAPIConnection, record: ConnectionPoolEntry, _: PoolProxiedConnection) -> None:
        if awake() - record.info.get(_RESTS_SINCE, awake()) < ASKED_AFTER_S:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error  # of all that rest: each is made anew

    return engine


def does_not_answer(error: DBAPIError) -> bool:
    """Whether nobody is there, or it cannot work now; a database that refuses a statement has answered."""
    if not isinstance(error, OperationalError):
        return False
    if isinstance(error.orig, sqlite3.Error):
        # Its plain error is of the statement; all its others are of the file, the lock, the disk.
        return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_ERROR
    state = str(getattr(error.orig, "sqlstate", None) or "")
    return not state or state.startswith(("08", "53", "57", "58"))


def is_busy(error: DBAPIError) -> bool:
    """Whether SQLite's one writer had its turn for too long."""
    return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY


def insert_missing(
    session: Session,
    table: type[Base],
    rows: Sequence[Mapping[str, Any]],
    *,
    unique: Sequence[InstrumentedAttribute[Any]] = (),
    returning: InstrumentedAttribute[Any],
) -> list[Any]:
    """Insert the ``rows`` that no row of the same ``unique`` columns forestalls; their ``returning`` column.

    Without ``unique``, those that no unique column at all forestalls.
    """
    if not rows:
        return []
    dialect = _dialect(session)
    same = [c.key for c in unique] or None
    statement = dialect.insert(table).on_conflict_do_nothing(index_elements=same).returning(returning)
    return list(session.scalars(statement, rows))


def upsert(
    session: Session,
    table: type[Base],
    row: Mapping[str, Any],
    *,
    unique: Sequence[InstrumentedAttribute[Any]],
    changed: Sequence[InstrumentedAttribute[Any]],
) -> None:
    """Insert ``row``, or give the row of the same ``unique`` columns its ``changed`` ones: one statement, no gap."""
    statement = _dialect(session).insert(table).values(row)
    new = {c.key: statement.excluded[c.key] for c in changed}
    written = statement.on_conflict_do_update(index_elements=[c.key for c in unique], set_=new).returning(table)
    session.scalars(written, execution_options={"populate_existing": True}).all()


def plan_anew(session: Session) -> None:
    """Plan each statement of this transaction for the tables as they are now.

    PostgreSQL keeps the plan of a statement said five times: one made for a table still empty reads all of it once
    a file has filled it.
    """
    if _dialect(session) is postgresql:
        session.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))


def _dialect(session: Session) -> Any:
    return sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
