"""An association's way from its diagnostic to tools in use, as one line of dated stages. Pure but for its rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from app.french.language import _, ngettext
from app.programme.recommendations.service import Told
from app.programme.recommendations.states import LADDER, State


@dataclass(frozen=True)
class Stage:
    """One stage of the line: reached on a day, or not yet. ``note`` says how much, « 3 outils »."""

    key: str
    name: str
    on: date | None = None
    note: str = ""


_NAMES: Mapping[State, str] = {
    State.PROPOSED: _("Recommandé"),
    State.ACCEPTED: _("Accepté"),
    State.STARTED: _("Démarré"),
    State.DEPLOYED: _("Déployé"),
}
_HELD = {State.DISMISSED: 0, State.ABANDONED: 1}
"""How far up the ladder something given up still stands: it was proposed, or accepted."""


def path(told: Sequence[Told], *, diagnosed_on: date | None, zone: ZoneInfo) -> list[Stage]:
    """The line: a stage is reached on the first day that a tool which still stands there came to it."""
    line = [Stage("diagnosed", _("Diagnostic"), diagnosed_on)]
    for place, state in enumerate(LADDER):
        there = [one for one in told if _place(one.row.state) >= place]
        days = [at.astimezone(zone).date() for one in there if (at := one.reached_at(state)) is not None]
        note = ngettext("%(n)s outil", "%(n)s outils", len(there)) if there else ""
        if days and max(days) > min(days):
            note = _("%(note)s depuis", note=note)
        line.append(Stage(state.value, _NAMES[state], min(days, default=None), note))
    return line


def _place(state: State) -> int:
    return LADDER.index(state) if state in LADDER else _HELD[state]
