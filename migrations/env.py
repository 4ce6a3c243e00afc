"""How a migration runs. The caller hands over ``connection``, and ``metadata`` when differences are asked for."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, TypeDecorator

MIGRATING = 0x54414D42
"""PostgreSQL's lock of our choice: two machines started together migrate one after the other."""


def run(connection: Connection) -> None:
    """All revisions in one transaction, on either database."""
    on_sqlite = connection.dialect.name == "sqlite"
    if on_sqlite:
        # SQLite changes a table by dropping it, and with the keys on that would take its children along.
        _pragma(connection, "foreign_keys = OFF")
    try:
        context.configure(
            connection=connection,
            target_metadata=context.config.attributes.get("metadata"),
            render_as_batch=True,
            render_item=render_plain_type,
            transactional_ddl=True,
            compare_server_default=context.config.attributes.get("compare_server_default", True),
        )
        with context.begin_transaction():
            if not on_sqlite:
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATING})")
            context.run_migrations()
            if on_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise RuntimeError("the migration left rows that point nowhere")
    finally:
        if on_sqlite:
            _pragma(connection, "foreign_keys = ON")


def _pragma(connection: Connection, words: str) -> None:
    # Straight to the driver: a pragma of keys is ignored once a transaction is open.
    cursor = connection.connection.cursor()
    cursor.execute(f"PRAGMA {words}")
    cursor.close()


def render_plain_type(kind: str, item: Any, _: AutogenContext) -> str | Literal[False]:
    """A type of ours is written as the plain one beneath, so that old migrations never need the app."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


run(context.config.attributes["connection"])
