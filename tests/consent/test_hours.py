"""No text at night, on Sundays or on holidays, in the time of whoever holds the phone."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.consent.families import Family, family_words
from app.consent.hours import (
    A_MINUTE,
    URGENT,
    WINDOWS,
    HoursException,
    in_force,
    possible_exception,
    public_holidays,
    slot,
    valid_until,
    window_on,
)

PARIS = ZoneInfo("Europe/Paris")
ZONES = st.sampled_from(
    [
        "Europe/Paris", "Europe/Madrid", "Indian/Reunion", "America/Martinique", "America/Miquelon", "Pacific/Noumea",
        "Pacific/Tahiti", "America/New_York",
    ]
)  # fmt: skip
INSTANTS = st.datetimes(datetime(2019, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))
DST_NIGHTS = st.builds(
    lambda night, minutes: night + timedelta(minutes=minutes),
    st.sampled_from([datetime(2020, 3, 28, 12, tzinfo=UTC), datetime(2020, 10, 24, 12, tzinfo=UTC)]),
    st.integers(0, 48 * 60),
)
ANY_TIME = st.one_of(INSTANTS, DST_NIGHTS)
FAMILIES = st.sampled_from(Family)


def paris(*words):
    return datetime(*words, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("family", "asked", "opening"),
    [
        (Family.CHARITABLE, paris(2020, 2, 3, 8, 59), paris(2020, 2, 3, 9)),
        (Family.CHARITABLE, paris(2020, 2, 3, 9), paris(2020, 2, 3, 9)),
        (Family.CHARITABLE, paris(2020, 2, 3, 19, 59), paris(2020, 2, 3, 19, 59)),
        (Family.CHARITABLE, paris(2020, 2, 3, 19, 59, 1), paris(2020, 2, 4, 9)),  # under a minute left
        (Family.CHARITABLE, paris(2020, 2, 3, 20), paris(2020, 2, 4, 9)),
        (Family.CHARITABLE, paris(2020, 2, 8, 20), paris(2020, 2, 10, 9)),
        (Family.COMMERCIAL, paris(2020, 5, 1, 12), paris(2020, 5, 2, 9)),
        (Family.COMMERCIAL, paris(2020, 12, 24, 21), paris(2020, 12, 26, 9)),
        (Family.SERVICE, paris(2020, 2, 9, 7), paris(2020, 2, 9, 8)),
        (Family.SERVICE, paris(2020, 12, 25, 20, 59), paris(2020, 12, 25, 20, 59)),
        (Family.SERVICE, paris(2020, 2, 3, 21), paris(2020, 2, 4, 8)),
    ],
)
def test_the_hours_of_each_family(family, asked, opening):
    assert slot(family, "Europe/Paris", asked).opens_at == opening


def test_the_recipients_clock_decides():
    asked = paris(2020, 2, 3, 9)
    opens = {
        zone: slot(Family.CHARITABLE, zone, asked).opens_at
        for zone in ("Indian/Reunion", "America/Martinique", "Pacific/Tahiti")
    }
    assert opens == {
        "Indian/Reunion": asked,
        "America/Martinique": paris(2020, 2, 3, 14),
        "Pacific/Tahiti": paris(2020, 2, 3, 20),
    }
    assert slot(Family.CHARITABLE, "Indian/Reunion", asked).closes_at == paris(2020, 2, 3, 17)


def test_overseas_has_holidays_of_its_own():
    assert date(2020, 12, 20) in public_holidays("Indian/Reunion", 2020)
    assert date(2020, 5, 22) in public_holidays("America/Martinique", 2020)
    assert date(2020, 9, 24) in public_holidays("Pacific/Noumea", 2020)
    assert public_holidays("America/New_York", 2020) == public_holidays("Europe/Paris", 2020)


def test_where_hours_do_not_hold_a_whole_day_is_open():
    night = paris(2020, 2, 9, 3)
    found = slot(Family.COMMERCIAL, "Europe/Paris", night, holds=False)
    assert (found.opens_at, found.closes_at) == (night, night + timedelta(days=1))
    assert valid_until(Family.COMMERCIAL, "Europe/Paris", night, holds=False) == night + timedelta(days=1)


def is_inside(family, zone, at):
    """Whether the family's hours hold ``at``, by the wall clock of the phone alone."""
    local = at.astimezone(ZoneInfo(zone))
    window = window_on(family, local.date())
    free = window.holidays or local.date() not in public_holidays(zone, local.year)
    return local.weekday() in window.days and free and window.opens <= local.time() < window.closes


@given(ANY_TIME, FAMILIES, ZONES)
def test_a_slot_is_inside_the_hours_and_the_earliest(at, family, zone):
    found = slot(family, zone, at)
    assert found.opens_at >= at
    assert found.opens_at.tzinfo is found.closes_at.tzinfo is UTC
    assert found.closes_at - found.opens_at >= A_MINUTE
    assert is_inside(family, zone, found.opens_at)
    assert is_inside(family, zone, found.closes_at - timedelta(seconds=1))
    assert not is_inside(family, zone, found.closes_at)
    assert slot(family, zone, found.opens_at) == found
    step = max(timedelta(minutes=1), (found.opens_at - at) / 60)
    waits = [at + step * n for n in range(61)] + [found.opens_at - timedelta(minutes=n) for n in range(1, 5)]
    early = [one for one in waits if at <= one < found.opens_at and is_inside(family, zone, one)]
    assert all(not is_inside(family, zone, one + A_MINUTE) for one in early), "only the last minute is passed over"


@pytest.mark.parametrize(
    ("family", "asked", "opens", "closes"),
    [
        # Sunday: what people signed up for at any hour, until its own hours open
        (Family.SERVICE, paris(2020, 2, 9, 3), paris(2020, 2, 9, 3), paris(2020, 2, 9, 8)),
        (Family.CHARITABLE, paris(2020, 2, 9, 21, 15), paris(2020, 2, 9, 21, 15), paris(2020, 2, 9, 21, 30)),
        (Family.CHARITABLE, paris(2020, 2, 9, 3), paris(2020, 2, 9, 8), paris(2020, 2, 9, 21, 30)),
        (Family.CHARITABLE, paris(2020, 2, 9, 22), paris(2020, 2, 10, 8), paris(2020, 2, 10, 9)),
    ],
)
def test_a_named_person_may_open_more_hours(family, asked, opens, closes):
    exception = possible_exception(family, "Europe/Paris", asked, by="Zoé")
    assert exception.by == "Zoé"
    found = slot(family, "Europe/Paris", asked, exception=exception)
    assert (found.opens_at, found.closes_at) == (opens, closes)


@pytest.mark.parametrize(
    ("family", "asked", "window", "until", "opens", "closes"),
    [
        # within the usual hours, the later end of the two
        (Family.CHARITABLE, paris(2020, 2, 10, 12), URGENT, paris(2020, 2, 11), None, paris(2020, 2, 10, 21, 30)),
        (Family.SERVICE, paris(2020, 2, 10, 12), None, paris(2020, 2, 10, 12, 30), None, paris(2020, 2, 10, 21)),
        # a public holiday is no obstacle to an urgent call
        (Family.CHARITABLE, paris(2020, 5, 1, 12), URGENT, paris(2020, 5, 2), None, paris(2020, 5, 1, 21, 30)),
        # one minute is enough, less is not
        (Family.SERVICE, paris(2020, 2, 9, 3), None, paris(2020, 2, 9, 3, 1), None, paris(2020, 2, 9, 3, 1)),
        (
            Family.SERVICE, paris(2020, 2, 9, 3), None, paris(2020, 2, 9, 3, 0, 59),
            paris(2020, 2, 9, 8), paris(2020, 2, 9, 21),
        ),
    ],
)  # fmt: skip
def test_what_an_exception_adds_to_the_hours(family, asked, window, until, opens, closes):
    found = slot(family, "Europe/Paris", asked, exception=HoursException("Zoé", until, window))
    assert (found.opens_at, found.closes_at) == (opens or asked, closes)


def test_there_is_no_exception_for_what_sells_nor_within_the_hours():
    assert possible_exception(Family.COMMERCIAL, "Europe/Paris", paris(2020, 2, 9, 12), by="Zoé") is None
    assert possible_exception(Family.CHARITABLE, "Europe/Paris", paris(2020, 2, 10, 12), by="Zoé") is None


@given(ANY_TIME, FAMILIES, ZONES, st.sampled_from([None, URGENT]), st.timedeltas(timedelta(0), timedelta(days=3)))
def test_an_exception_opens_no_more_than_its_family_may(at, family, zone, window, lasts):
    exception = HoursException("Zoé", at + lasts, window)
    found, usual = slot(family, zone, at, exception=exception), slot(family, zone, at)
    assert found.opens_at >= at
    assert found.closes_at - found.opens_at >= A_MINUTE
    assert found.opens_at <= usual.opens_at
    if family is Family.COMMERCIAL:
        assert found == usual
    if family is Family.CHARITABLE or window is URGENT:
        opens, closes = (one.astimezone(ZoneInfo(zone)) for one in (found.opens_at, found.closes_at))
        assert URGENT.opens <= opens.time() < closes.time() <= URGENT.closes
        assert opens.date() == closes.date()
    if found != usual:
        assert found.opens_at < exception.until


@given(ANY_TIME, FAMILIES, ZONES)
def test_a_message_may_wait_the_whole_next_opening_and_never_less_than_nearly_a_day(at, family, zone):
    until = valid_until(family, zone, at)
    after = slot(family, zone, slot(family, zone, at).closes_at)
    assert until == after.closes_at
    assert until - at >= timedelta(hours=23)
    assert is_inside(family, zone, after.opens_at)


@given(FAMILIES, st.dates(date(2000, 1, 1), date(2040, 1, 1)))
def test_hours_are_dated(family, day):
    assert window_on(family, day) in WINDOWS[family]
    assert [window.since for window in WINDOWS[family]] == sorted(window.since for window in WINDOWS[family])
    assert all(window.source for window in WINDOWS[family])


def test_a_change_of_rule_counts_from_its_day_on():
    now, then = URGENT, replace(URGENT, since=date(2026, 9, 1))
    days = [date(2019, 12, 31), date(2026, 8, 31), date(2026, 9, 1)]
    assert [in_force((now, then), day).since for day in days] == [now.since, now.since, then.since]


def test_each_family_has_its_words():
    assert [family_words(family) for family in Family] == [
        "informer des inscrits",
        "demander un coup de main ou un don",
        "vendre",
    ]
