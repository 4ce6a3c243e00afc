"""The data folder of a demonstration."""

from pathlib import Path

import pytest

from app.cli import folder
from app.cli.folder import prepare_folder
from app.settings import Settings, read_settings


def settings_of(data_dir: Path) -> Settings:
    return read_settings({"TAMBOUR_DATA_DIR": str(data_dir)})


def test_the_secrets_are_made_once_and_for_their_owner_alone(tmp_path: Path) -> None:
    prepare_folder(tmp_path / "var", port=8000, lan=False)
    first = settings_of(tmp_path / "var")
    prepare_folder(tmp_path / "var", port=8000, lan=False)
    assert settings_of(tmp_path / "var") == first
    assert (tmp_path / "var" / "settings.env").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "var").stat().st_mode & 0o777 == 0o700


def test_two_folders_share_no_secret(tmp_path: Path) -> None:
    found = []
    for name in ("one", "two"):
        prepare_folder(tmp_path / name, port=8000, lan=False)
        settings = settings_of(tmp_path / name)
        found.append({settings.secret_key, settings.fingerprint_key, settings.twilio_auth_token})
    assert len(found[0] | found[1]) == 6


def test_another_port_changes_the_addresses_and_nothing_else(tmp_path: Path) -> None:
    prepare_folder(tmp_path, port=8000, lan=False)
    first = settings_of(tmp_path)
    prepare_folder(tmp_path, port=9100, lan=False)
    second = settings_of(tmp_path)
    assert second.secret_key == first.secret_key
    assert (second.port, second.simulator_port, second.public_url) == (9100, 9101, "http://127.0.0.1:9100")
    assert second.carrier_is_simulator
    assert second.demo


def test_what_a_person_added_stays(tmp_path: Path) -> None:
    prepare_folder(tmp_path, port=8000, lan=False)
    with (tmp_path / "settings.env").open("a") as file:
        file.write("# à nous\nTAMBOUR_WEB_WORKERS=7\n")
    prepare_folder(tmp_path, port=8000, lan=False)
    assert settings_of(tmp_path).web_workers == 7
    assert "# à nous" in (tmp_path / "settings.env").read_text()


def test_on_the_local_network_links_bear_an_address_a_phone_can_reach(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "lan_address", lambda: "192.168.1.20")
    prepare_folder(tmp_path, port=8000, lan=True)
    settings = settings_of(tmp_path)
    assert (settings.bind, settings.public_url) == ("0.0.0.0", "http://192.168.1.20:8000")
    assert settings.simulator_url == "http://127.0.0.1:8001"
    prepare_folder(tmp_path, port=8000, lan=False)
    assert settings_of(tmp_path).bind == "127.0.0.1"
