"""The locks: exact, hashed, whole, and free of anybody's own index."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ["requirements.txt", "requirements-dev.txt"]


def locked(name: str) -> dict[str, str]:
    """{package: everything written about it}."""
    entries = re.split(r"\n(?=[a-z0-9])", (ROOT / name).read_text(encoding="utf-8"))
    return {re.split(r"[=\[ ]", entry)[0]: entry for entry in entries if entry and not entry.startswith("#")}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_index(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert re.findall(r"^.*(?:://|--index|--extra-index|-i |--find-links|-f |--trusted-host).*$", text, re.M) == []


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_is_exact_and_hashed(name: str) -> None:
    loose = [package for package, entry in locked(name).items() if "==" not in entry or "--hash=sha256:" not in entry]
    assert locked(name)
    assert loose == []


def test_the_locks_hold_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    runtime = {re.split(r"[<>=\[ ]", each)[0] for each in [*project["project"]["dependencies"], *groups["build"]]}
    developing = runtime | {re.split(r"[<>=\[ ]", each)[0] for each in groups["dev"]}
    assert runtime - set(locked("requirements.txt")) == set()
    assert developing - set(locked("requirements-dev.txt")) == set()


def test_both_locks_agree() -> None:
    """What is tested is what runs."""
    version = re.compile(r"==(\S+)")
    runtime, developing = locked("requirements.txt"), locked("requirements-dev.txt")
    apart = [name for name in runtime if version.findall(runtime[name])[:1] != version.findall(developing[name])[:1]]
    assert apart == []
