"""Migrated databases for tests: a copied file on SQLite, one database a worker, emptied, on PostgreSQL.

They are empty, or begin with rows that took long to make once and are copied from then on.
"""

import fcntl
import pickle
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from app.database import migrations
from app.database.engine import Database
from tests.postgres import server_url


def sqlite_copy(run_folder: Path, target: Path) -> Database:
    """A fresh copy of the migrated file that the whole run shares."""
    database = Database(f"sqlite:///{target}")
    renew(run_folder, database)
    return database


def renew(run_folder: Path, database: Database) -> None:
    """Put a fresh copy in the place of a SQLite database's file."""
    template = run_folder / "template.sqlite3"
    with once(run_folder / "template.lock"):
        if not template.exists():
            _migrated(f"sqlite:///{template}.new").close()
            Path(f"{template}.new").rename(template)
    _put(template, database)


def postgresql_database(run_folder: Path, name: str, *, migrated: bool = True) -> Database:
    """A database called ``name``, made again from nothing or from the migrated one the whole run shares."""
    url = server_url(run_folder)
    with once(run_folder / "template.lock"):
        if migrated and not (run_folder / "template.made").exists():
            _administer(url, "CREATE DATABASE template_migrated")
            template = _migrated(url % "template_migrated")
            _teach_to_empty(template)
            template.close()
            (run_folder / "template.made").touch()
        _administer(url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        _administer(url, f"CREATE DATABASE {name} TEMPLATE {'template_migrated' if migrated else 'template0'}")
    return Database(url % name)


@dataclass(frozen=True)
class _Rows:
    """What a PostgreSQL database holds: each table as COPY writes it, and where its numbers are."""

    tables: dict[str, bytes]
    numbers: dict[str, int]


_kept: dict[tuple[str, str], Path | _Rows] = {}
"""By this worker, for its own databases: factories never give it the same names again."""


def begin_with(database: Database, name: str, make: Callable[[], None]) -> None:
    """Fill an empty database as ``make`` does, which is only asked the first time that ``name`` is."""
    key = (name, str(database.url))
    kept = _kept.get(key)
    if kept is None:
        make()
        _kept[key] = _set_aside(database, name) if database.is_sqlite else _copied_out(database)
    elif isinstance(kept, Path):
        _put(kept, database)
    else:
        _copy_in(database, kept)


def begin_as_all(run_folder: Path, database: Database, name: str, make: Callable[[], None]) -> None:
    """As ``begin_with``, for rows that no factory makes: one worker of the run makes them, of each kind of database."""
    kept = run_folder / f"{name}.{database.engine.name}"
    with once(run_folder / f"{name}.lock"):
        if not kept.exists():
            make()
            if database.is_sqlite:
                shutil.copyfile(_set_aside(database, name), kept)
            else:
                kept.write_bytes(pickle.dumps(_copied_out(database)))
            return
    if database.is_sqlite:
        _put(kept, database)
    else:
        _copy_in(database, pickle.loads(kept.read_bytes()))


def backup(database: Database, target: Path) -> Path | _Rows:
    """What a keeper would have set aside at this instant, while everything runs."""
    if not database.is_sqlite:
        return _copied_out(database)
    with closing(sqlite3.connect(_file(database))) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
    return target


def put_back(database: Database, kept: Path | _Rows) -> None:
    """Restore a backup, once nobody has a connection any more."""
    if isinstance(kept, Path):
        _put(kept, database)
    else:
        empty(database)
        _copy_in(database, kept)


def _file(database: Database) -> Path:
    return Path(database.url.database or "")


def _put(source: Path, database: Database) -> None:
    database.close()
    target = _file(database)
    for leftover in (target, Path(f"{target}-wal"), Path(f"{target}-shm")):
        leftover.unlink(missing_ok=True)
    shutil.copyfile(source, target)


def _set_aside(database: Database, name: str) -> Path:
    database.close()  # the last connection brings everything into one file
    return Path(shutil.copyfile(_file(database), _file(database).with_suffix(f".{name}")))


def _copied_out(database: Database) -> _Rows:
    with database.engine.connect() as connection:
        used = connection.scalars(text("SELECT relname FROM pg_stat_user_tables WHERE relname <> 'alembic_version'"))
        numbers = connection.execute(
            text("SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL")
        )
        tables = {}
        with connection.connection.cursor() as cursor:
            for table in used:
                with cursor.copy(f"COPY {table} TO STDOUT") as rows:
                    tables[table] = b"".join(bytes(row) for row in rows)
        return _Rows({table: rows for table, rows in tables.items() if rows}, dict(numbers.all()))


def _copy_in(database: Database, kept: _Rows) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = 'replica'")  # the keys were right
        with connection.connection.cursor() as cursor:
            for table, rows in kept.tables.items():
                with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                    copy.write(rows)
        for sequence, number in kept.numbers.items():
            connection.execute(text("SELECT setval(CAST(:name AS regclass), :at)"), {"name": sequence, "at": number})


def empty(database: Database) -> None:
    """Take every row out of a PostgreSQL database and start its numbers again at 1.

    TRUNCATE writes new files for every table, used or not: 15 times slower with our 30.
    """
    with database.engine.begin() as connection:
        connection.exec_driver_sql("SELECT take_everything_out()")


def _teach_to_empty(database: Database) -> None:
    """Leave a function in a PostgreSQL database: looking tables over costs a third where plans are kept."""
    with database.engine.begin() as connection:
        tables = connection.scalars(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'")
        )
        deleting = " ".join(f"IF EXISTS (SELECT FROM {name}) THEN DELETE FROM {name}; END IF;" for name in tables)
        connection.exec_driver_sql(f"""
            CREATE FUNCTION take_everything_out() RETURNS void LANGUAGE plpgsql
            SET lock_timeout = '10s'
            SET session_replication_role = 'replica' -- keys need no watching here
            AS $$ BEGIN
                {deleting}
                PERFORM setval(seqrelid, 1, false) FROM pg_sequence WHERE pg_sequence_last_value(seqrelid) IS NOT NULL;
            END $$
        """)


@contextmanager
def once(lock: Path) -> Iterator[None]:
    """One worker of the run at a time."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _migrated(url: str) -> Database:
    database = Database(url)
    migrations.upgrade(database)
    return database


def _administer(url: str, words: str) -> None:
    engine = create_engine(url % "postgres", isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(words)
    engine.dispose()
