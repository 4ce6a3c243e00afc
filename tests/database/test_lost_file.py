"""A SQLite file deleted or replaced under a process: nothing is read or written that nobody will find again."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.cli.doctor import checks
from app.cli.doctor.checks import Answer
from app.database.engine import Database, does_not_answer
from app.database.open_file import is_lost
from jobs.pulse import Pulse
from tests.conftest import lent_app
from tests.databases import sqlite_copy


@pytest.fixture
def file(run_folder, tmp_path):
    path = tmp_path / "tambour.sqlite3"
    sqlite_copy(run_folder, path)
    return path


@pytest.fixture
def open_database(file):
    database = Database(f"sqlite:///{file}")
    with database.transaction() as session:
        session.execute(text("SELECT 1"))
    yield database
    database.close()


def lose(file: Path) -> None:
    file.unlink()


def replace_it(file: Path) -> None:
    shutil.copyfile(file, other := file.with_suffix(".other"))
    other.replace(file)


@pytest.mark.parametrize("harm", [lose, replace_it])
def test_neither_door_opens_any_more_and_no_empty_file_takes_its_place(file, open_database, harm):
    harm(file)
    was_there = file.exists()
    for door in (open_database.snapshot, open_database.transaction):
        with pytest.raises(OperationalError, match="effacé ou remplacé") as refused, door() as session:
            session.execute(text("SELECT 1"))
        assert (is_lost(refused.value), does_not_answer(refused.value)) == (True, True)
    open_database.engine.dispose()
    with pytest.raises(OperationalError), open_database.snapshot() as session:
        session.execute(text("SELECT 1"))
    assert file.exists() == was_there


def test_all_goes_on_once_the_same_file_is_put_back(file, open_database):
    """Its connections were kept: what is in it is not closed away while nobody can find it."""
    moved = file.rename(file.with_suffix(".moved"))
    with pytest.raises(OperationalError), open_database.snapshot() as session:
        session.execute(text("SELECT 1"))
    moved.rename(file)
    with open_database.transaction() as session:
        assert session.scalar(text("SELECT 1")) == 1


@pytest.mark.parametrize("harm", [lose, replace_it])
def test_the_web_is_not_ready_and_jobs_fall_silent(file, open_database, runtime, harm):
    held = replace(runtime, database=open_database)
    pulse = Pulse()
    pulse.beat(held)
    with lent_app(held) as app:
        client = app.test_client()
        assert client.get("/readyz").status_code == 200
        harm(file)
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json) == (503, {"ready": False, "reason": "file"})
    with pytest.raises(OperationalError):
        pulse.beat(held)


def test_the_doctor_tells_a_web_that_stands_from_one_that_can_serve():
    well = Answer(200, {})
    assert checks.reached("https://tambour.exemple", well, ready=well).wrong == ""
    lost = checks.reached("https://tambour.exemple/", well, ready=Answer(503, {}))
    assert "ne peut plus servir" in lost.wrong
    assert "https://tambour.exemple/readyz" in lost.mend
