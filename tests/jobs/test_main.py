"""The jobs process as its keeper sees it: it starts, it is asked to end, it starts again and goes on."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing, suppress
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from app.accounts.models import Mode
from app.clock import utc_now
from app.database import labels
from app.messaging.models import Mailing, Message
from app.messaging.status import Status
from bench.ground import variables
from jobs.__main__ import make_scheduler
from jobs.keeper import STILL_S, Keeper
from jobs.pulse import Pulse
from jobs.timetable import TICKS, Tick, set_right
from tests.databases import sqlite_copy
from tests.factories import make_mailing, make_message, make_space
from tests.stage import standing_stage
from tests.test_house import ROOT


def test_the_clock_drops_no_late_tick_and_runs_none_beside_itself(runtime):
    scheduler = make_scheduler(runtime, Pulse())
    scheduler.start(paused=True)
    try:
        jobs = {job.id: job for job in scheduler.get_jobs()}
        assert set(jobs) == {tick.name for tick in TICKS}
        for tick in TICKS:
            job = jobs[tick.name]
            assert (job.misfire_grace_time, job.coalesce, job.max_instances) == (None, True, 1)
            assert job.trigger.interval == timedelta(seconds=tick.every_s)
            assert job.next_run_time <= utc_now(), "the first look is at once, even of an hourly tick"
    finally:
        scheduler.shutdown()


@pytest.fixture
def clockwork(runtime):
    """A clock with one tick of a tenth of a second, and the instants at which it came."""
    came = []

    def note(_runtime, *, ending):
        came.append(time.monotonic())

    scheduler = make_scheduler(runtime, Pulse(), ticks=[Tick("note", 0.1, note)])
    scheduler.start()
    yield scheduler, came
    scheduler.shutdown()


def more_of(came, seconds=10):
    """Wait until another has come."""
    before, end = len(came), time.monotonic() + seconds
    while len(came) == before:
        assert time.monotonic() < end, "no tick came"
        time.sleep(0.01)


def test_a_clock_set_back_an_hour_stops_no_tick(clockwork):
    scheduler, came = clockwork
    more_of(came)
    with time_machine.travel(utc_now() - timedelta(hours=1)):
        time.sleep(0.3)
        set_right(scheduler)
        more_of(came)
        more_of(came)


def test_a_clock_that_leaps_a_year_lists_no_tick_of_that_year(clockwork):
    scheduler, came = clockwork
    more_of(came)
    with time_machine.travel(utc_now() + timedelta(days=365)):
        more_of(came)
        more_of(came)
        [job] = scheduler.get_jobs()
        assert job.next_run_time <= utc_now() + timedelta(seconds=0.1)


@pytest.fixture
def stage(settings, tmp_path):
    with standing_stage(settings, tmp_path) as stage:
        yield stage


@pytest.fixture
def start(stage, tmp_path):
    """Start ``python -m jobs`` on the stage's database and carrier; none outlives the test."""
    started = []

    def start():
        settings = stage.runtime.settings
        variables = {
            f"TAMBOUR_{name.upper()}": str(getattr(settings, name))
            for name in (
                "data_dir", "secret_key", "fingerprint_key", "twilio_account_sid", "twilio_auth_token", "database_url",
                "public_url", "link_url", "carrier_url", "simulator_url",
            )
        }  # fmt: skip
        heard = {"NOTIFY_SOCKET": str(tmp_path / "notify")}
        command, environment = [sys.executable, "-m", "jobs"], {**os.environ, **variables, **heard}
        started.append(subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def systemd(tmp_path):
    """Listens where each process is told to speak."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(tmp_path / "notify"))
        line.setblocking(False)
        yield line


def heard_by(systemd):
    said = []
    with suppress(BlockingIOError):
        while True:
            said.append(systemd.recv(100).decode())
    return said


def test_systemd_hears_of_life_as_long_as_the_dispatcher_looks_for_work(systemd, tmp_path):
    at = [0.0]
    keeper = Keeper(str(tmp_path / "notify"), awake=lambda: at[0])
    keeper.say_alive()
    at[0] = STILL_S
    keeper.say_alive()
    keeper.looked()
    keeper.say_alive()
    assert heard_by(systemd) == ["WATCHDOG=1", "WATCHDOG=1"]
    Keeper("").say_ready()
    Keeper(str(tmp_path / "nobody")).say_ready()


def wait_until(stage, true, process, seconds=90):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert process.poll() is None, process.stderr.read()
        with stage.runtime.database.snapshot() as session:
            if true(set(session.scalars(select(Message.status)))):
                return
        time.sleep(0.1)
    raise AssertionError("it did not become true in time")


def write(session, mailing, numbers):
    now = utc_now()
    for at in numbers:
        words = {"not_before": now, "not_after": now + timedelta(hours=1)}
        make_message(session, mailing, phone=f"+33639981{at + 10:03d}", **words)


def test_it_ends_cleanly_when_asked_and_a_restart_goes_on(stage, start, systemd):
    with stage.runtime.database.transaction() as session:
        space = make_space(session, mode=Mode.PRACTICE, rate_per_s=5)
        mailing = make_mailing(session, space)
        write(session, mailing, range(12))
    first = start()
    wait_until(stage, lambda found: found - {Status.QUEUED}, first)
    first.send_signal(signal.SIGTERM)
    told = first.communicate(timeout=30)[1]
    assert first.returncode == 0, told
    said = heard_by(systemd)
    assert (said[0], said[-1]) == ("READY=1", "STOPPING=1")
    assert "jobs_stopped" in told
    assert '"level": "error"' not in told
    with stage.runtime.database.snapshot() as session:
        assert Status.SENDING not in set(session.scalars(select(Message.status))), "nothing is left in hand"
    with stage.runtime.database.transaction() as session:
        write(session, session.get_one(Mailing, mailing.id), range(12, 15))  # the first may have sent all the others
    second = start()
    try:
        wait_until(stage, lambda found: found == {Status.DELIVERED}, second)
    finally:
        second.terminate()
        assert "jobs_stopped" in second.communicate(timeout=30)[1]
    assert [row["count"] for row in stage.simulator(space, "GET", "ledger")["items"]] == [1] * 15


def ended_by(variables):
    clean = {name: value for name, value in os.environ.items() if not name.startswith("TAMBOUR_")}
    command, environment = [sys.executable, "-m", "jobs"], {**clean, **variables}
    ended = subprocess.run(command, check=False, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 2
    assert len(ended.stderr.strip().splitlines()) == 1
    return ended.stderr


def test_a_missing_setting_ends_it_with_one_sentence(tmp_path):
    assert "TAMBOUR_SECRET_KEY" in ended_by({"TAMBOUR_DATA_DIR": str(tmp_path)})


def test_a_database_filled_under_another_key_ends_it_with_one_sentence(tmp_path, run_folder):
    with closing(sqlite_copy(run_folder, tmp_path / "tambour.sqlite3")) as database:
        labels.claim(database, "the key that this database was filled under")
        assert "TAMBOUR_FINGERPRINT_KEY" in ended_by(variables(tmp_path, str(database.url)))
