"""`make migration NAME=add_seats`: the next migration, written against PostgreSQL, where each type is what it says."""

import sys
import tempfile
from contextlib import closing
from pathlib import Path

from app.cli.revisions import CannotWrite, write_revision
from app.database import migrations
from app.database.engine import Database
from bench.databases import standing_database


def main(name: str) -> int:
    """Print the path of the new file; read it before committing it. 2 when it cannot be written, said in a sentence."""
    if not name.isidentifier():
        print("Il faut un nom : make migration NAME=add_seats", file=sys.stderr)
        return 2
    with (
        tempfile.TemporaryDirectory(prefix="tambour-migration-") as folder,
        standing_database("postgresql", Path(folder)) as standing,
        closing(Database(standing.url)) as database,
    ):
        migrations.upgrade(database)
        try:
            print(write_revision(name, database))
        except CannotWrite as refusal:
            print(refusal, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(" ".join(sys.argv[1:])))
