"""Months in Paris, small figures and age bands: pure."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.contacts.options import AGE_BANDS
from app.programme.sharing import rules

INSTANTS = st.datetimes(datetime(2001, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))
NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


@given(st.integers(0, 10_000))
def test_no_figure_under_five_is_ever_kept(count: int) -> None:
    assert rules.kept(count) == (count if count >= 5 else None)


@given(INSTANTS)
def test_each_instant_is_in_its_month_and_months_meet(now: datetime) -> None:
    month = rules.month_of(now)
    first, end = rules.bounds(month)
    assert first <= now < end
    assert rules.bounds(rules.following(month))[0] == end
    assert rules.month_of(end - timedelta(microseconds=1)) == month


def test_a_month_that_changes_its_hour_is_an_hour_shorter_or_longer() -> None:
    lengths = {month: rules.bounds(date(2026, month, 1)) for month in (1, 3, 10)}
    hours = {
        month: (end.astimezone(UTC) - first.astimezone(UTC)) / timedelta(hours=1)
        for month, (first, end) in lengths.items()
    }
    assert hours == {1: 744, 3: 743, 10: 745}


@pytest.mark.parametrize(
    ("since", "now", "months"),
    [
        (NOW, NOW, []),
        (NOW, datetime(2026, 11, 30, 22, 59, tzinfo=UTC), []),
        (NOW, datetime(2026, 11, 30, 23, 0, tzinfo=UTC), [date(2026, 11, 1)]),
        (NOW, datetime(2027, 2, 1, tzinfo=UTC), [date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)]),
        (datetime(2026, 10, 31, 23, 30, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC), [date(2026, 11, 1)]),
        (NOW, NOW - timedelta(days=400), []),
    ],
)
def test_the_months_that_are_over_are_those_of_paris(since: datetime, now: datetime, months: list[date]) -> None:
    assert rules.ended(since, now=now) == months


def test_every_age_that_a_card_can_say_has_its_band() -> None:
    assert set(rules._OF_CONTACTS) == {one.code for one in AGE_BANDS}
    people = [(None, one.code) for one in AGE_BANDS] + [(None, ""), (2020, ""), (1961, ""), (1962, "u18"), (2090, "")]
    assert rules.ages(Counter(people), now=NOW) == {
        "age_under_25": 3, "age_25_34": 1, "age_35_49": 1, "age_50_64": 2, "age_65_plus": 2, "age_unknown": 2,
    }  # fmt: skip
