"""The figures of the impact page, against a calculation by hand."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.programme.impact import figures, shared
from app.programme.impact.paths import Movement, Path, Step, once
from app.programme.sharing import rules

DAY = datetime(2026, 1, 12, 9, tzinfo=UTC)


def path(n, *steps, received=False, **words):
    reached = {step: DAY + timedelta(days=i) for i, step in enumerate(steps)}
    return Path(n, f"Association {n}", 1, reached=reached, received_at=DAY if received else None, **words)


def test_the_share_is_of_those_that_received_a_recommendation_and_are_still_there():
    paths = [
        *(path(n, Step.STARTED, received=True) for n in range(8)),
        *(path(n, received=True) for n in (8, 9)),
        *(path(n) for n in (10, 11)),
        path(12, Step.STARTED, received=True, is_inside=False),
    ]
    found = figures.share(paths)
    assert (len(found.started), found.of) == (8, 10)
    assert figures.percent(len(found.started), found.of) == 80
    assert (len(found.without), len(found.left)) == (2, 1)


def test_a_cohort_of_none_has_no_share_and_no_mean():
    assert figures.share([]).of == figures.share([path(1)]).of == 0, "nothing recommended: nothing to divide by"
    assert figures.percent(0, 0) is None
    assert figures.axes([path(1)], ["R"]) == []
    assert figures.asked([]) is None


def test_each_step_counts_those_that_reached_it_and_says_when_the_last_did():
    found = {one.step: one for one in figures.steps([path(1, Step.KEPT, Step.DIAGNOSED), path(2, Step.KEPT)])}
    assert [one.count for one in found.values()] == [2, 1, 0, 0, 0, 0]
    assert found[Step.DIAGNOSED].last_at == DAY + timedelta(days=1)
    assert found[Step.DEPLOYED].last_at is None


def test_axes_are_means_over_those_that_have_both_the_most_moved_first():
    one = path(1, axes={"R": Movement(20, 60), "M": Movement(40, 50)}, questions=(28, 30))
    two = path(2, axes={"R": Movement(40, 60)}, questions=(25, 30))
    found = figures.axes([one, two, path(3)], ["M", "R", "D"])
    assert [(axis.key, axis.before, axis.now, axis.count) for axis in found] == [("R", 30, 60, 2), ("M", 40, 50, 1)]
    assert figures.asked([one, two, path(3)]) == (25, 30)
    nothing = path(4, questions=(0, 30), last_at=DAY)
    assert figures.asked([one, two, nothing]) == (25, 30), "one that has nothing to compare does not speak for all"
    ends = figures.ends([one, two, nothing, path(3)])
    assert (ends.compared, ends.empty) == (2, 1)


def test_an_association_of_two_cohorts_counts_once_with_its_first_instants():
    later = DAY + timedelta(days=365)
    first = path(1, Step.KEPT, received=True, is_inside=False)
    second = Path(1, "Association 1", 2, reached={Step.KEPT: later, Step.STARTED: later}, received_at=later)
    [found] = once([first, second])
    assert (found.is_inside, found.reached, found.received_at) == (True, {Step.KEPT: DAY, Step.STARTED: later}, DAY)
    assert found.cohort_id == 2


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans(), st.booleans(), st.booleans())))
def test_every_association_stands_once_in_the_share_and_the_share_is_within_bounds(rows):
    paths = once(
        [
            path(n, *([Step.STARTED] if started else []), received=received, is_inside=inside)
            for n, started, received, inside in rows
        ]
    )
    found = figures.share(paths)
    everybody = [
        one.association_id for some in (found.started, found.not_yet, found.without, found.left) for one in some
    ]
    assert sorted(everybody) == sorted({n for n, *_rest in rows})
    share = figures.percent(len(found.started), found.of)
    assert share is None if not found.of else 0 <= share <= 100


@dataclass(frozen=True)
class Month:
    month: date
    figures: rules.Figures


def month(at, **counts):
    """A shared month: whoever is not named is hidden."""
    return Month(date(2026, at, 1), rules.Figures(**{name: counts.get(name) for name in rules.Figures.__annotations__}))


def test_a_band_counts_the_associations_that_show_it_at_both_dates_and_says_how_many():
    """Twelve of four, then of five, are 48 and 60: neither « under five » nor 0 then 60."""
    grown = [[month(1, age_25_34=40), month(6, age_under_25=5, age_25_34=40)] for _each in range(12)]
    found = {one.key: one for one in shared.ages([*grown, [month(1, age_under_25=9), month(2, age_under_25=7)]]).bands}
    assert (found["age_under_25"].before, found["age_under_25"].now, found["age_under_25"].associations) == (
        10,
        5,
        1,
    ), "by fives"
    assert (found["age_25_34"].before, found["age_25_34"].now, found["age_25_34"].associations) == (480, 480, 12)
    assert found["age_65_plus"].associations == 0, "the page draws nothing of it"
    assert shared.ages([[month(1, age_unknown=30), month(2, age_unknown=30)], [month(1, age_25_34=9)]]) is None


def test_a_sum_with_a_hidden_part_says_at_least_and_one_that_is_all_hidden_says_nothing():
    sums = shared.months([[month(1, texts=12), month(2), month(3, texts=8)], [month(1), month(2), month(3, texts=7)]])
    assert [one.texts.words for one in sums] == ["au moins 12", "–", "15"]
    assert [one.texts.short for one in sums] == ["≥ 12", "–", "15"]
    assert [one.texts.hidden for one in sums] == [1, 2, 0]


def test_an_association_counts_what_it_shares_from_the_month_of_its_workshop_on():
    own = [month(at, texts=10) for at in (1, 2, 3)]
    one = Path(1, "Quai", 1, reached={Step.WORKSHOP: datetime(2026, 1, 31, 23, 30, tzinfo=UTC)}, months=own)
    assert [each.month.month for each in one.since_workshop] == [2, 3], "in Paris it was February"
    assert path(2, months=own).since_workshop == []


@given(st.lists(st.tuples(*[st.lists(st.integers(0, 9), min_size=6, max_size=6)] * 2), max_size=6), st.integers(0, 6))
def test_no_age_group_under_five_is_found_by_taking_a_cohort_from_all_or_the_bands_from_their_sum(associations, some):
    """What an association shares holds no figure under five: whatever is taken from a sum, five stay or none."""
    rows = {}
    for n, pair in enumerate(associations):
        counts = [dict(zip(rules.BANDS, each, strict=True)) for each in pair]
        kept = [rules.figures(texts=9, dates=9, places=9, ages=each) for each in counts]
        rows[n] = [Month(date(2026, at, 1), each) for at, each in enumerate(kept, 1)]
    cohort = {n: own for n, own in rows.items() if n < some}
    whole, part = (_told(shared.ages(each.values())) for each in (rows, cohort))
    left = [one - other for one, other in zip(whole, part, strict=True)]
    for told in (whole, part, left):
        assert not any(0 < one < rules.LEAST for one in told), told


def _told(ages):
    """Each band before, each band now."""
    return [0] * 10 if ages is None else [*(one.before for one in ages.bands), *(one.now for one in ages.bands)]
