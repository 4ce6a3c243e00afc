"""Which revision a database is at, and whether this program runs on it. Cheap: every process asks at its start.

The first digit of a revision is its era. Within one, from 0015 on, a migration only adds (columns that may be empty or
have a default of the server's, tables, indexes), so that a program runs on any later schema of its era: machines are
upgraded one after the other, the schema first. What takes away or renames begins the next era, at its round thousand,
for which every program is stopped.
"""

from pathlib import Path

from sqlalchemy import inspect, text

from app.database.engine import Database

_APP = Path(__file__).resolve().parent.parent
MIGRATIONS = next(one for one in (_APP / "migrations", _APP.parent / "migrations") if one.is_dir())
"""Inside the program once it is installed, beside it in a checkout."""


class SchemaError(Exception):
    """One sentence: the program and the database do not go together, being of two versions for one."""


class EmptyDatabase(SchemaError):
    """Nothing was ever put in it: a new installation, or a file that is gone, which migrating would hide."""


def newest_revision() -> str:
    """The number of the last file NNNN_verb_noun.py."""
    return max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def found_revision(database: Database) -> str:
    """What the database says of itself; empty before the first migration."""
    with database.snapshot() as session:
        if not inspect(session.connection()).has_table("alembic_version"):
            return ""
        return session.scalar(text("SELECT version_num FROM alembic_version")) or ""


def runs_on(found: str, newest: str) -> bool:
    """Whether a program that knows revisions up to ``newest`` works on a database at ``found``."""
    return found >= newest and found[:1] == newest[:1]


def schema_is_current(database: Database) -> bool:
    """Whether this program works on the database as it is."""
    return runs_on(found_revision(database), newest_revision())


def require_current_schema(database: Database) -> None:
    """Raises SchemaError unless the database is the one this program expects."""
    found, newest = found_revision(database), newest_revision()
    if not found:
        raise EmptyDatabase(
            "La base de données est vide. Si elle était remplie hier, arrêtez tout et restaurez la dernière sauvegarde "
            "(tambour restore) ; sinon, lancez « tambour migrate »."
        )
    if found < newest:
        raise SchemaError("La base de données est d'une version plus ancienne : lancez « tambour migrate ».")
    if not runs_on(found, newest):
        raise SchemaError("La base de données est d'une version plus récente : mettez ce programme à jour.")
