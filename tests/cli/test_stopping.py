"""Programs told to stop while they start: a deploy that starts them and at once starts them again."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import requests

from bench.programs import ROOT
from tests.simulator.ears import until
from tests.sockets import two_free_ports

ENDS_WITHIN_S = 10
WORKERS = 4
"""More than the cores, so that one answers while others still load."""


@pytest.fixture(scope="module")
def variables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of programs over a demonstration of their own."""
    folder, port = tmp_path_factory.mktemp("stopping"), two_free_ports()
    clean = {name: value for name, value in os.environ.items() if not name.startswith("TAMBOUR_")}
    words = {**clean, "TAMBOUR_DATA_DIR": str(folder), "PORT": str(port), "TAMBOUR_WEB_WORKERS": str(WORKERS)}
    subprocess.run([sys.executable, "-m", "app.cli", "demo"], cwd=ROOT, env=words, check=True)
    return words


@contextmanager
def started(words: str, variables: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`tambour words`, in a group of its own of which nothing outlives the block."""
    command = [sys.executable, "-m", "app.cli", *words.split()]
    with log.open("ab") as file:
        program = subprocess.Popen(command, cwd=ROOT, env=variables, stdout=file, stderr=file, start_new_session=True)
    try:
        yield program
    finally:
        with suppress(ProcessLookupError):
            os.killpg(program.pid, signal.SIGKILL)
        program.wait()


@contextmanager
def busy_cores() -> Iterator[None]:
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _core in range(2)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def answers(port: str) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/healthz", timeout=2).ok
    except requests.RequestException:
        return False


def stop_web_as_soon_as_it_answers(variables: Mapping[str, str], log: Path) -> None:
    with started("web", variables, log) as web:
        until(lambda: answers(variables["PORT"]), within_s=60)
        web.send_signal(signal.SIGTERM)
        assert web.wait(ENDS_WITHIN_S) == 0, log.read_text(encoding="utf-8")


def test_a_web_stopped_while_some_of_its_workers_still_load_ends(variables: dict[str, str], tmp_path: Path) -> None:
    with busy_cores():
        for _time in range(3):
            stop_web_as_soon_as_it_answers(variables, tmp_path / "web.log")


@pytest.mark.slow
def test_a_web_stopped_while_some_of_its_workers_still_load_ends_each_time(
    variables: dict[str, str], tmp_path: Path
) -> None:
    with busy_cores():
        for _time in range(20):
            stop_web_as_soon_as_it_answers({**variables, "TAMBOUR_WEB_WORKERS": "2"}, tmp_path / "web.log")


def test_a_house_stopped_while_its_programs_start_ends_and_leaves_none(
    variables: dict[str, str], tmp_path: Path
) -> None:
    log = tmp_path / "run.log"
    with started("run", variables, log) as house:
        until(lambda: b"web started" in log.read_bytes() or house.poll() is not None, within_s=60)
        house.send_signal(signal.SIGTERM)
        assert house.wait(2 * ENDS_WITHIN_S) == 0, log.read_text(encoding="utf-8")
    assert running_over(variables["TAMBOUR_DATA_DIR"]) == []


def running_over(data_dir: str) -> list[str]:
    """The command lines of what still runs over that folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if f"TAMBOUR_DATA_DIR={data_dir}\0".encode() in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_text(encoding="utf-8"))
    return found
