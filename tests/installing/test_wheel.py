"""The wheel holds the whole product: alone in a fresh environment it migrates, and its pages have their look."""

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from importlib.metadata import PathDistribution
from pathlib import Path

import pytest

from app.cli.folder import prepare_folder
from tests.test_house import ROOT

PARTS = ("app", "jobs", "templates", "migrations", "setup.py", "pyproject.toml", "wsgi.py", "Procfile", "README.md",
         "LICENSE", "MANIFEST.in")  # fmt: skip
LEFT_OUT = ("*.pyc", "*.egg-info")
pytestmark = pytest.mark.xdist_group("wheel")  # built once


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy: a build leaves its own folders behind."""
    folder = tmp_path_factory.mktemp("wheel")
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, folder / "source" / part, ignore=shutil.ignore_patterns(*LEFT_OUT))
        else:
            shutil.copy2(ROOT / part, folder / "source" / part)
    build = "from setuptools import build_meta; build_meta.build_wheel('..')"
    command = [sys.executable, "-c", build]
    subprocess.run(command, cwd=folder / "source", check=True, capture_output=True, text=True)
    [wheel] = folder.glob("*.whl")
    return wheel


def held(part: str) -> set[str]:
    """What a checkout has of it, a compiled file aside."""
    files = (ROOT / part).rglob("*")
    return {str(one.relative_to(ROOT)) for one in files if one.is_file() and one.suffix != ".pyc"}


def test_it_holds_the_pages_the_migrations_and_the_files_of_the_browser(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as pack:
        names = {name for name in pack.namelist() if ".dist-info/" not in name}
    inside = {f"app/{name}" for part in ("templates", "migrations") for name in held(part)}
    assert held("app") | held("jobs") | inside | {"wsgi.py", "app/Procfile"} == names


def test_installed_alone_it_migrates_and_shows_its_pages(wheel: Path, tmp_path: Path) -> None:
    """As pipx does, but for the packages that it stands on: they are those of the tests."""
    home = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", home], check=True)
    packages = next(home.glob("lib/python*/site-packages"))
    with zipfile.ZipFile(wheel) as pack:
        pack.extractall(packages)
    (packages / "lent.pth").write_text("".join(f"{path}\n" for path in lent()), encoding="utf-8")
    prepare_folder(tmp_path / "var", port=8000, lan=False)
    [entry] = list(PathDistribution(next(packages.glob("tambour-*.dist-info"))).entry_points)
    assert (entry.name, entry.value) == ("tambour", "app.cli.main:main")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("TAMBOUR_", "PYTHON"))}
    looks = (
        "import app, wsgi\n"
        "answer = wsgi.app.test_client().get('/connexion')\n"
        "sheet = answer.text.split('stylesheet\" href=\"')[1].split('\"')[0]\n"
        "print(app.__path__[0], answer.status_code, wsgi.app.test_client().get(sheet).status_code)"
    )
    said = []
    for words in (["-m", "app.cli", "migrate"], ["-c", looks]):
        done = subprocess.run(
            [home / "bin" / "python", *words], check=False, cwd=tmp_path, capture_output=True, text=True,
            env={**clean, "TAMBOUR_DATA_DIR": str(tmp_path / "var")},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        said.append(done.stdout.splitlines()[-1])
    assert said[1] == f"{packages / 'app'} 200 200"


def lent() -> list[str]:
    """Where the packages of the tests are; a link to this checkout there would only come after the wheel's own."""
    return [path for path in sys.path if "site-packages" in path] or [sysconfig.get_path("purelib")]
