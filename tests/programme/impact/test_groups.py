"""No group of one to four persons is printed on the impact page, nor found by taking a figure from another."""

from datetime import date
from itertools import chain, combinations

from hypothesis import given
from hypothesis import strategies as st

from app.programme.impact import behind, groups, shared, table
from app.programme.impact.groups import Answered, Came
from app.programme.impact.paths import Path, Step
from app.programme.sharing import rules
from tests.programme.impact.test_figures import DAY, Month

FEW = range(1, rules.LEAST)
DATES = st.lists(
    st.builds(Came, st.integers(1, 3), st.booleans(), st.sampled_from([1, 1.5, 3]), st.sets(st.integers(1, 14))),
    max_size=9,
).map(lambda dates: [one for one in dates if one.people])
MONTHS = st.lists(st.fixed_dictionaries({band: st.integers(0, 30) for band in (*rules.BANDS, "places")}), max_size=3)
ASSOCIATIONS = st.lists(st.tuples(st.integers(1, 3), MONTHS), max_size=5)


def some(of):
    """Every selection of some of them."""
    return chain.from_iterable(combinations(of, size) for size in range(1, len(of) + 1))


def figures_of(dates):
    """What the page prints of people: of trainings, of workshops, of both."""
    spent = groups.spent(dates)
    return [spent.trainings.people, spent.workshops.people, spent.people]


@given(DATES)
def test_no_two_figures_of_people_who_came_differ_by_one_to_four(dates):
    cohorts = sorted({one.cohort_id for one in dates})
    by_cohort = [groups.spent([one for one in dates if one.cohort_id == cohort]) for cohort in cohorts]
    printed = figures_of(dates)
    for cohort in cohorts:
        printed += figures_of([one for one in dates if one.cohort_id == cohort])
    assert not any(abs(one - other) in FEW for one in printed for other in (0, *printed))
    for which in ("trainings", "workshops"):
        own = [getattr(one, which) for one in by_cohort]
        over_all = getattr(groups.spent(dates), which)
        for taken in some(own):
            left = over_all.people - sum(one.people for one in taken)
            assert left not in FEW, "nor over all without some of the cohorts"
        assert over_all.hours == sum(one.hours for one in own), "hours that a cohort hides are in no sum"
        assert over_all.hidden == sum(one.hidden for one in own)
        assert all(one.hours == 0 for one in own if not one.people)


@given(ASSOCIATIONS)
def test_no_figure_of_what_is_shared_tells_of_one_to_four_volunteers(associations):
    """Not one of a cohort, of all, of a row, of the file, of a month; nor any of them without any other."""
    paths = [path(n, cohort, months) for n, (cohort, months) in enumerate(associations)]
    by_cohort = [[one for one in paths if one.cohort_id == cohort] for cohort in (1, 2, 3)]
    ages = list(chain.from_iterable(told_ages(some) for some in (paths, *by_cohort, *[[one] for one in paths])))
    ages += [shared.age(month, band) or 0 for one in paths for month in one.months for band in shared.KNOWN]
    assert not any(abs(one - other) in FEW for one in ages for other in (0, *ages))
    whole = places(paths)
    for taken in some(by_cohort):
        assert whole - sum(places(one) for one in taken) not in FEW
    for taken in some([[one] for one in paths]):
        assert whole - sum(places(one) for one in taken) not in FEW, "a row of the list, a line of the file"


def path(n, cohort, months):
    rows = [
        Month(date(2026, at, 1), rules.figures(texts=9, dates=9, places=one["places"], ages=one))
        for at, one in enumerate(months, 2)
    ]
    return Path(n, f"Association {n}", cohort, reached={Step.WORKSHOP: DAY}, months=rows)


def told_ages(paths):
    ages = shared.ages(one.months for one in paths)
    return [] if ages is None else chain.from_iterable((one.before, one.now) for one in ages.bands)


def places(paths):
    return shared.add(month.figures.places for one in paths for month in one.since_workshop).shown


def test_people_of_two_cohorts_count_once_over_all_and_those_of_a_small_one_nowhere():
    first = Came(1, True, 2, range(1, 13))
    second = [Came(2, True, 2, range(8, 21)), Came(2, False, 1.5, range(1, 4))]
    alone, both = groups.spent([first]), groups.spent([first, *second])
    assert (alone.trainings.people, alone.trainings.hours, alone.people) == (10, 24, 10)
    assert (both.trainings.people, both.trainings.hours) == (20, 50), "twenty of 1 to 20, and not 25"
    assert (both.workshops.dates, both.workshops.people, both.workshops.hours, both.workshops.hidden) == (1, 0, 0, 1)
    assert both.people == 20
    nobody = groups.spent([])
    assert (nobody.trainings.dates, nobody.people, nobody.trainings.hidden) == (0, 0, 0)


def test_where_directors_answered_is_told_so_that_no_few_of_them_stand_apart():
    words = [Answered(count, 12).words for count in (0, 1, 4, 5, 7, 8, 11, 12)]
    few, but_few = "moins de 5", "toutes sauf moins de 5"
    assert words == ["aucune", few, few, "5", "7", but_few, but_few, "toutes"]
    assert groups.answered([Answered(2, 4)]) is None, "of four it is not told"
    assert groups.answered([]) is None
    assert groups.answered([Answered(6, 11), Answered(5, 5)]) == Answered(11, 16)
    assert groups.answered([Answered(6, 11), Answered(8, 9)]) is None, "seventeen without six is eight of nine"


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=3))
def test_no_difference_of_directors_who_answered_is_one_to_four(rows):
    cohorts = [Answered(min(row), max(row)) for row in rows]
    over_all = groups.answered(cohorts)
    if over_all is None or not over_all.may_add or len([one for one in cohorts if one.of]) < 2:
        return
    for taken in some(cohorts):
        left = over_all.count - sum(one.count for one in taken)
        assert left not in FEW
        assert (over_all.of - sum(one.of for one in taken)) - left not in FEW


def test_the_file_and_the_rows_tell_ages_by_fives():
    ages = dict.fromkeys(rules.BANDS, 7)
    one = path(1, 1, [{**ages, "places": 3}, {**ages, "age_25_34": 9, "age_65_plus": 2, "places": 8}])
    [line] = [dict(zip(table.COLUMNS, row, strict=True)) for row in list(table.lines([one]))[1:]]
    assert (line["25 à 34 ans : premier mois"], line["25 à 34 ans : dernier mois"]) == ("5", "10")
    assert (line["65 ans et plus : premier mois"], line["65 ans et plus : dernier mois"]) == ("5", "moins de 5")
    assert line["Places remplies depuis l'atelier"] == "au moins 8"
    assert (line["Premier mois partagé"], line["Dernier mois partagé"]) == ("02/2026", "03/2026")
    [row] = behind.find("age-age_25_34").rows([one])
    assert row.note == "février 2026 : 5, mars 2026 : 10"
