"""A database knows when it was last backed up; no copy of it claims more than was so."""

from datetime import datetime

from app.database import migrations
from app.health import backups
from app.messaging.restore import halt
from tests.restoring.test_backups import database, inside, put_back, tambour

__all__ = ["database", "tambour"]


def last(database):
    with database.snapshot() as session:
        return backups.last(session)


def test_a_backup_is_noted_and_the_file_knows_of_the_one_before(database, settings, tmp_path, tambour):
    first, second = tmp_path / "first.backup", tmp_path / "second.backup"
    for file in (first, second):
        result = tambour("backup", file)
        assert (result.exit_code, result.stderr, last(database)) == (0, "", told(file))
    assert "existe déjà" in tambour("backup", first).stderr
    assert last(database) == told(second), "one that failed is none"
    database.close()
    put_back(database, settings, second)
    assert last(database) == told(first)
    put_back(database, settings, first)
    assert last(database) is None
    with database.snapshot() as session:
        assert halt.find(session).halted_because == halt.BACKUP


def told(file):
    """As the file itself says."""
    return backups.Backup(datetime.fromisoformat(inside(file)["taken_at"]), file.stat().st_size)


def test_one_that_cannot_be_noted_is_good_all_the_same(database, settings, tmp_path, tambour):
    """A program of today over the schema before, which has no place for it."""
    migrations.downgrade(database, "0061")
    file = tmp_path / "one.backup"
    result = tambour("backup", file)
    assert (result.exit_code, len(result.stderr.splitlines())) == (0, 1)
    assert ("n'a pas pu la noter" in result.stderr, "Sauvegardé le" in result.stdout) == (True, True)
    migrations.upgrade(database)
    assert last(database) is None
    database.close()
    put_back(database, settings, file)
    assert tambour("backup", tmp_path / "two.backup").stderr == ""
    assert last(database) is not None
