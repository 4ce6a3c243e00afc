"""For developers: the next migration, written from what the models have and the migrations lack."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from alembic import command
from alembic.operations.ops import CreateTableOp, DropTableOp, MigrateOperation, MigrationScript, ModifyTableOps

from app import migrating, models
from app.db import Database
from app.schema import MIGRATIONS


def write_revision(name: str) -> Path:
    """The path of the new file; read it before committing it."""
    number = 1 + len(list((MIGRATIONS / "versions").glob("[0-9]*.py")))
    path = MIGRATIONS / "versions" / f"{number:04d}_{name}.py"
    with TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'empty.sqlite3'}")
        migrating.upgrade(database)
        with database.engine.connect() as connection:
            config = migrating.migration_config(connection)
            config.attributes["metadata"] = models.Base.metadata
            command.revision(config, name, autogenerate=True, rev_id=f"{number:04d}", process_revision_directives=_tidy)
        database.close()
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if "# ###" not in line), encoding="utf-8")
    return path


def _tidy(_context: Any, _revision: Any, scripts: list[MigrationScript]) -> None:
    for script in scripts:
        for operations in (script.upgrade_ops, script.downgrade_ops):
            if operations is not None:
                operations.ops = _without_ceremony(operations.ops)


def _without_ceremony(operations: list[MigrateOperation]) -> list[MigrateOperation]:
    """A new table needs no batch for its indexes, and a dropped one takes them along."""
    created = {each.table_name for each in operations if isinstance(each, CreateTableOp)}
    dropped = {each.table_name for each in operations if isinstance(each, DropTableOp)}
    kept: list[MigrateOperation] = []
    for each in operations:
        if isinstance(each, ModifyTableOps) and each.table_name in created:
            kept.extend(each.ops)
        elif not (isinstance(each, ModifyTableOps) and each.table_name in dropped):
            kept.append(each)
    return kept
