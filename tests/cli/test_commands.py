"""The command line: what it says when it cannot start, and what the doctor sees."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from ssl import SSLCertVerificationError

import pytest
from click.testing import CliRunner, Result

from app.cli.doctor import checks
from app.cli.doctor.checks import Answer
from app.cli.folder import prepare_folder
from app.cli.main import COMMANDS, main
from app.database import migrations
from app.database.engine import Database
from app.database.revisions import found_revision, newest_revision, schema_is_current
from app.settings import Settings, read_settings
from tests.sockets import two_free_ports


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port that somebody has, behind one that is free."""
    port = two_free_ports() + 1
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", port))
        holder.listen()
        yield port


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A prepared data folder, before any migration."""
    prepare_folder(tmp_path, port=8000, lan=False)
    monkeypatch.setenv("TAMBOUR_DATA_DIR", str(tmp_path))
    return tmp_path


def tambour(*words: str) -> Result:
    return CliRunner().invoke(main, words)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_exists_and_explains_itself(name: str) -> None:
    result = tambour(name, "--help")
    assert result.exit_code == 0, result.output


def test_a_missing_setting_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAMBOUR_DATA_DIR", str(tmp_path))
    result = tambour("web")
    assert result.exit_code == 2
    assert "TAMBOUR_SECRET_KEY" in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("name", ["web", "jobs"])
def test_an_older_schema_names_the_command_that_mends_it(data_dir: Path, name: str) -> None:
    result = tambour(name)
    assert result.exit_code == 2
    assert "tambour migrate" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_migrate_makes_the_schema_current(data_dir: Path) -> None:
    assert tambour("migrate").exit_code == 0
    database = Database(read_settings().database_url)
    assert schema_is_current(database)
    database.close()


def test_migrate_check_says_how_far_the_schema_is_and_changes_nothing(data_dir: Path) -> None:
    empty = tambour("migrate", "--check")
    assert (empty.exit_code, "tambour migrate" in empty.stderr) == (1, True)
    assert [path.name for path in data_dir.iterdir()] == ["settings.env"]
    database = Database(read_settings().database_url)
    migrations.upgrade(database, "0034")
    behind = tambour("migrate", "--check")
    assert (behind.exit_code, "0034" in behind.stderr, newest_revision() in behind.stderr) == (1, True, True)
    assert found_revision(database) == "0034"
    assert tambour("migrate").exit_code == 0
    assert (tambour("migrate", "--check").exit_code, found_revision(database)) == (0, newest_revision())
    later = f"{int(newest_revision()) + 1:04d}"
    say_revision(database, later)
    for words in (["migrate", "--check"], ["migrate"]):
        assert tambour(*words).exit_code == 0, "a program runs on a later schema of its era"
    assert found_revision(database) == later
    say_revision(database, "9000")
    for words, code in ((["migrate", "--check"], 1), (["migrate"], 2)):
        beyond = tambour(*words)
        assert (beyond.exit_code, "plus récent" in beyond.stderr) == (code, True)
    database.close()


def say_revision(database: Database, revision: str) -> None:
    with database.transaction() as session:
        session.connection().exec_driver_sql(f"UPDATE alembic_version SET version_num = '{revision}'")


def test_a_taken_port_is_one_sentence(data_dir: Path, taken_port: int) -> None:
    result = tambour("run", "--port", str(taken_port))
    assert result.exit_code == 2
    assert str(taken_port) in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_the_simulator_s_port_is_watched_too(data_dir: Path, taken_port: int) -> None:
    result = tambour("run", "--port", str(taken_port - 1))
    assert result.exit_code == 2
    assert str(taken_port) in result.stderr


def test_a_database_that_does_not_answer_is_one_sentence(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAMBOUR_DATABASE_URL", f"postgresql:///nobody?host={data_dir}")
    result = tambour("migrate")
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1


def test_a_database_that_refuses_has_answered(
    data_dir: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAMBOUR_DATABASE_URL", settings.database_url)
    database = Database(settings.database_url)
    with database.transaction() as session:
        session.connection().exec_driver_sql("ALTER TABLE spaces RENAME TO rooms")
    try:
        result = tambour("space", "show", "demo")
        assert result.exit_code == 1
        assert "refuse" in result.stderr
        assert "ne répond pas" not in result.stderr
        assert len(result.stderr.splitlines()) == 1
    finally:
        with database.transaction() as session:
            session.connection().exec_driver_sql("ALTER TABLE rooms RENAME TO spaces")
        database.close()


def test_the_doctor_says_how_to_mend_each_organ(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SIMULATOR_URL", "CARRIER_URL", "PUBLIC_URL"):  # whatever else runs on this machine
        monkeypatch.setenv(f"TAMBOUR_{name}", "http://127.0.0.1:9")
    result = tambour("doctor")
    assert result.exit_code == 1
    for mend in ("tambour migrate", "tambour simulator", "tambour web"):
        assert mend in result.output


def test_the_doctor_finds_a_healthy_database_healthy(settings: Settings) -> None:
    assert checks.database(settings).wrong == ""


def test_the_doctor_hides_the_password_of_the_database(settings: Settings) -> None:
    url = "postgresql://tambour:muet@127.0.0.1:9/tambour"
    finding = checks.database(replace(settings, database_url=url))
    assert finding.wrong
    assert "muet" not in str(finding)


def test_the_doctor_knows_a_refused_account_from_a_silent_carrier(settings: Settings) -> None:
    real = replace(settings, carrier_url="https://api.twilio.com")
    assert "TAMBOUR_TWILIO_AUTH_TOKEN" in checks.carrier(real, Answer(401, {})).mend
    assert "TAMBOUR_CARRIER_URL" in checks.carrier(real, Answer(0, {})).mend
    assert checks.carrier(real, Answer(200, {})).wrong == ""


def test_receipts_need_an_address_that_the_carrier_can_reach(settings: Settings) -> None:
    real = replace(settings, carrier_url="https://api.twilio.com", public_url="http://127.0.0.1:8000")
    assert "https://" in checks.public_address(real).mend


def test_a_certificate_that_nobody_signed_is_told_from_a_site_that_is_down() -> None:
    """The proxy stands there: starting the web again would change nothing."""
    away = checks.reached("https://tambour.exemple", Answer(502, {}), ready=Answer(502, {}))
    assert ("HTTP 502" in away.wrong, "tambour web" in away.mend) == (True, True)
    unknown = SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED]")
    unknown.verify_message = "self-signed certificate"
    found = checks.reached("https://tambour.exemple", Answer(0, {}, unknown), ready=Answer(0, {}))
    assert "certificat n'est pas reconnu (self-signed certificate)" in found.wrong
    assert "mandataire" in found.mend


def test_an_empty_database_may_be_one_that_is_gone(data_dir: Path) -> None:
    """Told to migrate, an operator would have made another in its place, where nobody is opted out."""
    output = tambour("doctor").output
    assert "tambour restore" in output
    assert "version plus ancienne" not in output


@pytest.mark.parametrize("word", ["backup", "archive"])
def test_a_file_that_cannot_be_reached_is_named_in_a_sentence(
    settings: Settings, data_dir: Path, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    monkeypatch.setenv("TAMBOUR_DATABASE_URL", settings.database_url)
    longest = "x" * 300  # for whoever runs the tests, no folder is closed
    result = tambour(word, str(data_dir / longest))
    assert (result.exit_code, type(result.exception)) == (1, SystemExit)
    assert f"{longest} » ne s'ouvre pas" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_clock_that_is_late_is_told() -> None:
    assert "horloge" in checks.clock(Answer(200, {})).name
    assert "retard" in checks.clock(Answer(200, {"Date": "Mon, 01 Jan 2125 00:00:00 GMT"})).wrong
    assert "avance" in checks.clock(Answer(200, {"Date": "Mon, 01 Jan 2024 00:00:00 GMT"})).wrong
