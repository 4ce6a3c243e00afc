"""Whatever happens to a mailing, in whatever order: nobody is texted twice, nobody is lost, and it comes to an end."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from app.clock import utc_now
from tests import databases
from tests.any_order.machine import AnyOrder


@pytest.fixture
def machine(runtime, database, run_folder, tmp_path):
    """Makes a machine over an empty database."""

    def renew():
        if database.is_sqlite:
            databases.renew(run_folder, database)
        else:
            databases.empty(database)

    def over(carriers):
        return replace(runtime, carriers=carriers, clock=lambda _session: utc_now())

    return lambda: AnyOrder(over, renew, tmp_path / "copy.sqlite3")


def run(machine, examples, steps, **words):
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    run_state_machine_as_test(
        machine,
        settings=settings(max_examples=examples, stateful_step_count=steps, suppress_health_check=checks, **words),
    )


def test_nobody_is_texted_twice_or_lost_in_any_order(machine):
    run(machine, 8, 30, derandomize=True)


@pytest.mark.slow
def test_nor_in_many_orders(machine):
    run(machine, 60, 60)
