"""From one revision of the schema to another, with Alembic."""

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from app.database.engine import Database
from app.database.revisions import MIGRATIONS


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the database up to ``revision``, all or nothing."""
    with database.engine.connect() as connection:
        command.upgrade(migration_config(connection), revision)


def downgrade(database: Database, revision: str) -> None:
    """Bring the database back to ``revision``; ``base`` is an empty one."""
    with database.engine.connect() as connection:
        command.downgrade(migration_config(connection), revision)


def migration_config(connection: Connection | None = None) -> Config:
    """What ``migrations/env.py`` is handed: it imports nothing of ours."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
