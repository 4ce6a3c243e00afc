"""A program with a key: what tests of the JSON API speak through."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.accounts import keys
from app.accounts.models import Mode, Role, Space
from app.database.engine import Database
from tests.factories import NOON, SOMEBODY, make_space


class Program:
    """Somebody's software: one key of one space."""

    def __init__(self, client: FlaskClient, token: str, space: Space) -> None:
        self.client, self.token, self.space = client, token, space

    def ask(self, method: str, path: str, body: Any = None, *, key: str = "", **words: Any) -> TestResponse:
        """``key`` is an Idempotency-Key."""
        headers = {"Authorization": f"Bearer {self.token}", **({"Idempotency-Key": key} if key else {})}
        if body is not None:
            words["json"] = body
        return self.client.open(f"/api/v1{path}", method=method, headers=headers, **words)

    def get(self, path: str) -> Any:
        answer = self.ask("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json

    def post(self, path: str, body: Any = None, *, status: int = 201) -> Any:
        answer = self.ask("POST", path, body)
        assert answer.status_code == status, answer.text
        return answer.json


def make_program(app: Flask, database: Database, *, role: Role = Role.EQUIPIERE, **words: Any) -> Program:
    """A program in a space of its own, or in ``space``."""
    with database.transaction() as session:
        space = words.pop("space", None) or make_space(session, **{"mode": Mode.PRACTICE, **words})
        token = keys.make(session, space, name="Site", role=role, by=SOMEBODY, now=NOON)
    return Program(app.test_client(), token, space)


def refusal(answer: TestResponse, status: int, code: str) -> dict[str, Any]:
    """The problem that the answer is, once it is sure that it is one."""
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), answer.text
    problem: dict[str, Any] = answer.get_json(force=True)
    assert problem["code"] == code, problem
    assert problem["detail"].strip()
    assert problem["status"] == status
    return problem


@pytest.fixture
def program(app: Flask, database: Database) -> Program:
    """A program of a practice space, as its équipière would work."""
    return make_program(app, database)
