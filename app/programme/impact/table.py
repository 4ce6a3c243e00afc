"""The impact of cohorts as a table: an association a line, the same columns for ever."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from app.clock import PARIS
from app.french.language import _
from app.programme.diagnostic.axes import LONG, Axis
from app.programme.impact import shared
from app.programme.impact.behind import by_name
from app.programme.impact.paths import Month, Path, Presence, Step
from app.programme.sharing.rules import LEAST

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
_BANDS: Mapping[str, str] = {
    "age_under_25": "moins_de_25_ans",
    "age_25_34": "de_25_a_34_ans",
    "age_35_49": "de_35_a_49_ans",
    "age_50_64": "de_50_a_64_ans",
    "age_65_plus": "65_ans_et_plus",
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
    "ateliers_a_noter",
    "sms_depuis_atelier",
    "places_depuis_atelier",
    "heures_formations",
    "heures_ateliers",
    *(f"{name}_{moment}" for name in _BANDS.values() for moment in ("premier_mois", "dernier_mois")),
)
"""Names that a funder's own spreadsheet may rely on: they never change, new ones are added at the end."""
AXES = tuple(LONG)
_HIDDEN = _("moins de 5")


def lines(paths: Sequence[Path]) -> Iterator[Sequence[str]]:
    """The names of the columns, then the associations by name."""
    yield COLUMNS
    for path in by_name(paths):
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
        str(path.unnoted) if Step.WORKSHOP in path.reached else "",
        *(_since_workshop(path, name) for name in ("texts", "places")),
        *(_hours(own) for own in (path.trained, path.worked)),
        *(_in_band(one, band) for band in _BANDS for one in (shared.ends(path.months) or (None, None))),
    ]


def _since_workshop(path: Path, name: str) -> str:
    """A number, or none: « au moins » where a month of it is hidden."""
    months = path.since_workshop
    found = shared.add(getattr(one.figures, name) for one in months)
    return "" if not months else found.words if found.hidden else str(found.shown)


def _hours(own: Presence | None) -> str:
    """Whole hours; of fewer than five people, that it is so."""
    return "" if own is None else str(round(own.hours)) if own.people >= LEAST else _HIDDEN


def _in_band(month: Month | None, band: str) -> str:
    count = getattr(month.figures, band) if month else None
    return "" if month is None else _HIDDEN if count is None else str(count)


def _yes(value: bool) -> str:
    return _("oui") if value else _("non")


def _day(at: datetime | None) -> str:
    return at.astimezone(PARIS).date().isoformat() if at else ""
