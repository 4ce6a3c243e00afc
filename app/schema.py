"""The schema: the revision a database is at, and the way to the one this program expects."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from app.db import Database

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


class SchemaError(Exception):
    """One sentence: the program and the database are not of the same version."""


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the database up to ``revision``, all or nothing."""
    with database.engine.connect() as connection:
        command.upgrade(migration_config(connection), revision)


def downgrade(database: Database, revision: str) -> None:
    """Bring the database back to ``revision``; ``base`` is an empty one."""
    with database.engine.connect() as connection:
        command.downgrade(migration_config(connection), revision)


def schema_is_current(database: Database) -> bool:
    """Whether the database is at the newest revision this program knows."""
    return found_revisions(database) == set(_script().get_heads())


def require_current_schema(database: Database) -> None:
    """Raises SchemaError unless the database is the one this program expects."""
    if schema_is_current(database):
        return
    known = {script.revision for script in _script().walk_revisions()}
    if found_revisions(database) <= known:
        raise SchemaError("La base de données est d'une version plus ancienne : lancez « tambour migrate ».")
    raise SchemaError("La base de données est d'une version plus récente : mettez ce programme à jour.")


def found_revisions(database: Database) -> set[str]:
    """What the database says of itself; empty before the first migration."""
    with database.snapshot() as session:
        return set(MigrationContext.configure(session.connection()).get_current_heads())


def migration_config(connection: Connection | None = None) -> Config:
    """What ``migrations/env.py`` is handed: it imports nothing of ours."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


def _script() -> ScriptDirectory:
    return ScriptDirectory.from_config(migration_config())
