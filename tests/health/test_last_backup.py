"""When the last backup was taken, where people look: `doctor`, « Santé », /metrics and its alert."""

import math
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from app.accounts.models import Staff
from app.cli.doctor import checks
from app.cli.doctor.backup_check import last_backup
from app.clock import utc_now
from app.health import backups
from app.health.backups import Backup
from tests.conftest import lent_app, with_settings
from tests.factories import make_user, sign_in

RULES = Path(__file__).parents[2] / "deploy" / "prometheus" / "tambour.rules.yml"
MORNING = datetime(2026, 3, 3, 8, tzinfo=UTC)
NIGHT = datetime(2026, 3, 3, 2, tzinfo=UTC)
REAL = {"carrier_url": "https://127.0.0.1:9", "simulator_url": "http://127.0.0.1:10", "demo": False}
LONG_AGO = "il y a plus de trente heures."


def note(database, *, ago):
    with database.transaction() as session:
        backups.note(session, Backup(utc_now() - ago, 383_000))


def figures(client):
    page = client.get("/metrics?token=a+token+for+the+metrics").text
    return {name: float(value) for name, value in re.findall(r"^(tambour_backup_\w+) (\S+)$", page, re.MULTILINE)}


@pytest.mark.parametrize(
    ("taken_at", "said"),
    [
        (NIGHT, "aujourd'hui à 3\u00a0h (383\u00a0ko)"),
        (NIGHT - timedelta(days=1), "hier à 3\u00a0h (383\u00a0ko)"),
        (NIGHT - timedelta(days=2), "le dimanche 1er mars 2026 à 3\u00a0h (383\u00a0ko)"),
        (NIGHT - timedelta(hours=3, minutes=30), "hier à 23\u00a0h\u00a030 (383\u00a0ko)"),
    ],
)
def test_its_day_is_said_as_people_say_it(taken_at, said):
    assert backups.told(Backup(taken_at, 383_000), now=MORNING) == said


def test_only_where_texts_reach_people_is_a_backup_missed(settings):
    real, late = replace(settings, **REAL), Backup(MORNING - timedelta(hours=31), 1)
    for last, amiss in ((None, True), (late, True), (Backup(MORNING - timedelta(hours=29), 1), False)):
        assert bool(backups.wrong(last, now=MORNING, settings=real)) == amiss
        assert backups.wrong(last, now=MORNING, settings=settings) == "", "the simulator alone"
        assert backups.wrong(last, now=MORNING, settings=replace(real, demo=True)) == ""


def test_the_doctor_says_the_last_one_and_how_to_come_to_another(database, settings):
    real = replace(settings, **REAL)
    assert last_backup(settings).note == "aucune connue de cette version", "there may be some of the version before"
    found = last_backup(real)
    assert (
        "n'en connaît aucune : celles d'une version d'avant" in found.wrong,
        "journalctl -u tambour-backup" in found.mend,
    ) == (True, True)
    note(database, ago=timedelta(hours=31))
    assert LONG_AGO in last_backup(real).wrong
    assert last_backup(settings).wrong == ""
    note(database, ago=timedelta(hours=2))
    found = last_backup(real)
    assert (found.wrong, "(383\u00a0ko)" in found.note) == ("", True)
    nowhere = replace(real, database_url="sqlite:////nowhere/at/all.sqlite3")
    assert last_backup(nowhere).wrong == "", "the check of the database has said so"
    asked = replace(settings, public_url="http://127.0.0.1:9")
    assert "dernière sauvegarde" in [found.name for found in checks.examine(asked)]


def test_sante_says_it_and_warns_when_it_is_long_ago(runtime, database):
    with lent_app(with_settings(runtime, **REAL)) as app:
        client = app.test_client()
        with database.transaction() as session:
            sign_in(client, session, make_user(session, staff=Staff.PROGRAMME))
        assert "cette version n’en connaît aucune" in client.get("/sante").text
        note(database, ago=timedelta(hours=31))
        assert LONG_AGO in client.get("/sante").text
        note(database, ago=timedelta(hours=2))
        page = client.get("/sante").text
    assert (LONG_AGO in page, "(383\u00a0ko)" in page, "tambour-backup" in page) == (False, True, False)


def test_the_alert_rings_after_thirty_hours_and_when_there_never_was_one(client, database):
    [rule] = [one for one in yaml.safe_load(RULES.read_text())["groups"][0]["rules"] if "_backup_" in one["expr"]]
    limit_s = float(re.fullmatch(r"max\(tambour_backup_age_seconds\) > (\d+)", rule["expr"])[1])
    assert (limit_s, rule["labels"]["severity"]) == (backups.LATE_AFTER.total_seconds(), "ticket")
    assert figures(client) == {"tambour_backup_age_seconds": math.inf, "tambour_backup_bytes": 0}
    for hours, rings in ((31, True), (29, False)):
        note(database, ago=timedelta(hours=hours))
        found = figures(client)
        assert (found["tambour_backup_age_seconds"] > limit_s, found["tambour_backup_bytes"]) == (rings, 383_000)
