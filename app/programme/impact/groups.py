"""How figures about persons are told: no group of one to four is read, nor found by taking a figure from another. Pure.

1. A group of fewer than five is in no figure, sums among them (primary suppression). The groups are the same whatever
   is asked: the places, or an age, of one association in one month (``sharing.rules``); who came to the trainings, or
   to the workshops, of one cohort. So a figure over all cohorts is made of what each of them tells, and what is left
   of it without some of them is made of groups of five or more: nothing besides needs hiding (secondary suppression).
2. People are told by fives (rounding), where the same ones are in several figures: an age in one month and in the
   next, somebody of trainings and of workshops, or of two cohorts, who counts once over all. Two such figures are the
   same or five apart at least, and their difference is nobody's.

Source: « Handbook on Statistical Disclosure Control », second edition, https://sdctools.github.io/HandbookSDC, chapters
4 (suppression) and 5 (rounding). Associations are not persons: their numbers are told as they are.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from app.french.language import _
from app.french.typography import show_number
from app.programme.sharing.rules import LEAST


def may_tell(count: int) -> bool:
    """Whether a group is none, or five at least."""
    return not 0 < count < LEAST


def by_fives(count: int) -> int:
    """To the nearest five; of none, or of a group of five or more."""
    return (count + LEAST // 2) // LEAST * LEAST


@dataclass(frozen=True)
class Came:
    """A date of a cohort, a training or a workshop, and who came to it; each was there for ``hours``."""

    cohort_id: int
    is_training: bool
    hours: float
    people: Collection[int]


@dataclass(frozen=True)
class Time:
    """Dates that somebody came to; the people and their hours of the cohorts where five or more came."""

    dates: int
    people: int = 0
    """Each once, by fives."""
    hours: float = 0
    """One person, one hour."""
    hidden: int = 0
    """Cohorts where fewer than five came: nobody of them is in ``people``, nor their hours in ``hours``."""


@dataclass(frozen=True)
class Spent:
    """In trainings and in workshops."""

    trainings: Time
    workshops: Time
    people: int
    """Who came to either, each once, by fives."""


def spent(dates: Iterable[Came]) -> Spent:
    """Of the dates of any cohorts."""
    found: dict[int, dict[bool, list[Came]]] = defaultdict(lambda: {True: [], False: []})
    for one in dates:
        found[one.cohort_id][one.is_training].append(one)
    trainings, workshops = ([own[which] for own in found.values()] for which in (True, False))
    told = [one for dates in (*_told(trainings), *_told(workshops)) for one in dates]
    return Spent(_time(trainings), _time(workshops), by_fives(len(_people(told))))


def _told(by_cohort: Sequence[Sequence[Came]]) -> list[Sequence[Came]]:
    return [dates for dates in by_cohort if may_tell(len(_people(dates)))]


def _time(by_cohort: Sequence[Sequence[Came]]) -> Time:
    told = _told(by_cohort)
    every = [one for dates in told for one in dates]
    return Time(
        dates=sum(len(dates) for dates in by_cohort),
        people=by_fives(len(_people(every))),
        hours=sum(one.hours * len(one.people) for one in every),
        hidden=len(by_cohort) - len(told),
    )


def _people(dates: Iterable[Came]) -> set[int]:
    return set(chain.from_iterable(one.people for one in dates))


@dataclass(frozen=True)
class Answered:
    """In how many associations somebody answered, of how many: where it is one person of each."""

    count: int
    of: int

    @property
    def may_add(self) -> bool:
        """Whether it may be told as it is: those who did and those who did not are none, or five at least."""
        return may_tell(self.count) and may_tell(self.of - self.count)

    @property
    def words(self) -> str:
        """« 12 », « toutes », « aucune », « moins de 5 », « toutes sauf moins de 5 »."""
        if self.count in (0, self.of):
            return _("toutes") if self.count else _("aucune")
        if not may_tell(self.count):
            return _("moins de 5")
        return show_number(self.count) if self.may_add else _("toutes sauf moins de 5")


def answered(by_cohort: Sequence[Answered]) -> Answered | None:
    """Over these cohorts; None where fewer than five could have, or where one of several may not be told as it is."""
    some = [one for one in by_cohort if one.of]
    if sum(one.of for one in some) < LEAST or (len(some) > 1 and not all(one.may_add for one in some)):
        return None
    return Answered(sum(one.count for one in some), sum(one.of for one in some))
