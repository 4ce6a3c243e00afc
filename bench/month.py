"""`python -m bench.month [MESSAGES]`: a month of many associations over one, two, four or eight databases.

What is measured are the costs of one message (``results.json`` of `make bench`, or the figures below when it has none);
what is assumed are the associations, in the tables below: change them, and run it again. Each database is a machine of
its own; each minute it answers receipts first, then writes and hands over as much as is left of it. A sending goes no
faster than its sender's rate: what is told as late is what the database added to that.
"""

import json
import math
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

RESULTS = Path(__file__).with_name("results.json")
KIND = "postgresql"
DAYS, MINUTES_A_DAY, MINUTE_S = 30, 1_440, 60
SPACES, MESSAGES = 20_000, 100_000_000
SEED = 1901
RATE_PER_S = 10
"""A sender's, the default of a live space."""
RECEIPTS = 1.9
"""Of a message: « sent » and « delivered », now and then one alone."""
MACHINE = 1.0
"""How many times the measuring machine a database's is: two shared cores, with all programs and a carrier's stand-in.

Eight cores of its own are four times as much, and more."""
WEEKDAYS = (1.2, 1.3, 1.2, 1.3, 1.2, 0.8, 0.0)
"""Monday to Sunday. Charity texts leave neither on Sundays nor at night (`app/consent/hours.py`); a guess beside."""
HOURS = {8: 2, 9: 6, 10: 12, 11: 12, 12: 7, 13: 5, 14: 8, 15: 7, 16: 8, 17: 12, 18: 13, 19: 8}
"""How many of a hundred sendings are decided in each hour, Paris time: a guess, of office hours and of evenings."""
ON_THE_HOUR = 0.4
"""So many of a hour's sendings are planned for the round hour or the half: what makes the crowd."""
MEDIAN_PEOPLE, SPREAD = 400, 1.3
"""Of one sending, lognormal: most write to hundreds, a few to tens of thousands."""
LARGEST = 60_000
POOL = 30
"""Connections that one process may hold: 10 kept and 20 in a crowd (`app/database/engine.py`)."""
BYTES = {"messages": 704, "receipts": 163 * RECEIPTS, "links": 300, "tallies and the rest": 20}
"""On the disk for one message, indexes included (PostgreSQL 15, `make bench ONLY=growth`)."""


@dataclass(frozen=True)
class Costs:
    """Seconds of the measuring machine that one message takes, and what one jobs process hands over in a second."""

    launch_s: float
    dispatch_s: float
    receipt_s: float
    per_process_per_s: float
    source: str

    @property
    def message_s(self) -> float:
        """All that a message ever asks of its database's machine."""
        return self.launch_s + self.dispatch_s + RECEIPTS * self.receipt_s


KNOWN = {"launch": 2_900.0, "dispatch": 1_320.0, "dispatch-100ms": 549.0, "receipts": 700.0}
"""Messages or receipts a second on PostgreSQL where ``results.json`` has none, 26 November 2026, on a busy machine.

100,000 messages launched in 34 s; `dispatch` and `dispatch-100ms` of `make bench`; a sixth of the 4,000 signed forms
that the same two workers read when nothing is written."""


def measured(results: Path = RESULTS) -> Costs:
    found: Mapping[str, float] = {}
    if results.exists():
        lines = json.loads(results.read_text(encoding="utf-8"))
        found = {one["bench"]: one["value"] for one in lines if one["database"] == KIND and one["bench"] in KNOWN}
    rates = {**KNOWN, **found}
    return Costs(
        1 / rates["launch"], 1 / rates["dispatch"], 1 / rates["receipts"], rates["dispatch-100ms"],
        source=", ".join(f"{name} {rate:,.0f}{'' if name in found else ' (kept)'}" for name, rate in rates.items()),
    )  # fmt: skip


@dataclass
class Sending:
    """One text to many people. ``begun`` and ``ideal`` are minutes: it may begin, its rate alone would end it."""

    space: int
    begun: int
    people: int
    left: float = 0.0

    def __post_init__(self) -> None:
        self.left = float(self.people)

    @property
    def ideal(self) -> float:
        return self.begun + self.people / (RATE_PER_S * MINUTE_S)


def sendings(messages: int, *, spaces: int = SPACES, seed: int = SEED) -> list[Sending]:
    """A month of them, in the order that they begin."""
    chance = random.Random(seed)
    hours, weights = zip(*HOURS.items(), strict=True)
    found: list[Sending] = []
    total = 0
    while total < messages:
        people = min(LARGEST, max(1, round(MEDIAN_PEOPLE * math.exp(chance.gauss(0, SPREAD)))), messages - total)
        day = chance.choices(range(DAYS), [WEEKDAYS[day % 7] for day in range(DAYS)])[0]
        minute = chance.choice((0, 30)) if chance.random() < ON_THE_HOUR else chance.randrange(60)
        begun = day * MINUTES_A_DAY + chance.choices(hours, weights)[0] * 60 + minute
        found.append(Sending(chance.randrange(spaces), begun, people))
        total += people
    return sorted(found, key=lambda one: one.begun)


@dataclass
class Month:
    """What one database lived through. Minutes of work are of its machine; ``late_s`` are one for each sending."""

    used: list[float] = field(default_factory=list)
    """The share of each minute that it worked."""
    handed: list[float] = field(default_factory=list)
    """Messages of each minute."""
    late_s: list[float] = field(default_factory=list)


def live(mine: Sequence[Sending], costs: Costs, *, machine: float = MACHINE) -> Month:
    """The month of one database, minute by minute."""
    month, under_way, coming = Month(), list[Sending](), iter([*mine, None])
    following, receipts, minute = next(coming), 0.0, 0
    while following or under_way or receipts >= 1:
        can = machine * MINUTE_S
        answered = min(receipts, can / costs.receipt_s)
        work = answered * costs.receipt_s
        receipts -= answered
        while following and following.begun <= minute:
            under_way.append(following)
            following = next(coming)
        each_s = costs.launch_s + costs.dispatch_s
        wanted = [min(one.left, RATE_PER_S * MINUTE_S) for one in under_way]
        share = min(1.0, max(0.0, can - work) / each_s / total) if (total := sum(wanted)) else 1.0
        for one, most in zip(under_way, wanted, strict=True):
            one.left -= most * share
            if one.left < 0.5:
                month.late_s.append(max(0.0, minute + 1 - math.ceil(one.ideal)) * MINUTE_S)
        receipts += total * share * RECEIPTS
        under_way = [one for one in under_way if one.left >= 0.5]
        month.used.append((work + total * share * each_s) / can)
        month.handed.append(total * share)
        minute += 1
    return month


@dataclass(frozen=True)
class Line:
    """What so many databases come to."""

    databases: int
    mean_use: float
    busiest_hour_use: float
    late_p95_s: float
    late_max_s: float
    peak_per_s: float
    """Of the busiest database, the mean of its busiest minute."""
    jobs: int
    """Processes of each database, two at least: one may die."""
    webs: int
    connections: int
    """Of each database, when all its processes hold all that they may."""
    disk_gb: float
    """Of each database and month."""


def plan(messages: int, costs: Costs, *, databases: int, machine: float = MACHINE, spaces: int = SPACES) -> Line:
    """A space lives in one database, by its number: what a row of the directory says."""
    every = sendings(messages, spaces=spaces)
    months = [
        live([one for one in every if one.space % databases == at], costs, machine=machine) for at in range(databases)
    ]
    late = sorted(second for month in months for second in month.late_s)
    peak = max(max(month.handed) for month in months) / MINUTE_S
    jobs = max(2, math.ceil(peak / costs.per_process_per_s))
    webs = max(2, math.ceil(peak * RECEIPTS * costs.receipt_s * 2))
    return Line(
        databases=databases,
        mean_use=sum(sum(month.used) for month in months) / (databases * DAYS * MINUTES_A_DAY),
        busiest_hour_use=max(hour for month in months for hour in _hours(month.used)),
        late_p95_s=late[int(len(late) * 0.95)],
        late_max_s=late[-1],
        peak_per_s=peak,
        jobs=jobs,
        webs=webs,
        connections=(jobs + webs) * POOL,
        disk_gb=messages * sum(BYTES.values()) / databases / 1e9,
    )


def _hours(minutes: Sequence[float]) -> Iterator[float]:
    for at in range(0, len(minutes), 60):
        hour = minutes[at : at + 60]
        yield sum(hour) / len(hour)


def main(messages: int = MESSAGES) -> None:
    costs = measured()
    print(f"{messages:,} messages, {SPACES:,} spaces, machine {MACHINE:g} x; a second, measured: {costs.source}")
    print(f"one message takes {costs.message_s * 1000:.2f} ms of the measuring machine\n")
    print(
        "| databases | use, mean | busiest hour | late, p95 | most | peak /s | jobs | webs | connections | GB a month |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    for databases in (1, 2, 4, 8):
        one = plan(messages, costs, databases=databases)
        print(
            f"| {one.databases} | {one.mean_use:.0%} | {one.busiest_hour_use:.0%} | {one.late_p95_s / 60:,.0f} min "
            f"| {one.late_max_s / 60:,.0f} min | {one.peak_per_s:,.0f} | {one.jobs} | {one.webs} | {one.connections} "
            f"| {one.disk_gb:,.0f} |"
        )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
