"""`tambour user`, `space` and `key`: the last line is the secret alone."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from app.accounts import keys
from app.accounts.models import Membership, Mode, Role, Space, Staff, User
from app.accounts.signing import one_times
from app.cli.main import main
from app.clock import utc_now
from app.database.engine import Database
from tests.factories import make_space, make_user

ACCOUNT = "AC" + "1" * 32


@pytest.fixture
def run(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Run":
    settings = {
        "DATA_DIR": str(tmp_path),
        "SECRET_KEY": "s" * 40,
        "FINGERPRINT_KEY": "f" * 40,
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": "the token of the live account",
        "DATABASE_URL": database.url.render_as_string(hide_password=False),
        "PUBLIC_URL": "https://tambour.test",
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"TAMBOUR_{name}", value)
    return Run()


class Run:
    def __call__(self, *words: str) -> Result:
        return CliRunner().invoke(main, words)

    def last_line(self, *words: str) -> str:
        done = self(*words)
        assert done.exit_code == 0, done.output
        return done.stdout.rstrip("\n").rpartition("\n")[2]


def test_a_space_is_made_and_shown_with_its_own_account(run: Run, database: Database) -> None:
    slug = run.last_line("space", "add", "L'Atelier d'été", "--mode", "practice", "--sender", "38200", "--two-way")
    assert slug == "l-atelier-d-ete"
    shown = json.loads(run.last_line("space", "show", slug, "--json"))
    with database.snapshot() as session:
        space = session.scalars(select(Space)).one()
    assert shown == {
        "slug": slug,
        "name": "L'Atelier d'été",
        "mode": "practice",
        "sender": "38200",
        "two_way": True,
        "carrier_account_sid": space.carrier_account_sid,
        "carrier_auth_token": space.carrier_auth_token,
    }


def test_a_live_space_goes_through_the_account_of_the_settings(run: Run) -> None:
    slug = run.last_line("space", "add", "Emmaüs", "--mode", "live", "--slug", "emmaus", "--zone", "Pacific/Tahiti")
    assert json.loads(run.last_line("space", "show", slug, "--json"))["carrier_account_sid"] == ACCOUNT


def test_a_user_gets_a_link_that_opens_once(run: Run, database: Database) -> None:
    with database.transaction() as session:
        make_space(session, slug="emmaus")
    link = run.last_line(
        "user", "add", "Jeanne@Exemple.fr", "--name", "Jeanne", "--space", "emmaus", "--role", "lectrice"
    )
    start, _slash, token = link.rpartition("/")
    assert start == "https://tambour.test/bienvenue"
    with database.snapshot() as session:
        found = one_times.get_link(session, token, now=utc_now())
        assert (found.user.email, found.user.name) == ("jeanne@exemple.fr", "Jeanne")
        assert session.scalars(select(Membership.role)).one() is Role.LECTRICE


def test_a_trainer_belongs_to_no_live_space(run: Run, database: Database) -> None:
    run.last_line("user", "add", "camille@exemple.fr", "--staff", "trainer")
    with database.transaction() as session:
        assert session.scalars(select(User.staff)).one() is Staff.TRAINER
        make_space(session, slug="emmaus")
    refused = run("user", "add", "camille@exemple.fr", "--space", "emmaus")
    assert refused.exit_code == 1
    assert "programme" in refused.stderr


def test_a_lost_password_is_mended_from_the_shell(run: Run, database: Database) -> None:
    with database.transaction() as session:
        make_user(session, email="odile@exemple.fr", space=make_space(session, mode=Mode.LIVE))
    assert "/bienvenue/" in run.last_line("user", "link", "odile@exemple.fr")
    refused = run("user", "link", "personne@exemple.fr")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "personne@exemple.fr" in refused.stderr


def test_a_key_is_printed_alone(run: Run, database: Database) -> None:
    with database.transaction() as session:
        make_space(session, slug="emmaus")
    token = run.last_line("key", "add", "--space", "emmaus", "--role", "equipiere")
    with database.snapshot() as session:
        key = keys.find(session, token)
        assert key
        assert key.role is Role.EQUIPIERE


@pytest.mark.parametrize(
    "words",
    [
        ("user", "add", "pas-une-adresse"),
        ("space", "add", "Emmaüs", "--mode", "live", "--sender", "SMS"),
        ("space", "show", "nulle-part", "--json"),
        ("key", "add", "--space", "nulle-part"),
    ],
)
def test_a_refusal_is_one_sentence(run: Run, words: tuple[str, ...]) -> None:
    refused = run(*words)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr.startswith("tambour : ")
    assert refused.stderr.count("\n") == 1
