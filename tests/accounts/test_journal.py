"""The journal is read by day, the latest first."""

from datetime import timedelta

from app.accounts import journal
from app.accounts.models import Activity
from app.clock import PARIS
from tests.factories import NOON

DAY = timedelta(days=1)


def test_an_act_written_down_late_stands_under_its_own_day():
    acts = [(5, NOON - DAY), (4, NOON), (3, NOON - DAY / 4), (2, NOON - DAY * 1.1), (1, NOON - 2 * DAY)]
    rows = [Activity(id=id_, at=at, verb="x", principal_name="Odile", note=str(id_), detail={}) for id_, at in acts]
    days = journal.by_day(rows, {}, zone=PARIS)
    assert [(at, [line.about for line in lines]) for at, lines in days] == [
        (NOON, ["4", "3"]),
        (NOON - DAY, ["5", "2"]),
        (NOON - 2 * DAY, ["1"]),
    ]
