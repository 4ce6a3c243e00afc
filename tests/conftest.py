"""What every test may ask for: a database of each kind, settings, a runtime, the web application and its client."""

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.carrier.carriers import Carriers
from app.dashboard.handed import hand_down
from app.database.engine import Database
from app.runtime import Runtime
from app.settings import Settings
from tests import databases
from tests.applications import lent_app
from tests.postgres import open_life
from tests.sockets import stay_home

RUN_FOLDER = pytest.StashKey[Path]()
"""Shared by the workers of one run: the PostgreSQL server and the migrated SQLite file."""
LIFE = pytest.StashKey[int]()


hypothesis.settings.register_profile("tambour", deadline=None)  # a busy machine is no failure
hypothesis.settings.load_profile("tambour")


def folder_of(asked: str) -> str:
    """The folder of a file or folder named to pytest: each is looked through in one go, in the order asked.

    pytest 9.1 loses the fixtures of a folder that it comes back to after a file above it (its issue 14635).
    """
    path = Path(asked.partition("::")[0]).resolve()
    return str(path if path.is_dir() else path.parent)


def pytest_configure(config: pytest.Config) -> None:
    stay_home()
    config.args.sort(key=folder_of)
    if hasattr(config, "workerinput"):
        config.stash[RUN_FOLDER] = Path(config.workerinput["run_folder"])
        return
    config.stash[RUN_FOLDER] = Path(tempfile.mkdtemp(prefix="tambour-"))
    config.stash[LIFE] = open_life(config.stash[RUN_FOLDER])


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["run_folder"] = str(node.config.stash[RUN_FOLDER])


def pytest_unconfigure(config: pytest.Config) -> None:
    if LIFE not in config.stash:
        return
    os.close(config.stash[LIFE])
    if not (config.stash[RUN_FOLDER] / "started").exists():
        shutil.rmtree(config.stash[RUN_FOLDER], ignore_errors=True)


def pytest_collection_finish() -> None:
    """The modules and the tests found stay until the end: a tenth of each process went into looking them over again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(scope="session")
def run_folder(pytestconfig: pytest.Config) -> Path:
    return pytestconfig.stash[RUN_FOLDER]


@pytest.fixture(scope="session")
def worker(request: pytest.FixtureRequest) -> str:
    """The name of this process among those that share the run."""
    return getattr(request.config, "workerinput", {}).get("workerid", "alone")


@pytest.fixture(scope="session")
def sqlite(run_folder: Path, worker: str) -> Database:
    """This worker's SQLite database; ask for ``database``, which renews it. It remembers the SQL it has compiled."""
    return databases.sqlite_copy(run_folder, run_folder / f"{worker}.sqlite3")


@pytest.fixture(scope="session")
def postgresql(run_folder: Path, worker: str) -> Iterator[Database]:
    """This worker's PostgreSQL database, migrated; ask for ``database``, which empties it."""
    database = databases.postgresql_database(run_folder, f"test_{worker}")
    yield database
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, run_folder: Path) -> Iterator[Database]:
    """An empty database with today's schema, once of each kind."""
    database: Database = request.getfixturevalue(request.param)
    if database.is_sqlite:
        databases.renew(run_folder, database)
    else:
        databases.empty(database)
    yield database
    if database.is_sqlite:  # whose file is replaced; a warm connection to PostgreSQL has read its catalogue
        database.close()


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    return settings_over(database, tmp_path)


def settings_over(database: Database, folder: Path) -> Settings:
    """Settings over ``database``; nothing listens at the carrier's address."""
    return Settings(
        data_dir=folder,
        secret_key="a secret of the tests, long enough for Flask",
        fingerprint_key="another secret, for the phones that said no",
        twilio_account_sid="AC" + "0" * 32,
        twilio_auth_token="f" * 32,
        database_url=database.url.render_as_string(hide_password=False),
        public_url="http://tambour.test",
        link_url="http://tambour.test",
        carrier_url="http://127.0.0.1:9",
        simulator_url="http://127.0.0.1:9",
        metrics_token="a token for the metrics",
    )


@pytest.fixture
def runtime(settings: Settings, database: Database) -> Runtime:
    """What the processes are handed. ``with_settings(runtime, …)`` makes a variant."""
    runtime = Runtime(
        settings=settings,
        database=database,
        carriers=Carriers(
            carrier_url=settings.carrier_url,
            simulator_url=settings.simulator_url,
            timeout_s=settings.carrier_timeout_s,
            in_flight=settings.sends_in_flight,
        ),
    )
    hand_down(runtime)
    return runtime


def with_settings(runtime: Runtime, **words: Any) -> Runtime:
    """The same runtime with other settings; the carriers stay."""
    return replace(runtime, settings=replace(runtime.settings, **words))


@pytest.fixture
def app(runtime: Runtime) -> Iterator[Flask]:
    with lent_app(runtime) as app:
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
