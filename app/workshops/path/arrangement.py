"""The steps of a scenario being edited: moved, added, taken out. Pure."""

from collections.abc import Sequence
from typing import Any

from app.errors import RuleBroken
from app.french.language import _

LIMITS = {"title": 80, "text": 300, "hint": 300}
"""Signs at most of what a trainer writes for a step."""
LONGEST = 120
"""Minutes of one step."""
Steps = list[dict[str, Any]]


def arranged(steps: Sequence[dict[str, Any]], act: str, *, new_key: str = "") -> Steps:
    """The steps after a button: ``up:2``, ``down:2``, ``remove:2`` (places count from 0), ``add``; else as they are."""
    found = [dict(step) for step in steps]
    action, __, place = act.partition(":")
    if action == "add" and new_key:
        return [*found, {"key": new_key}]
    at = int(place) if place.isascii() and place.isdigit() and len(place) < 4 else -1
    if not 0 <= at < len(found):
        return found
    if action == "remove":
        return found[:at] + found[at + 1 :]
    other = {"up": at - 1, "down": at + 1}.get(action, -1)
    if 0 <= other < len(found):
        found[at], found[other] = found[other], found[at]
    return found


def read_steps(columns: dict[str, Sequence[str]]) -> Steps:
    """The steps of a form, column by column; what is left blank says what its kind says. Raises RuleBroken."""
    steps: Steps = []
    for at, key in enumerate(columns["key"]):
        step: dict[str, Any] = {"key": key}
        for name, max in LIMITS.items():
            value = " ".join(_cell(columns, name, at).replace("\0", "").split())
            if len(value) > max:
                raise RuleBroken("step_too_long", _("Étape %(at)s : %(n)s signes au plus.", at=at + 1, n=max))
            if value:
                step[name] = value
        minutes = _cell(columns, "minutes", at).strip()
        if minutes:
            step["minutes"] = _minutes(minutes, at)
        steps.append(step)
    return steps


def _minutes(typed: str, at: int) -> int:
    if not (typed.isascii() and typed.isdigit() and 1 <= int(typed[:4]) <= LONGEST):
        raise RuleBroken("minutes_wrong", _("Étape %(at)s : de 1 à %(n)s minutes.", at=at + 1, n=LONGEST))
    return int(typed)


def _cell(columns: dict[str, Sequence[str]], name: str, at: int) -> str:
    cells = columns.get(name, ())
    return cells[at] if at < len(cells) else ""
