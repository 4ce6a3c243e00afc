"""Who may do what, said once more by hand: a guard that is lowered or lost differs from its line here."""

from pathlib import Path

from flask import Flask

from tests.matrix.doors import doors

ROLES = Path(__file__).with_name("roles.txt")


def test_each_door_is_as_high_as_the_list_says(app: Flask) -> None:
    """A new route gets its line by hand in ``roles.txt``, after a thought about who should press it."""
    actual = {f"{target} {(target.guard.role or target.guard.kind)}" for target in doors(app)}
    listed = set(ROLES.read_text(encoding="utf-8").splitlines())
    assert sorted(actual - listed) == [], "roles.txt does not tell them so: a guard changed, or a line is missing"
    assert sorted(listed - actual) == [], "lines of roles.txt that are no route's any more"
