"""From one release to the next without a stop: the schema first, and the programs of before go on beside it.

The release before stands here as what a database can know of it: the tables and columns that it had, and a copy of the
program that has never heard of the last migration.
"""

import os
import shutil
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Connection, MetaData, Table, delete, insert, inspect, select, update
from sqlalchemy.exc import DBAPIError

from app.cli.main import main
from app.database import migrations
from app.database.engine import Database
from app.database.revisions import MIGRATIONS, found_revision, newest_revision, runs_on
from bench.ground import variables
from tests.programs import running
from tests.sockets import two_free_ports
from tests.test_house import ROOT
from tests.test_migrations import bare, value_of

__all__ = ["bare"]
FIRST = "0015"
"""Of this era, the first that only adds."""
PARTS = ("app", "jobs", "templates", "migrations", "wsgi.py", "Procfile", "pyproject.toml")


def revisions_of_the_era() -> list[str]:
    found = sorted(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))
    return [one for one in found if one >= FIRST and runs_on(newest_revision(), one)]


def known_tables(database: Database) -> dict[str, Table]:
    found = MetaData()
    with database.engine.connect() as connection:
        found.reflect(connection, resolve_fks=False)
    return {name: table for name, table in found.tables.items() if name != "alembic_version"}


def test_the_newest_schema_takes_what_the_releases_before_it_write(bare: Database) -> None:
    """A row of the columns that they knew, in each table that they had: written, read back, changed, taken away.

    The era's first release and the last one speak for all: each was the last one when its successor came.
    """
    ages: dict[str, dict[str, Table]] = {}
    for revision in (FIRST, revisions_of_the_era()[-2]):
        migrations.upgrade(bare, revision)
        ages[revision] = known_tables(bare)
    narrow = narrowings(bare)
    migrations.upgrade(bare)
    with bare.engine.connect() as connection, connection.begin() as whole:
        let_rows_come_in_any_order(connection)
        refused = [
            f"{name}, as {revision} knew it: {wrong}"
            for revision, tables in ages.items()
            for name, table in tables.items()
            for wrong in refusals(connection, table)
        ]
        whole.rollback()
    assert refused == []
    now = narrowings(bare)
    added = {f"{name}: {one}" for name, known in narrow.items() for one in now[name] - known}
    assert added - set(MADE_HARMLESS) == set(), "a new UNIQUE or CHECK on a table of before would refuse its rows"


def let_rows_come_in_any_order(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    else:
        connection.exec_driver_sql("SET LOCAL session_replication_role = 'replica'")


def refusals(connection: Connection, table: Table) -> Iterator[str]:
    row = {column.name: value_of(column) for column in table.columns}
    mine = [column == row[column.name] for column in table.columns if column.primary_key]
    statements = [
        insert(table).values(row),
        select(*table.columns).where(*mine),
        update(table).where(*mine).values({name: value for name, value in row.items() if name != "id"}),
        delete(table).where(*mine),
    ]
    place = connection.begin_nested()
    try:
        for statement in statements:
            assert connection.execute(statement).rowcount in (1, -1), statement
    except DBAPIError as wrong:
        yield str(wrong.orig)
    place.rollback()


MADE_HARMLESS: dict[str, str] = {}
"""{what was added: why no program of its era stumbles over it}."""


def narrowings(database: Database) -> dict[str, Any]:
    """By table: what makes it refuse a row."""
    with database.engine.connect() as connection:
        seen = inspect(connection)
        return {
            name: {f"unique {one['column_names']}" for one in seen.get_unique_constraints(name)}
            | {f"unique {one['column_names']}" for one in seen.get_indexes(name) if one["unique"]}
            | {f"check {one['sqltext']}" for one in seen.get_check_constraints(name)}
            for name in seen.get_table_names()
        }


@pytest.fixture
def release_before(tmp_path: Path) -> Path:
    """A copy of the program without its last migration. Dates are kept, so that nothing is compiled anew."""
    folder = tmp_path / "before"
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, folder / part)
        else:
            shutil.copy2(ROOT / part, folder / part)
    [last] = (folder / "migrations" / "versions").glob(f"{newest_revision()}_*.py")
    last.unlink()
    return folder


def test_the_web_of_the_release_before_goes_on_beside_the_new_schema(
    release_before: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, before = tmp_path / "data", revisions_of_the_era()[-2]
    port = two_free_ports()
    url = f"sqlite:///{data / 'tambour.sqlite3'}"
    words = variables(data, url, port=str(port), public_url=f"http://127.0.0.1:{port}", web_workers="1")
    for name, value in words.items():
        monkeypatch.setenv(name, value)
    data.mkdir(mode=0o700)
    with closing(Database(url)) as database:
        migrations.upgrade(database, before)
        web = {"web": ["-m", "app.cli", "web"]}
        with running(web, environment=os.environ, folder=tmp_path, release=release_before):
            wait_ready(port)
            assert CliRunner().invoke(main, ["migrate"]).exit_code == 0
            assert found_revision(database) == newest_revision()
            for page in ("/readyz", "/connexion", "/api/docs"):
                assert status_of(port, page) == 200, f"{page}, once the schema is new"


def wait_ready(port: int) -> None:
    end = time.monotonic() + 40
    while status_of(port, "/readyz") != 200:
        assert time.monotonic() < end, "the web did not start"
        time.sleep(0.1)


def status_of(port: int, path: str) -> int:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return int(answer.status)
    except OSError as error:
        return int(getattr(error, "code", 0))
