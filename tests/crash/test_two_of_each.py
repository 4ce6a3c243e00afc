"""Two webs, two jobs on one PostgreSQL: each jobs process is killed midway, and every person gets one text."""

import time

import pytest

from app.accounts.models import Mode
from bench import crowd, verdict
from bench.house import JOBS, House
from tests import databases

pytestmark = pytest.mark.slow
PEOPLE = 5_000
UNUSUAL = ("00", "01", "02", "03", "04", "05", "06", "07")
"""Numbers whose digits say another fate than « delivered »."""
PATIENCE_S = 300
"""For a machine that is busy otherwise; alone it takes a sixth of it."""


@pytest.fixture
def house(run_folder, worker, tmp_path):
    database = databases.postgresql_database(run_folder, f"crash_{worker}")
    database.close()
    url = database.url.render_as_string(hide_password=False)
    return House(
        tmp_path,
        url,
        practice_rate_per_s="1000",
        practice_together_per_s="1000",
        carrier_timeout_s="3",
        doubt_after_s="6",
        doubt_again_s="2",
    )


def test_one_kill_of_each_jobs_process_loses_and_doubles_nothing(house):
    space = crowd.populate(house.runtime, crowd.fictions(PEOPLE, exclude=UNUSUAL), mode=Mode.PRACTICE)
    with house.standing():
        house.ask_simulator(space, "PUT", "weather", {"latency_ms": 20})
        crowd.schedule(house.runtime, space)
        end = time.monotonic() + PATIENCE_S
        for name, left in zip(JOBS, (PEOPLE // 3, PEOPLE * 2 // 3), strict=True):
            assert house.wait_until(lambda session, left=left: verdict.count_left(session) >= left, end=end)
            house.programs[name].kill()
            house.programs[name].start()
        assert house.wait_until(verdict.is_handed_over, end=end)  # the last receipts may still be on their way
        ledger = house.ask_simulator(space, "GET", "ledger")["items"]
        with house.runtime.database.snapshot() as session:
            found = verdict.judge(session, {space.id: ledger})
    assert found.people == PEOPLE
    assert (found.lost, found.doubled, found.texted_twice, found.strays) == (0, 0, 0, 0)
    assert house.errors() == {}
