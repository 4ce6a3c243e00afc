"""For developers: the next migration, written from what the models have and the migrations lack."""

from enum import Enum
from pathlib import Path
from typing import Any

from alembic import command
from alembic.operations.ops import (
    AddColumnOp,
    CreateIndexOp,
    CreateTableOp,
    DropColumnOp,
    DropIndexOp,
    DropTableOp,
    MigrateOperation,
    MigrationScript,
    ModifyTableOps,
)
from sqlalchemy import Column, false, true

from app import models
from app.database import migrations
from app.database.engine import Database
from app.database.revisions import MIGRATIONS, newest_revision


class CannotWrite(Exception):
    """One sentence: the column that rows already there could not fill."""


def write_revision(name: str, database: Database, *, metadata: Any = None, folder: Path = MIGRATIONS) -> Path:
    """The path of the new file, written against ``database``, which has today's schema.

    Raises CannotWrite before anything is written.
    """
    number = f"{int(newest_revision()) + 1:04d}"
    path = folder / "versions" / f"{number}_{name}.py"
    with database.engine.connect() as connection:
        config = migrations.migration_config(connection)
        config.set_main_option("version_locations", str(folder / "versions").replace("%", "%%"))
        config.attributes["metadata"] = metadata or models.Base.metadata
        config.attributes["compare_server_default"] = False  # a default that serves the rows alone is no difference
        command.revision(
            config,
            name,
            autogenerate=True,
            rev_id=number,
            version_path=str(folder / "versions"),
            process_revision_directives=_tidy,
        )
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if "# ###" not in line), encoding="utf-8")
    return path


def _tidy(_context: Any, _revision: Any, scripts: list[MigrationScript]) -> None:
    for script in scripts:
        for change in script.upgrade_ops.ops if script.upgrade_ops else ():
            for each in change.ops if isinstance(change, ModifyTableOps) else ():
                if isinstance(each, AddColumnOp):
                    fill_rows(each.table_name, each.column)
        for operations in (script.upgrade_ops, script.downgrade_ops):
            if operations is not None:
                operations.ops = _without_ceremony(operations.ops)


def fill_rows(table: str, column: Column[Any]) -> None:
    """Give a new column that takes no NULL a default for the rows already there. Raises CannotWrite without one."""
    if column.nullable or column.server_default is not None:
        return
    value = getattr(column.default, "arg", None)
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, bool):
        column.server_default = _default(column, true() if value else false())
    elif isinstance(value, int | float | str):
        column.server_default = _default(column, str(value))
    else:
        raise CannotWrite(
            f"La colonne {table}.{column.name} refuse le vide, et les lignes déjà là n'auraient rien à y mettre : "
            "donnez-lui un défaut (default= une valeur, ou server_default=), ou permettez le vide."
        )


def _default(column: Column[Any], value: Any) -> Any:
    return Column(column.name, column.type, server_default=value).server_default


_BY_ITSELF = (AddColumnOp, DropColumnOp, CreateIndexOp, DropIndexOp)
"""What SQLite does too without copying the table, and with it losing the triggers that keep other tables true."""


def _without_ceremony(operations: list[MigrateOperation]) -> list[MigrateOperation]:
    """A new table needs no batch for its indexes, nor an old one for columns; a dropped one takes them along."""
    created = {each.table_name for each in operations if isinstance(each, CreateTableOp)}
    dropped = {each.table_name for each in operations if isinstance(each, DropTableOp)}
    kept: list[MigrateOperation] = []
    for each in operations:
        if isinstance(each, ModifyTableOps) and (each.table_name in created or _needs_no_copy(each)):
            kept.extend(each.ops)
        elif not (isinstance(each, ModifyTableOps) and each.table_name in dropped):
            kept.append(each)
    return kept


def _needs_no_copy(change: ModifyTableOps) -> bool:
    return all(isinstance(one, _BY_ITSELF) for one in change.ops)
