"""The impact of cohorts as a table: an association a line, the same columns for ever."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from app.clock import PARIS
from app.french.language import _
from app.programme.diagnostic.axes import LONG, Axis
from app.programme.impact.paths import Path, Step

_STEPS: Mapping[Step, str] = {
    Step.KEPT: "retenue_le",
    Step.DIAGNOSED: "diagnostic_debut_le",
    Step.TRAINED: "deuxieme_formation_le",
    Step.WORKSHOP: "atelier_le",
    Step.STARTED: "outil_demarre_le",
    Step.DEPLOYED: "outil_deploye_le",
}
_AXES: Mapping[Axis, str] = {
    Axis.RECRUIT: "recruter",
    Axis.TRAIN: "former",
    Axis.MOBILISE: "mobiliser",
    Axis.VALUE: "valoriser",
    Axis.GOVERN: "gouverner",
    Axis.PROTECT: "proteger",
}
COLUMNS = (
    "association",
    "dans_la_cohorte",
    *_STEPS.values(),
    "premier_vrai_sms_le",
    "recommandation_recue_le",
    *(f"{name}_{moment}" for name in _AXES.values() for moment in ("debut", "fin")),
    "questions_comparees",
    "diagnostic_fin_le",
    "direction_fin",
    "conseil_fin",
)
"""Names that a funder's own spreadsheet may rely on: they never change, new ones are added at the end."""
AXES = tuple(LONG)


def lines(paths: Sequence[Path]) -> Iterator[Sequence[str]]:
    """The names of the columns, then the associations by name."""
    yield COLUMNS
    for path in sorted(paths, key=lambda one: one.name.casefold()):
        yield _line(path)


def _line(path: Path) -> list[str]:
    moved = [path.axes.get(axis.value) for axis in _AXES]
    return [
        path.name,
        _yes(path.is_inside),
        *(_day(path.reached.get(step)) for step in _STEPS),
        _day(path.first_sent_at),
        _day(path.received_at),
        *(str(round(value)) if one else "" for one in moved for value in ((one.before, one.now) if one else (0, 0))),
        f"{path.questions[0]}/{path.questions[1]}" if path.questions else "",
        _day(path.last_at),
        _yes("director" in path.took_part) if path.last_at else "",
        _yes("board" in path.took_part) if path.last_at else "",
    ]


def _yes(value: bool) -> str:
    return _("oui") if value else _("non")


def _day(at: datetime | None) -> str:
    return at.astimezone(PARIS).date().isoformat() if at else ""
