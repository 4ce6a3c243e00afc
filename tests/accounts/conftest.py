"""A browser that fills in forms, and the codes that would have been texted."""

import re
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.accounts.models import User
from app.accounts.web.phone_pages import CODE_SENDER
from app.database.engine import Database
from app.web.seams import fill

PASSWORD = "tambour battant 7"
CHEAP_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


class Browser:
    """One person's browser: it keeps its cookies, and sends the token of its forms."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()

    def get(self, path: str) -> TestResponse:
        return self.client.get(path)

    def post(self, path: str, **fields: str) -> TestResponse:
        page = self.client.get("/mot-de-passe-oublie").text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert token
        return self.client.post(path, data={"csrf_token": token[1], **fields})

    def sign_in(self, user: User, password: str = PASSWORD, **fields: str) -> TestResponse:
        return self.post("/connexion", email=user.email, password=password, **fields)

    def is_signed_in(self) -> bool:
        return self.get("/profil").status_code == 200


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app)


@pytest.fixture
def other_browser(app: Flask) -> Browser:
    return Browser(app)


@dataclass
class Texts:
    """What would have been sent: (phone, body)."""

    sent: list[tuple[str, str]] = field(default_factory=list)

    def __call__(self, session: Session, phone: str, body: str, now: datetime) -> None:
        self.sent.append((phone, body))

    def last_code(self) -> str:
        found = re.search(r"\b\d{8}\b", self.sent[-1][1])
        assert found
        return found[0]


@pytest.fixture
def texts(app: Flask) -> Texts:
    """The codes texted by the application."""
    texts = Texts()
    fill(app, CODE_SENDER.filled_by(texts))
    return texts


def give_password(database: Database, user: User) -> None:
    """``PASSWORD``, hashed at little cost: a hash says itself what it takes to check it."""
    with database.transaction() as session:
        session.get_one(User, user.id).password_hash = CHEAP_HASH
