"""`make migration`: what it writes runs on rows, and a difference written once is no difference any more."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Boolean, Column, Integer, LargeBinary, MetaData, text

from app.accounts.models import Mode
from app.cli.revisions import CannotWrite, write_revision
from app.database import migrations, revisions
from app.database.engine import Database
from app.database.tables import Word
from app.models import Base
from tests import databases
from tests.factories import make_space


@pytest.fixture
def database(run_folder: Path, worker: str) -> Iterator[Database]:
    """PostgreSQL, as `make migration` has it, with a space in it."""
    database = databases.postgresql_database(run_folder, f"writing_{worker}")
    with database.transaction() as session:
        make_space(session)
    yield database
    database.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(revisions.MIGRATIONS / "versions", tmp_path / "versions")
    return tmp_path


def models_with(*columns: Column, table: str = "spaces") -> MetaData:
    """The models, with more columns for ``table``."""
    changed = MetaData(naming_convention=Base.metadata.naming_convention)
    for known in Base.metadata.tables.values():
        known.to_metadata(changed)
    for column in columns:
        changed.tables[table].append_column(column)
    return changed


def migrate(database: Database, folder: Path, way: Callable[[Config, str], None], to: str) -> None:
    with database.engine.connect() as connection:
        config = migrations.migration_config(connection)
        config.set_main_option("version_locations", str(folder / "versions"))
        way(config, to)


def triggers(database: Database) -> list[str]:
    with database.snapshot() as session:
        return list(session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name")))


def test_a_new_column_has_something_for_the_rows_already_there(database: Database, folder: Path) -> None:
    models = models_with(
        Column("is_big", Boolean, default=False, nullable=False),
        Column("seats", Integer, default=3, nullable=False),
        Column("like", Word(Mode), default=Mode.LIVE, nullable=False),
        Column("closed_by", Integer, nullable=True),
    )
    path = write_revision("add_columns", database, metadata=models, folder=folder)
    assert "alter_column" not in path.read_text(encoding="utf-8")
    migrate(database, folder, command.upgrade, "head")
    with database.snapshot() as session:
        row = session.execute(text('SELECT is_big, seats, "like", closed_by FROM spaces')).one()
    assert tuple(row) == (False, 3, "live", None)


def test_a_table_that_others_are_kept_by_stays_itself_on_sqlite(
    database: Database, folder: Path, run_folder: Path, tmp_path: Path
) -> None:
    """A copy of it would go without its triggers, and people would be found no more by their name."""
    models = models_with(Column("drives", Boolean, default=False, nullable=False, index=True), table="contacts")
    write_revision("add_field", database, metadata=models, folder=folder)
    house = databases.sqlite_copy(run_folder, tmp_path / "house.sqlite3")
    before = triggers(house)
    assert "contact_words_insert" in before
    for way, to in ((command.upgrade, "head"), (command.downgrade, "-1")):
        migrate(house, folder, way, to)
        assert triggers(house) == before
    house.close()


def test_nothing_is_written_where_nothing_has_changed(database: Database, folder: Path) -> None:
    path = write_revision("nothing", database, folder=folder)
    assert path.read_text(encoding="utf-8").count("    pass") == 2


def test_a_column_that_rows_could_not_fill_is_refused_in_words(database: Database, folder: Path) -> None:
    models = models_with(Column("picture", LargeBinary, nullable=False))
    before = sorted(folder.rglob("*.py"))
    with pytest.raises(CannotWrite, match=r"spaces\.picture"):
        write_revision("add_picture", database, metadata=models, folder=folder)
    assert sorted(folder.rglob("*.py")) == before
