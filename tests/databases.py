"""Empty, migrated databases for tests: a copied file on SQLite, one database a worker, emptied, on PostgreSQL."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from app import migrating
from app.db import Database
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
    database.close()
    target = Path(database.url.database or "")
    for leftover in (target, Path(f"{target}-wal"), Path(f"{target}-shm")):
        leftover.unlink(missing_ok=True)
    shutil.copyfile(template, target)


def postgresql_database(run_folder: Path, name: str, *, migrated: bool = True) -> Database:
    """A database called ``name``, made again from nothing or from the migrated one the whole run shares."""
    url = server_url(run_folder)
    with once(run_folder / "template.lock"):
        if migrated and not (run_folder / "template.made").exists():
            _administer(url, "CREATE DATABASE template_migrated")
            _migrated(url % "template_migrated").close()
            (run_folder / "template.made").touch()
        _administer(url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        _administer(url, f"CREATE DATABASE {name} TEMPLATE {'template_migrated' if migrated else 'template0'}")
    return Database(url % name)


def empty(database: Database) -> None:
    """Take every row out of a PostgreSQL database and start its numbers again at 1.

    TRUNCATE writes new files for every table, used or not: 15 times slower with our 30.
    """
    with database.engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL lock_timeout = '10s'")
        connection.exec_driver_sql("SET LOCAL session_replication_role = 'replica'")  # keys need no watching here
        tables = connection.scalars(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'")
        ).all()
        is_used = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in tables)
        for name in connection.exec_driver_sql(is_used).scalars().all():
            connection.exec_driver_sql(f"DELETE FROM {name}")
        connection.execute(
            text("SELECT setval(sequencename::regclass, 1, false) FROM pg_sequences WHERE last_value IS NOT NULL")
        )


@contextmanager
def once(lock: Path) -> Iterator[None]:
    """One worker of the run at a time."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _migrated(url: str) -> Database:
    database = Database(url)
    migrating.upgrade(database)
    return database


def _administer(url: str, words: str) -> None:
    engine = create_engine(url % "postgres", isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(words)
    engine.dispose()
