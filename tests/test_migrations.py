"""The migrations: from nothing to the models and back, on both databases."""

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, Column, MetaData, insert, inspect, literal, select, table, union_all
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.database import migrations, revisions
from app.database.engine import Database
from app.models import Base
from tests import databases


@pytest.fixture(params=["sqlite", "postgresql"])
def bare(
    request: pytest.FixtureRequest, run_folder: Path, worker: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Database]:
    """A database without a single table."""
    # Alembic reads every migration again at each run, a quarter of what hundreds of runs take.
    files = ScriptDirectory.from_config(migrations.migration_config())
    monkeypatch.setattr(ScriptDirectory, "from_config", lambda _config: files)
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'bare.sqlite3'}")
    else:
        database = databases.postgresql_database(run_folder, f"bare_{worker}", migrated=False)
    yield database
    database.close()


def differences(database: Database) -> list[object]:
    with database.snapshot() as session:
        context = MigrationContext.configure(session.connection(), opts={"compare_type": True})
        return compare_metadata(context, Base.metadata)


def test_every_step_goes_up_and_comes_back_down(bare: Database) -> None:
    """Each of them twice, the second time together with the next."""
    steps = [step.revision for step in ScriptDirectory.from_config(migrations.migration_config()).walk_revisions()]
    for step in reversed(steps):
        refused = refusal_of(bare, step)
        assert refused is None, f"migration {step} cannot run on {bare.engine.name}: {refused}"
        migrations.downgrade(bare, "-1")
    assert refusal_of(bare, "head") is None
    assert differences(bare) == [], "models and migrations differ: make migration NAME=…"
    migrations.downgrade(bare, "base")
    assert inspect(bare.engine).get_table_names() == ["alembic_version"]


def fill(database: Database) -> None:
    """A row in every table that has none. Each key is 1, so that each row points at one that is there.

    Reading what the tables are made of takes longer than all else: only the empty ones are.
    """
    with database.transaction() as session:
        connection = session.connection()
        if not database.is_sqlite:
            connection.exec_driver_sql("SET LOCAL session_replication_role = 'replica'")  # in any order
        else:
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        names = inspect(connection).get_table_names()
        ask = [select(literal(name)).where(~select(literal(1)).select_from(table(name)).exists()) for name in names]
        empty = connection.scalars(union_all(*ask)).all()
        if not empty:
            return
        tables = MetaData()
        tables.reflect(connection, only=empty, resolve_fks=False)
        for one in tables.tables.values():
            connection.execute(insert(one).values({column.name: value_of(column) for column in one.columns}))


def value_of(column: Column[Any]) -> object:
    """A value of its type; small enough for any limit."""
    kind = column.type.python_type if not isinstance(column.type, JSON) else dict
    return {int: 1, bool: True, str: "x", float: 1.0, bytes: b"x", dict: {}, date: date(2026, 3, 3),
            datetime: datetime(2026, 3, 3, tzinfo=UTC)}[kind]  # fmt: skip


def refusal_of(database: Database, step: str) -> str | None:
    """What the database says against this step."""
    try:
        migrations.upgrade(database, step)
    except DBAPIError as wrong:
        return str(wrong.orig)
    return None


def test_every_step_runs_over_a_row_in_every_table(bare: Database) -> None:
    steps = [step.revision for step in ScriptDirectory.from_config(migrations.migration_config()).walk_revisions()]
    for step in reversed(steps):
        refused = refusal_of(bare, step)
        assert refused is None, (
            f"migration {step} cannot run over a row in every table, on {bare.engine.name}: {refused}"
        )
        fill(bare)
    with bare.snapshot() as session:
        for known in Base.metadata.tables.values():
            assert session.execute(select(known.c[next(iter(known.c.keys()))]).limit(1)).first(), known.name


def test_the_migrated_schema_is_that_of_the_models(database: Database) -> None:
    assert differences(database) == [], "models and migrations differ: make migration NAME=…"


def test_an_exception_to_the_hours_goes_on_only_where_it_still_may(bare: Database) -> None:
    """0005: what was confirmed outside the hours, queued by the release before."""
    cases = {  # the mailing's number: family, hour of its day, window that it keeps, whether it is paused
        1: ("service", 2, None, False),
        2: ("charitable", 18, "urgent", False),
        3: ("charitable", 2, None, True),
        4: ("commercial", 18, None, True),
    }
    migrations.upgrade(bare, "0004")
    old = MetaData()
    old.reflect(bare.engine, only=["spaces", "mailings", "campaigns"], resolve_fks=False)

    def add(session: Session, name: str, at: datetime, **words: object) -> None:
        empty = [one for one in old.tables[name].columns if not one.nullable and one.name not in words]
        session.execute(old.tables[name].insert().values({**{one.name: filler(one, at) for one in empty}, **words}))

    with bare.transaction() as session:
        for number, (family, hour, _window, _is_paused) in cases.items():
            at = datetime(2026, 3, 8, hour, tzinfo=UTC)
            ids = {"id": number, "space_id": number, "family": family}
            add(session, "spaces", at, id=number, slug=f"demo-{number}", hours_hold=True)
            add(session, "mailings", at, **ids, gate="open", ignores_hours=True)
            due = {"stage": "scheduled", "send_at": at, "not_after": at + timedelta(days=1)}
            add(session, "campaigns", at, **ids, **due, mailing_id=number, audience={}, ignores_hours_by="Zoé")
    migrations.upgrade(bare, "0005")
    new = MetaData()
    new.reflect(bare.engine, only=["mailings", "campaigns"], resolve_fks=False)
    with bare.snapshot() as session:
        mailings, campaigns = (
            {row.id: row for row in session.execute(new.tables[name].select())} for name in ("mailings", "campaigns")
        )
    for number, (family, _hour, window, is_paused) in cases.items():
        mailing, campaign = mailings[number], campaigns[number]
        assert (mailing.exception_window, bool(mailing.ignores_hours)) == (window, family == "service")
        assert mailing.exception_by == ("Zoé" if window else None)
        assert (mailing.gate, campaign.stage, campaign.stage_before_pause) == (
            ("paused", "paused", "scheduled") if is_paused else ("open", "scheduled", None)
        )
        assert ("si vous le reprenez" in mailing.pause_reason) is is_paused
        assert (mailing.renewed_at, mailing.expires_at) == (campaign.send_at, None)


def filler(column: Column[Any], at: datetime) -> object:
    """A value that a column which may not be empty takes."""
    values: dict[type, object] = {int: 1, str: "", bool: False, datetime: at}
    return values[column.type.python_type]


def test_an_older_schema_is_refused_with_the_command_that_mends_it(bare: Database) -> None:
    assert not revisions.schema_is_current(bare)
    with pytest.raises(revisions.SchemaError, match="tambour migrate"):
        revisions.require_current_schema(bare)


@contextmanager
def numbered(database: Database, revision: str) -> Iterator[None]:
    """A migrated database that says it has another revision's schema, for the time of the block."""
    at = "UPDATE alembic_version SET version_num = "
    with database.transaction() as session:
        session.connection().exec_driver_sql(f"{at}'{revision}'")
    try:
        yield
    finally:
        with database.transaction() as session:
            session.connection().exec_driver_sql(f"{at}'{revisions.newest_revision()}'")


def test_a_newer_schema_is_refused_too(database: Database) -> None:
    with numbered(database, "9999"), pytest.raises(revisions.SchemaError, match="plus récente"):
        revisions.require_current_schema(database)


def test_a_program_runs_on_a_schema_one_release_newer(database: Database) -> None:
    with numbered(database, f"{int(revisions.newest_revision()) + 1:04d}"):
        revisions.require_current_schema(database)
        assert revisions.schema_is_current(database)


TAKES_AWAY = {"drop_column", "drop_table", "drop_constraint", "rename_table", "alter_column", "execute"}
"""What a program of the release before may stumble over; ``execute`` may do anything."""
MADE_HARMLESS = {
    "0012": "it fills the columns that it has just added",
    "0015": "it fills the column that it has just added",
    "0023": "it fills the table that it has just made",
    "0052": "it reads what was settled, and fills the table that it has just made",
}
"""{revision: why what it takes away is missed by no program of its era}."""


def test_a_migration_of_an_era_only_adds() -> None:
    found = []
    for path in sorted((revisions.MIGRATIONS / "versions").glob("[0-9]*_*.py")):
        number = path.name.partition("_")[0]
        if number < "0011" or number.endswith("000") or number in MADE_HARMLESS:
            continue
        [upgrade] = [one for one in ast.parse(path.read_text(encoding="utf-8")).body
                     if isinstance(one, ast.FunctionDef) and one.name == "upgrade"]  # fmt: skip
        calls = [one for one in ast.walk(upgrade) if isinstance(one, ast.Call)]
        found += [f"{path.name}: {name}" for one in calls if (name := getattr(one.func, "attr", "")) in TAKES_AWAY]
    assert found == [], f"the release before still runs on it: {', '.join(found)}"


def test_migrating_twice_changes_nothing(database: Database) -> None:
    migrations.upgrade(database)
    assert revisions.schema_is_current(database)
    revisions.require_current_schema(database)


def test_the_files_are_numbered_in_the_order_they_are_applied() -> None:
    """The processes read the newest number; Alembic follows the links between the files."""
    script = ScriptDirectory.from_config(migrations.migration_config())
    order = [step.revision for step in script.walk_revisions()]
    assert order == sorted(order, reverse=True)
    assert script.get_heads() == [revisions.newest_revision()]
