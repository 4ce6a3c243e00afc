"""No text at night, on Sundays or on holidays, in the time of whoever holds the phone."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.consent.families import Family, family_words
from app.consent.hours import (
    EVERY_DAY,
    URGENT,
    WINDOWS,
    Window,
    closing_after,
    is_open,
    next_opening,
    public_holidays,
    window_on,
)
from app.errors import RuleBroken

PARIS = ZoneInfo("Europe/Paris")
ZONES = st.sampled_from(
    ["Europe/Paris", "Indian/Reunion", "America/Martinique", "America/Miquelon", "Pacific/Noumea", "America/New_York"]
)
INSTANTS = st.datetimes(datetime(2019, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))
DST_NIGHTS = st.builds(
    lambda night, minutes: night + timedelta(minutes=minutes),
    st.sampled_from([datetime(2020, 3, 28, 12, tzinfo=UTC), datetime(2020, 10, 24, 12, tzinfo=UTC)]),
    st.integers(0, 48 * 60),
)
FAMILIES = st.sampled_from(Family)
NIGHT = Window(time(2), time(4), EVERY_DAY, True, date(2020, 1, 1), "test")
NARROWS = st.sampled_from(
    [None, replace(URGENT, opens=time(18)), replace(URGENT, days=frozenset({2})), replace(URGENT, closes=time(10))]
)
INSTEADS = st.sampled_from([None, URGENT, NIGHT])


def paris(*words):
    return datetime(*words, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("family", "asked", "opening"),
    [
        (Family.CHARITABLE, paris(2020, 2, 3, 8, 59), paris(2020, 2, 3, 9)),
        (Family.CHARITABLE, paris(2020, 2, 3, 9), paris(2020, 2, 3, 9)),
        (Family.CHARITABLE, paris(2020, 2, 3, 19, 59, 59), paris(2020, 2, 3, 19, 59, 59)),
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
    assert next_opening(asked, family=family, zone="Europe/Paris") == opening


def test_the_recipients_clock_decides():
    asked = paris(2020, 2, 3, 9)
    charitable = Family.CHARITABLE
    assert next_opening(asked, family=charitable, zone="Indian/Reunion") == asked
    assert next_opening(asked, family=charitable, zone="America/Martinique") == paris(2020, 2, 3, 14)
    assert next_opening(asked, family=charitable, zone="Pacific/Tahiti") == paris(2020, 2, 3, 20)
    assert closing_after(asked, family=charitable, zone="Indian/Reunion") == paris(2020, 2, 3, 17)


def test_alsace_moselle_and_overseas_have_holidays_of_their_own():
    good_friday = paris(2020, 4, 10, 12)
    words = {"family": Family.CHARITABLE, "zone": "Europe/Paris"}
    assert is_open(good_friday, **words)
    assert not is_open(good_friday, alsace_moselle=True, **words)
    assert date(2020, 12, 26) in public_holidays("Europe/Paris", 2020, alsace_moselle=True)
    assert date(2020, 12, 20) in public_holidays("Indian/Reunion", 2020)
    assert date(2020, 5, 22) in public_holidays("America/Martinique", 2020)
    assert date(2020, 9, 24) in public_holidays("Pacific/Noumea", 2020)
    assert public_holidays("America/New_York", 2020) == public_holidays("Europe/Paris", 2020)


def test_an_urgent_call_may_leave_on_a_sunday_evening():
    sunday = paris(2020, 2, 9, 21, 15)
    assert next_opening(sunday, family=Family.CHARITABLE, zone="Europe/Paris", instead=URGENT) == sunday
    assert closing_after(sunday, family=Family.CHARITABLE, zone="Europe/Paris", instead=URGENT) == paris(
        2020, 2, 9, 21, 30
    )


def test_a_space_may_narrow_its_hours_but_not_to_nothing():
    evenings = replace(URGENT, opens=time(18), closes=time(23))
    words = {"family": Family.CHARITABLE, "zone": "Europe/Paris"}
    assert next_opening(paris(2020, 2, 3, 9), narrow=evenings, **words) == paris(2020, 2, 3, 18)
    assert closing_after(paris(2020, 2, 3, 9), narrow=evenings, **words) == paris(2020, 2, 3, 20)
    with pytest.raises(RuleBroken) as refusal:
        next_opening(paris(2020, 2, 3, 9), narrow=replace(URGENT, days=frozenset({6})), **words)
    assert refusal.value.code == "hours_never_open"


@given(st.one_of(INSTANTS, DST_NIGHTS), FAMILIES, ZONES, NARROWS, INSTEADS, st.booleans())
def test_the_next_opening_is_open_and_the_earliest(at, family, zone, narrow, instead, alsace_moselle):
    words = {"family": family, "zone": zone, "narrow": narrow, "instead": instead, "alsace_moselle": alsace_moselle}
    try:
        opening = next_opening(at, **words)
    except RuleBroken:
        assert narrow is not None
        assert instead is NIGHT
        return
    assert opening >= at
    assert opening.tzinfo is UTC
    assert is_open(opening, **words)
    assert next_opening(opening, **words) == opening
    assert is_open(at, **words) == (opening == at)
    step = max(timedelta(minutes=1), (opening - at) / 60)
    waits = [at + step * n for n in range(61)] + [opening - timedelta(minutes=n) for n in range(1, 5)]
    assert not any(is_open(instant, **words) for instant in waits if at <= instant < opening)
    closing = closing_after(opening, **words)
    assert closing > opening
    assert not is_open(closing, **words)
    assert is_open(closing - timedelta(seconds=1), **words)
    assert closing_after(at, **words) == closing


@given(FAMILIES, st.dates(date(2000, 1, 1), date(2040, 1, 1)))
def test_hours_are_dated(family, day):
    assert window_on(family, day) in WINDOWS[family]
    assert [window.since for window in WINDOWS[family]] == sorted(window.since for window in WINDOWS[family])
    assert all(window.source for window in WINDOWS[family])


def test_each_family_has_its_words():
    assert [family_words(family) for family in Family] == [
        "informer des inscrits",
        "demander un coup de main ou un don",
        "vendre",
    ]
