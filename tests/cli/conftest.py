"""The demonstration, seeded once, and the browsers of those who sign in to it."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.accounts.signing import signing_in
from app.cli.demonstration import seeding
from app.clock import utc_now
from app.database.engine import Database
from app.settings import Settings
from tests import databases
from tests.factories import sign_in


@pytest.fixture
def seeded(database: Database, settings: Settings, run_folder: Path) -> Database:
    def seed() -> None:
        with database.transaction() as session:
            assert seeding.is_empty(session)
            seeding.seed(session, settings=settings, now=utc_now())

    databases.begin_as_all(run_folder, database, "demonstration", seed)
    return database


def browser(app: Flask, database: Database, who: str) -> FlaskClient:
    """That of one of the three who sign in."""
    client = app.test_client()
    with database.transaction() as session:
        user = signing_in.find_user(session, f"{who}@demo.example")
        assert user is not None
        sign_in(client, session, user)
    return client
