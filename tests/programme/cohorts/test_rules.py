"""Dates copied to the year after, states, stages and silence: pure."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clock import PARIS, is_doubtful
from app.errors import Conflict, RuleBroken
from app.programme.cohorts import dates, rules, states
from app.programme.cohorts.rules import Terms
from app.programme.cohorts.states import MemberState
from app.programme.progress.stages import Signs, Stage, quiet_days, stage_of

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))


@given(DAYS, DAYS)
def test_a_copied_date_falls_on_its_weekday_within_two_days_of_its_anniversary(first: date, last: date) -> None:
    copied = dates.year_later(first)
    assert copied.weekday() == first.weekday()
    assert copied.year - first.year in (0, 1), "the 1st or 2nd of January may fall in the last days of its own year"
    anniversary = date(first.year + 1, first.month, min(first.day, 28))
    assert timedelta(0) < anniversary + timedelta(days=first.day - min(first.day, 28)) - copied <= timedelta(days=2)
    assert dates.year_later(last) - copied == last - first, "what lies between two dates stays"


@given(DAYS, st.times())
def test_a_copied_hour_is_the_same_on_the_wall_whatever_the_season(day: date, hour: time) -> None:
    wall = datetime.combine(day, hour.replace(fold=0))
    copied = dates.instant_a_year_later(wall.replace(tzinfo=PARIS).astimezone(UTC))
    expected = wall + dates.YEAR
    if not is_doubtful(wall, PARIS) and not is_doubtful(expected, PARIS):
        assert copied.astimezone(UTC).astimezone(PARIS).replace(tzinfo=None) == expected


@pytest.mark.parametrize(
    ("name", "copied"),
    [
        ("Cohorte 2026", "Cohorte 2027"),
        ("2025-2026, Amiens", "2026-2027, Amiens"),
        ("Les premières", "Les premières"),
        ("Dossier 120267", "Dossier 120267"),
    ],
)
def test_the_year_in_a_name_is_counted_on(name: str, copied: str) -> None:
    assert dates.name_a_year_later(name) == copied


def test_every_fault_of_a_cohort_is_said_at_once() -> None:
    opens = datetime(2026, 9, 1, tzinfo=UTC)
    with pytest.raises(RuleBroken) as refused:
        rules.check(Terms("", date(2026, 9, 1), date(2026, 6, 1), 0, opens, opens))
    assert set(refused.value.fields) == {"name", "ends_on", "capacity", "closes_day"}
    with pytest.raises(RuleBroken) as refused:
        rules.check(Terms("X", date(26, 9, 1), date(9999, 6, 1), 201, datetime(26, 9, 1, tzinfo=UTC), None))
    assert set(refused.value.fields) == {"starts_on", "ends_on", "capacity", "opens_day"}
    rules.check(Terms("Un jour", date(2026, 9, 1), date(2026, 9, 1), 1))


def test_only_the_changes_of_the_table_are_made_and_leaving_takes_a_reason() -> None:
    made = {(before, after) for before in MemberState for after in MemberState if (before, after) in states.CHANGES}
    for before in MemberState:
        for after in MemberState:
            if (before, after) in made:
                states.check(before, after, "elle ferme")
            else:
                with pytest.raises(Conflict):
                    states.check(before, after, "elle ferme")
        assert {after for after, _change in states.following(before)} == {two for one, two in made if one is before}
    for before in (MemberState.INVITED, MemberState.INSIDE):
        with pytest.raises(RuleBroken):
            states.check(before, MemberState.LEFT, "")


def ago(days: int) -> datetime:
    return NOW - timedelta(days=days)


@pytest.mark.parametrize(
    ("signs", "stage", "quiet"),
    [
        (Signs(), Stage.NOTHING, None),
        (Signs(last_seen_at=ago(90)), Stage.NOTHING, None),
        (Signs(is_planned=True), Stage.PLANNED, None),
        (Signs(workshop_done_at=ago(30)), Stage.DONE, None),
        (Signs(workshop_done_at=ago(31)), Stage.DONE, 31),
        (Signs(workshop_done_at=ago(90), last_seen_at=ago(40), last_sent_at=ago(50)), Stage.DONE, 40),
        (Signs(workshop_done_at=ago(90), last_sent_at=ago(3)), Stage.DONE, None),
        (Signs(workshop_done_at=ago(90), first_sent_at=ago(80), last_sent_at=ago(45)), Stage.SENT, 45),
        (Signs(workshop_done_at=ago(90), called_at=ago(21)), Stage.DONE, None),
        (Signs(workshop_done_at=ago(90), called_at=ago(22)), Stage.DONE, 90),
        (Signs(first_sent_at=ago(80), is_planned=True), Stage.SENT, None),
    ],
)
def test_the_furthest_stage_counts_and_silence_begins_after_thirty_days(
    signs: Signs, stage: Stage, quiet: int | None
) -> None:
    assert (stage_of(signs), quiet_days(signs, now=NOW)) == (stage, quiet)
