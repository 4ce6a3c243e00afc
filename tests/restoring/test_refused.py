"""What a machine refuses a backup or a restore, in a sentence and with everything as it was."""

import os
import resource
import time
import zipfile
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import text

from app.database.backups import postgresql, service, sqlite
from app.database.backups.archive import DATABASE
from app.errors import RuleBroken
from tests.factories import make_space
from tests.restoring.test_backups import database, put_back, slugs, take, tambour

__all__ = ["database", "tambour"]


@pytest.fixture
def file(database, settings, tmp_path):
    """A backup, and a space made since."""
    with database.transaction() as session:
        make_space(session, slug="avant")
    take(database, settings, tmp_path / "one.backup")
    with database.transaction() as session:
        make_space(session, slug="apres")
    return tmp_path / "one.backup"


@contextmanager
def full_disk():
    """Stands for it: no file of this process, nor of its programs, gets past a hundred thousand bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_is_told_in_a_sentence_and_nothing_is_changed(database, settings, file, tmp_path, tambour):
    url = database.url.render_as_string(hide_password=False)
    for words in (["backup", tmp_path / "two.backup"], ["restore", file, "--replace"]):
        with full_disk():
            done = tambour(*words, database_url=url)
        assert (done.exit_code, len(done.stderr.splitlines())) == (1, 1), done.output
        assert "Rien n'est changé" in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir() if "backup" in path.name) == ["one.backup"]
    assert slugs(database) == {"avant", "apres"}


def test_a_backup_whose_bytes_were_spoilt_or_cut_is_told(database, settings, file, tmp_path):
    cut, spoilt, raw = tmp_path / "cut.backup", tmp_path / "spoilt.backup", bytearray(file.read_bytes())
    cut.write_bytes(raw[:-1000])
    with zipfile.ZipFile(file) as pack:
        at = pack.getinfo(DATABASE[database.engine.name]).header_offset + 300
    raw[at : at + 200] = b"\xff" * 200
    spoilt.write_bytes(raw)
    for source, words in ((cut, "une entière"), (spoilt, "abîmé")):
        with pytest.raises(RuleBroken, match=words):
            put_back(database, settings, source)
    assert slugs(database) == {"avant", "apres"}


def test_a_program_that_holds_the_database_is_waited_for_then_told(database, settings, file, tmp_path):
    """The library under SQLite's copy would wait for ever, and PostgreSQL's words are in the machine's language."""
    copy = tmp_path / "copy"
    service.archive.unpack(file, service.archive.read(file), copy)
    with database.transaction() as session:
        session.execute(text("DELETE FROM heartbeats"))
        if database.is_sqlite:
            with pytest.raises(RuleBroken, match="arrêtez « web » et « jobs »"):
                sqlite.copy_in(copy, database.url, wait_s=0.05)
        else:
            assert postgresql.is_sound(database, copy)
            with pytest.raises(RuleBroken, match="arrêtez « web » et « jobs »"):
                postgresql.copy_in(database, copy, [], wait_s=0.05)
    assert slugs(database) == {"avant", "apres"}


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_clients_of_other_versions_restore_or_say_why_not(database, settings, file, tmp_path):
    newer, copy, name = tmp_path / "newer.backup", tmp_path / "copy", DATABASE["postgresql"]
    with zipfile.ZipFile(file) as whole, zipfile.ZipFile(newer, "w") as pack:
        for one in whole.namelist():
            held = bytearray(whole.read(one))
            if one == name:
                held[6] = 99  # « PGDMP », then the version of the format
            pack.writestr(one, bytes(held))
    with pytest.raises(RuleBroken, match="un pg_dump plus récent que le pg_restore de cette machine"):
        put_back(database, settings, newer)
    assert slugs(database) == {"avant", "apres"}
    service.archive.unpack(file, service.archive.read(file), copy)
    assert postgresql.is_sound(database, copy)
    script = copy.with_suffix(".sql")
    script.write_bytes(b"SET transaction_timeout = 0;\n" + script.read_bytes())  # as a client of version 17 begins
    database.close()
    postgresql.copy_in(database, copy, [])
    assert slugs(database) == {"avant"}


def test_what_a_killed_backup_left_behind_goes_with_the_next_ones(database, settings, file, tmp_path):
    """A whole copy of everybody's names, under a name that no timer looks for."""
    killed, beside, other = tmp_path / ".tambour-killed", tmp_path / ".tambour-beside", tmp_path / ".config"
    for folder, age in ((killed, timedelta(hours=25)), (beside, timedelta(hours=1)), (other, timedelta(days=9))):
        folder.mkdir()
        (folder / "copy").write_bytes(b"names")
        at = time.time() - age.total_seconds()
        os.utime(folder, (at, at))
    take(database, settings, tmp_path / "two.backup")
    assert [path.exists() for path in (killed, beside, other)] == [False, True, True]


def test_a_backup_closed_to_this_account_is_not_said_to_be_spoilt(database, settings, file, tambour, monkeypatch):
    def closed(source, *_others, **_more):
        raise PermissionError(13, "Permission denied", str(source))

    monkeypatch.setattr("app.database.backups.archive.ZipFile", closed)
    done = tambour("restore", file, "--replace", database_url=database.url.render_as_string(hide_password=False))
    assert (done.exit_code, "est fermé à ce compte" in done.stderr) == (1, True), done.stderr
