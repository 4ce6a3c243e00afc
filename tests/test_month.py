"""The simulated month: what the plan for many associations stands on."""

import re

import pytest

from bench.month import BYTES, Costs, Sending, live, main, measured, plan, sendings
from tests.test_guides import DOCS

COSTS = Costs(launch_s=0.001, dispatch_s=0.001, receipt_s=0.001, per_process_per_s=500, source="")


def test_a_database_that_can_adds_nothing_to_the_senders_rate():
    month = live([Sending(space=1, begun=0, people=6_000)], COSTS)
    assert month.late_s == [0]
    assert sum(month.handed) == 6_000
    assert max(month.handed) == 600, "ten a second"


def test_a_crowd_at_a_round_hour_waits_and_all_of_it_leaves():
    month = live([Sending(space=at, begun=0, people=600) for at in range(100)], COSTS)
    assert min(month.late_s) > 0
    assert max(month.used) <= 1
    assert round(sum(month.handed)) == 60_000
    faster = live([Sending(space=at, begun=0, people=600) for at in range(100)], COSTS, machine=4)
    assert max(faster.late_s) < max(month.late_s)


def test_more_databases_share_the_month():
    one, four = (plan(400_000, COSTS, databases=count, spaces=200) for count in (1, 4))
    assert four.busiest_hour_use <= one.busiest_hour_use
    assert round(four.mean_use * 4, 6) == round(one.mean_use, 6)
    assert four.late_max_s <= one.late_max_s
    assert four.disk_gb * 4 == one.disk_gb
    assert one.jobs >= 2, "one may die"


def test_a_month_is_the_same_each_time_and_sleeps_on_sundays():
    month = sendings(100_000)
    assert sum(one.people for one in month) == 100_000
    assert [one.begun for one in month] == [one.begun for one in sendings(100_000)]
    assert not [one for one in month if one.begun // 1440 % 7 == 6]


def test_what_was_measured_stands_before_what_is_kept(tmp_path):
    results = tmp_path / "results.json"
    results.write_text('[{"bench": "dispatch", "database": "postgresql", "value": 2000.0}]')
    assert measured(results).dispatch_s == 1 / 2000
    assert measured(tmp_path / "nothing").receipt_s == 1 / 700


@pytest.mark.slow
def test_the_page_shows_the_month_that_the_simulation_lives(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("bench.month.measured", lambda: measured(tmp_path / "nothing"))
    main()
    shown = [line for line in capsys.readouterr().out.splitlines() if line.startswith("| ")]
    assert "\n".join(shown[1:]) in (DOCS / "scaling.md").read_text(encoding="utf-8")


def test_the_operator_reads_of_the_same_room_as_the_plan():
    """On the disk for a million messages."""
    page = (DOCS / "operator" / "watch.md").read_text(encoding="utf-8")
    said = re.search(r"Un million de SMS prend ([\d,]+) Go", page)[1].replace(",", ".")
    assert float(said) == round(sum(BYTES.values()) / 1000, 1)
