"""What a run leaves out: the browser's tests where no Chromium is, and no folder's fixtures in whatever order."""

import os
import subprocess
import sys
from pathlib import Path

from tests.test_house import ROOT


def test_without_a_browser_no_house_is_started(tmp_path: Path) -> None:
    hidden = {name: value for name, value in os.environ.items() if name != "TAMBOUR_REQUIRE_BROWSER"}
    command = [sys.executable, "-m", "pytest", "tests/browser", "-rs", "--setup-show", "-p", "no:cacheprovider"]
    ended = subprocess.run(
        [*command, f"--basetemp={tmp_path / 'inner'}"],
        cwd=ROOT,
        env={**hidden, "PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout
    assert "browser tests are left out" in ended.stdout
    assert [line for line in ended.stdout.splitlines() if "SETUP" in line and " house" in line] == []
    assert not any("failed" in line or "error" in line for line in ended.stdout.splitlines()[-1:])


def test_a_folder_that_is_come_back_to_keeps_its_fixtures(tmp_path: Path) -> None:
    staff = "tests/programme/staff"
    asked = [f"{staff}/test_ended_sessions.py", "tests/test_ids.py", f"{staff}/test_ended_reviews.py"]
    command = [
        sys.executable,
        "-m",
        "pytest",
        *asked,
        "-k",
        "ended and sqlite",
        "--setup-plan",
        "-p",
        "no:cacheprovider",
    ]
    planned = subprocess.run(
        [*command, f"--basetemp={tmp_path / 'inner'}"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert planned.returncode == 0, planned.stdout[-2000:]
    assert "fixtures used: " in planned.stdout
