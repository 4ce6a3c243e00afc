"""What the doctor sees around the program: the settings file, the disk, the clocks, the connections."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from app.cli.doctor import checks, machine
from app.clock import utc_now
from app.database.engine import CONNECTIONS
from app.health.models import Heartbeat
from app.settings import SETTINGS_FILE


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        ("# un mot\n\nTAMBOUR_PORT=8000\n", ""),
        ("export TAMBOUR_PORT=8000\nTAMBOUR_DEMO=1\nPORT : 3\n", "les lignes 1, 3"),
        ('TAMBOUR_PORT = "8000"\n', "guillemets"),
        ("TAMBOUR_PORT=8000\nTAMBOUR_PORT=8100\n", "TAMBOUR_PORT : écrit deux fois"),
    ],
)
def test_a_line_of_settings_that_nobody_reads_is_told(settings, tmp_path, lines, wrong):
    (tmp_path / SETTINGS_FILE).write_text(lines)
    found = machine.settings_file(replace(settings, data_dir=tmp_path))
    assert wrong in found.wrong
    assert bool(found.wrong) == bool(found.mend) == bool(wrong)


def test_a_disk_nearly_full_is_told_before_the_web_says_no(settings, tmp_path):
    here = replace(settings, data_dir=tmp_path)
    assert machine.disk(here).note
    assert "journalctl" in machine.disk(here, least=2**63).mend
    assert machine.disk(replace(settings, data_dir=tmp_path / "nowhere")).wrong == ""


def test_the_advice_on_connections_is_enough_when_followed():
    well = machine.judge_connections(2, jobs=1, free=97, most=100)
    assert (well.wrong, f"{2 * CONNECTIONS} de plus" in well.note) == ("", True)
    tight = machine.judge_connections(2, jobs=2, free=97, most=100)
    wanted = int(re.search(r"max_connections = (\d+)", tight.mend)[1])
    fewer = int(re.search(r"TAMBOUR_WEB_WORKERS=(\d+)", tight.mend)[1])
    assert "il en reste 97 sur 100" in tight.wrong
    assert machine.judge_connections(2, jobs=2, free=wanted - 3, most=wanted).wrong == ""
    assert machine.judge_connections(fewer, jobs=2, free=97, most=100).wrong == ""
    assert "WEB_WORKERS" not in machine.judge_connections(2, jobs=8, free=97, most=100).mend


def test_postgresql_is_asked_and_sqlite_needs_none(settings, database):
    names = [found.name for found in machine.examine(settings)]
    asked = {"connexions à PostgreSQL", "horloge de PostgreSQL"}
    assert asked & {*names} == (set() if database.is_sqlite else asked)


@pytest.mark.parametrize(("seconds", "said"), [(-1, ""), (90, "d’avance"), (-300, "de retard")])
def test_each_machine_s_clock_is_compared_with_the_database_s(seconds, said):
    now = utc_now()
    run = {"last_at": (now + timedelta(seconds=seconds)).isoformat(), "lasted_ms": 1, "errors": 0, "error": ""}
    beats = [
        Heartbeat(host="jobs-2", beat_at=now, ticks={"launch": run}),
        Heartbeat(host="neuf", beat_at=now, ticks={}),
    ]
    [found] = machine.jobs_clocks(beats)
    assert (found.name, said in found.wrong) == ("horloge de jobs-2", True)
    assert said in machine.database_clock(now + timedelta(seconds=seconds), now=now).wrong


def test_the_doctor_looks_at_all_of_it(settings):
    names = [found.name for found in checks.examine(replace(settings, public_url="http://127.0.0.1:9"))]
    assert [name in names for name in (SETTINGS_FILE, "disque", "programme d'envoi", "horloge")] == [True] * 4
