"""The alert rules: each figure that they speak of is one of /metrics."""

import re
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import yaml

from app.clock import utc_now
from app.health.service import STUCK_AFTER
from app.messaging.status import Status
from jobs.pulse import Pulse
from jobs.timetable import TICKS, Tick
from tests.factories import make_delivery, make_hook, make_mailing, make_message, make_space

RULES = Path(__file__).parents[2] / "deploy" / "prometheus" / "tambour.rules.yml"

TOLD = "TambourStuckCampaign"


def measures(client):
    page = client.get("/metrics?token=a token for the metrics").text
    return dict(re.findall(r"^(tambour_\w+)(?:\{.*\})? (\S+)$", page, re.MULTILINE))


def do_nothing(_runtime, *, ending):
    return None


def test_each_alert_speaks_of_figures_that_there_are(client, runtime):
    pulse = Pulse()
    pulse.run(Tick("fold", 1, do_nothing), runtime)
    pulse.beat(runtime)
    rules = yaml.safe_load(RULES.read_text())["groups"][0]["rules"]
    there = measures(client)
    for rule in rules:
        assert {"alert", "expr", "for", "labels", "annotations"} <= rule.keys()
        assert rule["labels"]["severity"] in ("page", "ticket")
        asked = set(re.findall(r"\btambour_\w+", rule["expr"]))
        assert asked <= there.keys(), rule["alert"]
        assert asked or rule["alert"] == "TambourAway"
    if promtool := shutil.which("promtool"):
        subprocess.run([promtool, "check", "rules", str(RULES)], check=True, capture_output=True)


def test_each_tick_is_watched_by_one_alert_and_only_when_it_is_late(client):
    """A tick of every hour is not late after a quarter of one; a name that no tick has watches nothing."""
    rules = yaml.safe_load(RULES.read_text())["groups"][0]["rules"]
    asked = [
        (re.match(r'(!~|=~)"([^"]*)"', match[1]), float(match[2]))
        for rule in rules
        for match in re.finditer(r"tambour_tick_age_seconds\{tick([^}]*)\}\) > (\d+)", rule["expr"])
    ]
    names = {tick.name for tick in TICKS}
    for told, _late_s in asked:
        assert set(told[2].split("|")) <= names
    for tick in TICKS:
        late = [s for told, s in asked if (tick.name in told[2].split("|")) == (told[1] == "=~")]
        assert len(late) == 1, tick.name
        assert late[0] >= 2 * tick.every_s, tick.name


def test_each_tick_that_fails_each_time_rings(client):
    """An hourly one fails once in a quarter of an hour at most, which no rise of errors tells."""
    expressions = {rule["alert"]: rule for rule in yaml.safe_load(RULES.read_text())["groups"][0]["rules"]}
    counted, last = expressions["TambourTickFails"], expressions["TambourSlowTickFails"]
    window_min, more_than = map(int, re.search(r"\[(\d+)m\]\)\) > (\d+)$", counted["expr"]).groups())
    slow = {tick.name for tick in TICKS if window_min * 60 / tick.every_s <= more_than + 1}
    assert set(re.search(r'tick=~"([^"]*)"', last["expr"])[1].split("|")) == slow
    hourly = max(tick.every_s for tick in TICKS if tick.every_s <= 3600)
    assert int(last["for"].removesuffix("m")) * 60 > hourly, "once is an outage that passed"


def test_the_operator_is_told_after_how_long_a_stuck_campaign_rings():
    rule = next(one for one in yaml.safe_load(RULES.read_text())["groups"][0]["rules"] if one["alert"] == TOLD)
    minutes = STUCK_AFTER.total_seconds() / 60 + int(rule["for"].removesuffix("m"))
    page = (RULES.parents[2] / "docs" / "operator" / "federation.md").read_text(encoding="utf-8")
    assert minutes == 15
    assert f"« {TOLD} » le dit au bout d'un quart d'heure" in page


def test_each_label_that_an_alert_names_is_there(client, runtime):
    pulse = Pulse()
    pulse.run(Tick("fold", 1, do_nothing), runtime)
    pulse.beat(runtime)
    page = client.get("/metrics?token=a token for the metrics").text
    for name, told in re.findall(r"(tambour_\w+)\{([^}]*)\}", RULES.read_text()):
        for label, value in re.findall(r'(\w+)!?=~?"([^"]*)"', told):
            for one in value.split("|") if label != "tick" else ():
                assert re.search(rf'^{name}\{{[^}}]*{label}="{one}"', page, re.MULTILINE), (name, label, one)


def test_late_receipts_and_waiting_webhooks_are_counted(client, database):
    now = utc_now()
    with database.transaction() as session:
        space = make_space(session)
        mailing = make_mailing(session, space)
        for hours in (0, 2, 3, 24 * 5):
            make_message(session, mailing, status=Status.SENT, claimed_at=now - timedelta(hours=hours))
        make_message(session, mailing, status=Status.DELIVERED, claimed_at=now - timedelta(hours=2))
        make_delivery(session, make_hook(session, space), created_at=now - timedelta(hours=1))
        make_hook(session, space, is_on=False)
        make_hook(session, space, is_on=False, removed_at=now)
    found = {name: float(value) for name, value in measures(client).items()}
    assert found["tambour_without_receipt"] == 2
    assert 3 * 3600 <= found["tambour_without_receipt_seconds"] < 4 * 3600
    assert (found["tambour_hooks_pending"], found["tambour_hooks_stopped"]) == (1, 1)
    assert 3600 <= found["tambour_hooks_pending_seconds"] < 7200
