"""What a database says of the key that its fingerprints were made with: a mark of the key, and never the key.

The mark travels with every copy, whoever takes it: SQLite's own number of the file, PostgreSQL's comment on a table. A
database that bears another key's mark would take nobody for opted out, so that no program starts on it.
"""

import hashlib
import hmac

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.database.engine import Database
from app.database.revisions import SchemaError, found_revision, require_current_schema

_BEGINS = "tambour key "


class OtherKey(SchemaError):
    """One sentence: this database was filled under another TAMBOUR_FINGERPRINT_KEY."""


def mark_of(key: str) -> str:
    """Eight hexadecimal digits of 31 bits: it tells one key from another, and nothing of the key."""
    made = hmac.new(key.encode(), b"tambour backup", hashlib.sha256).digest()
    return f"{int.from_bytes(made[:4]) & 0x7FFF_FFFF or 1:08x}"


def find_mark(database: Database) -> str:
    """The mark that the database bears; empty for one that never had any."""
    with database.snapshot() as session:
        if database.is_sqlite:
            number = session.scalar(text("PRAGMA user_version")) or 0
            return f"{number:08x}" if number else ""
        said = session.scalar(text("SELECT obj_description(to_regclass('alembic_version'), 'pg_class')")) or ""
    return said.removeprefix(_BEGINS) if said.startswith(_BEGINS) else ""


def marking(mark: str, *, is_sqlite: bool) -> str:
    """The statement that gives a database its mark."""
    if is_sqlite:
        return f"PRAGMA user_version = {int(mark, 16)}"
    return f"COMMENT ON TABLE alembic_version IS '{_BEGINS}{int(mark, 16):08x}'"


def claim(database: Database, key: str) -> None:
    """Mark a migrated database that bears no mark yet. Raises OtherKey when it bears another key's."""
    require_own_key(database, key)
    with database.transaction() as session:
        _mark(session, mark_of(key), is_sqlite=database.is_sqlite)


def _mark(session: Session, mark: str, *, is_sqlite: bool) -> None:
    session.execute(text(marking(mark, is_sqlite=is_sqlite)))


def require_own_key(database: Database, key: str) -> None:
    """Raises OtherKey when the database bears another key's mark."""
    if found_revision(database) and find_mark(database) not in ("", mark_of(key)):
        raise OtherKey(
            "La base de données a été remplie avec une autre clé d'empreintes : remettez la TAMBOUR_FINGERPRINT_KEY "
            "d'origine dans settings.env. Avec une autre, qui a demandé l'arrêt ne serait plus reconnu."
        )


def require_fit(database: Database, key: str) -> None:
    """Raises SchemaError unless the database is of this program's schema and of this installation's key."""
    require_current_schema(database)
    require_own_key(database, key)
