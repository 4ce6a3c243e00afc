"""Who may do what, said once more by hand: a guard that is lowered or lost differs from its line here."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.accounts.models import Role
from tests.matrix.doors import doors

ROLES = Path(__file__).with_name("roles.txt")


def test_each_door_is_as_high_as_the_list_says(app: Flask) -> None:
    """A new route gets its line by hand in ``roles.txt``, after a thought about who should press it."""
    actual = {f"{target} {(target.guard.role or target.guard.kind)}" for target in doors(app)}
    listed = set(ROLES.read_text(encoding="utf-8").splitlines())
    new, gone = sorted(actual - listed), sorted(listed - actual)
    assert new == [], f"roles.txt does not tell them so, a guard changed or a line is missing: {', '.join(new)}"
    assert gone == [], f"lines of roles.txt that are no route's any more: {', '.join(gone)}"


READING = {
    "POST /api/v1/campaigns/<campaign_id>/dry-run": "it says who would be texted, and writes nothing",
    "POST /api/v1/segments/preview": "it counts whom a rule keeps, and writes nothing",
    "POST /api/v1/texts/measure": "it measures a text, and writes nothing",
}
"""Routes that whoever only reads may press, and why."""
PROVEN = {"signed", "programme"}
"""Guards that are no role: a signature, and the programme's own staff, fewer than its trainers."""
KEYS = "cles", "en-vrai", "equipe", "inscription", "ouvertures", "reglages", "renseignements"
"""Rooms of a space where nobody but a référente changes anything: who may enter, what it is, what it reaches."""
LEAST = {
    "/e/<slug>/": "equipiere",
    "/api/v1/": "equipiere",
    **{f"/e/<slug>/{room}": "referente" for room in KEYS},
    "/ateliers": "staff",
    "/programme": "programme",
}
"""Where something is changed -> the least that whoever does it must be. The longest beginning of an address counts."""


def too_low(lines: Iterable[str]) -> Iterator[str]:
    """What lines of ``roles.txt`` let people change who should only look at it."""
    for line in lines:
        target, _, role = line.rpartition(" ")
        method, _, address = target.partition(" ")
        rooms = [room for room in LEAST if address.startswith(room)]
        if method == "GET" or target in READING or not rooms or role in PROVEN:
            continue
        least = LEAST[max(rooms, key=len)]
        if role != least and not (role in list(Role) and least in list(Role) and Role(role).includes(Role(least))):
            yield f"{target} takes « {role} »: {least} is the least where it stands"


def test_no_door_is_lower_than_its_room(app: Flask) -> None:
    """A guard lowered with its line in the list differs from nothing else."""
    low = list(too_low(f"{target} {(target.guard.role or target.guard.kind)}" for target in doors(app)))
    assert low == [], ", ".join(low)


@pytest.mark.parametrize(
    "line",
    [
        "POST /e/<slug>/envoyer/<campaign_id>/pause lectrice",
        "POST /e/<slug>/cles equipiere",
        "POST /ateliers/<workshop_id>/ouvrir signed_in",
        "DELETE /api/v1/segments/<segment_id> lectrice",
    ],
)
def test_a_guard_lowered_with_its_line_is_seen(line: str) -> None:
    [low] = too_low([line])
    assert line.rpartition(" ")[0] in low
