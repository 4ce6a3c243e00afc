"""The settings: one that could silence the product stops the start, in a sentence that names it."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from app.database.private import keep_private, open_to_others
from app.settings import Settings, SettingsError, read_settings

GIVEN = {
    "TAMBOUR_SECRET_KEY": "s" * 32,
    "TAMBOUR_FINGERPRINT_KEY": "f" * 32,
    "TAMBOUR_TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TAMBOUR_TWILIO_AUTH_TOKEN": "t" * 32,
    "TAMBOUR_PUBLIC_URL": "https://tambour.example",
}
COUNTS = [field.name.upper() for field in fields(Settings) if field.type in (int, float)]
README = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")
OF_DEMONSTRATIONS = {"demo"}
"""Said by no table: « tambour demo » writes it by itself."""


def refusal(folder: Path, **words: str) -> str:
    """The sentence that stops the start."""
    given = {f"TAMBOUR_{name}": value for name, value in words.items()}
    with pytest.raises(SettingsError) as refused:
        read_settings({**GIVEN, "TAMBOUR_DATA_DIR": str(folder), **given})
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_what_is_right_is_taken(tmp_path: Path) -> None:
    settings = read_settings({**GIVEN, "TAMBOUR_DATA_DIR": str(tmp_path), "TAMBOUR_REQUIRE_BROWSER": "1"})
    assert (settings.public_url, settings.link_url) == ("https://tambour.example", "https://tambour.example")


def test_the_table_of_the_readme_has_each_setting_with_its_default() -> None:
    rows = [line.split("|") for line in README.splitlines() if line.startswith("| `TAMBOUR_")]
    names = [re.findall(r"`TAMBOUR_(\w+)`", row[1]) for row in rows]
    known = {field.name.upper(): field for field in fields(Settings) if field.name not in OF_DEMONSTRATIONS}
    assert sorted(one for row in names for one in row) == sorted(known)
    for several, row in zip(names, rows, strict=True):
        defaults = re.findall(r"`([^`]+)`", row[2])
        assert len(defaults) == (len(several) if defaults else 0), several
        for name, default in zip(several, defaults, strict=False):
            if name != "DATA_DIR":
                assert known[name].type(default) == known[name].default, name


@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.parametrize("value", ["0", "-1"])
def test_a_zero_or_a_negative_would_let_nothing_leave(tmp_path: Path, name: str, value: str) -> None:
    assert f"TAMBOUR_{name} " in refusal(tmp_path, **{name: value})


@pytest.mark.parametrize("value", ["nan", "inf"])
def test_a_patience_without_end_is_none(tmp_path: Path, value: str) -> None:
    assert "TAMBOUR_CARRIER_TIMEOUT_S" in refusal(tmp_path, CARRIER_TIMEOUT_S=value)


def test_a_mistyped_name_is_told_with_the_nearest_right_one(tmp_path: Path) -> None:
    told = refusal(tmp_path, SEND_IN_FLIGHT="8")
    assert "TAMBOUR_SEND_IN_FLIGHT" in told
    assert "TAMBOUR_SENDS_IN_FLIGHT ?" in told
    (tmp_path / "settings.env").write_text("TAMBOUR_PUBLIC_ULR=https://tambour.example\n", encoding="utf-8")
    assert "TAMBOUR_PUBLIC_URL ?" in refusal(tmp_path)


def test_each_secret_is_another(tmp_path: Path) -> None:
    told = refusal(tmp_path, FINGERPRINT_KEY="s" * 32)
    assert "TAMBOUR_SECRET_KEY et TAMBOUR_FINGERPRINT_KEY" in told
    assert "TAMBOUR_METRICS_TOKEN" in refusal(tmp_path, METRICS_TOKEN="t" * 32)


UNREAD = ["mysql://me@here/tambour", "tambour.sqlite3", "mariadb+pymysql://here/tambour", "postgresql",
          "postgresql://me@here:port/tambour"]  # fmt: skip


@pytest.mark.parametrize("url", UNREAD)
def test_another_database_is_refused(tmp_path: Path, url: str) -> None:
    assert "TAMBOUR_DATABASE_URL" in refusal(tmp_path, DATABASE_URL=url)


@pytest.mark.parametrize("name", ["PUBLIC_URL", "LINK_URL"])
@pytest.mark.parametrize("url", ["https://asso.example/tambour", "https://asso.example/?page=1"])
def test_an_address_with_a_path_is_refused(tmp_path: Path, name: str, url: str) -> None:
    assert f"TAMBOUR_{name} " in refusal(tmp_path, **{name: url})


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://localhost", "http://[::1]:8000", "http://0.0.0.0:80"])
def test_a_real_text_never_holds_a_link_to_this_machine(tmp_path: Path, url: str) -> None:
    assert "TAMBOUR_PUBLIC_URL" in refusal(tmp_path, PUBLIC_URL=url)
    assert "TAMBOUR_LINK_URL" in refusal(tmp_path, LINK_URL=url)
    simulated = {"TAMBOUR_PUBLIC_URL": url, "TAMBOUR_CARRIER_URL": "http://127.0.0.1:8001"}
    assert read_settings({**GIVEN, "TAMBOUR_DATA_DIR": str(tmp_path), **simulated}).public_url == url


def test_a_folder_made_beforehand_is_closed_to_others(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    folder.mkdir(mode=0o755)
    (folder / "settings.env").touch(mode=0o644)
    settings = read_settings({**GIVEN, "TAMBOUR_DATA_DIR": str(folder)})
    assert open_to_others(settings) == [folder, folder / "settings.env"]
    keep_private(settings)
    modes = {path.name: path.stat().st_mode & 0o777 for path in (folder, *folder.iterdir())}
    assert modes == {"var": 0o700, "settings.env": 0o600, "tambour.sqlite3": 0o600}
    assert open_to_others(settings) == []


def test_a_folder_that_people_share_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o1777)
    settings = read_settings({**GIVEN, "TAMBOUR_DATA_DIR": str(folder)})
    with pytest.raises(SettingsError, match="TAMBOUR_DATA_DIR"):
        keep_private(settings)
    assert folder.stat().st_mode & 0o7777 == 0o1777
