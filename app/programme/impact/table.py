"""The impact of cohorts as a table: an association a line, the same columns for ever."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from app.clock import PARIS
from app.french.language import _
from app.programme.diagnostic.axes import LONG
from app.programme.impact import shared
from app.programme.impact.behind import by_name
from app.programme.impact.paths import Month, Path, Step
from app.programme.impact.shared import KNOWN
from app.programme.sharing.rules import BANDS

_STEPS: Mapping[Step, str] = {
    Step.KEPT: _("Dans le programme le"),
    Step.DIAGNOSED: _("Diagnostic de début le"),
    Step.TRAINED: _("Deuxième formation le"),
    Step.WORKSHOP: _("Premier atelier le"),
    Step.STARTED: _("Outil démarré le"),
    Step.DEPLOYED: _("Outil déployé le"),
}
COLUMNS = (
    _("Association"),
    _("Dans la cohorte"),
    *_STEPS.values(),
    _("Premier vrai SMS le"),
    _("Outil recommandé le"),
    *(f"{words} : {moment}" for words in LONG.values() for moment in (_("début"), _("fin"))),
    _("Questions comparées"),
    _("Questions posées"),
    _("Diagnostic de fin le"),
    _("Formations suivies"),
    _("Ateliers suivis"),
    _("Ateliers à noter"),
    _("Partage ses chiffres"),
    _("SMS depuis l'atelier"),
    _("Places remplies depuis l'atelier"),
    _("Premier mois partagé"),
    _("Dernier mois partagé"),
    *(f"{BANDS[band]} : {moment}" for band in KNOWN for moment in (_("premier mois"), _("dernier mois"))),
)
"""As the other files of the programme write theirs: French words, days as 18/02/2026. A funder's own spreadsheet may
rely on them: they do not change, new ones are added at the end. Nothing of it is about fewer than five people
(``groups``): hours and people stand on the page alone, by cohort.
"""
_HIDDEN = _("moins de 5")


def lines(paths: Sequence[Path]) -> Iterator[Sequence[str]]:
    """The names of the columns, then the associations by name."""
    yield COLUMNS
    for path in by_name(paths):
        yield _line(path)


def _line(path: Path) -> list[str]:
    moved = [path.axes.get(axis.value) for axis in LONG]
    compared, asked = path.questions or ("", "")
    first, last = shared.ends(path.months) or (None, None)
    return [
        path.name,
        _yes(path.is_inside),
        *(_day(path.reached.get(step)) for step in _STEPS),
        _day(path.first_sent_at),
        _day(path.received_at),
        *(str(round(value)) if one else "" for one in moved for value in ((one.before, one.now) if one else (0, 0))),
        str(compared),
        str(asked),
        _day(path.last_at),
        str(path.trainings),
        str(path.workshops),
        str(path.unnoted),
        _yes(path.is_sharing),
        *(_since_workshop(path, name) for name in ("texts", "places")),
        *(_month(one) for one in (first, last)),
        *(_in_band(one, band) for band in KNOWN for one in (first, last)),
    ]


def _since_workshop(path: Path, name: str) -> str:
    """A number, or none: « au moins » where a month of it is hidden."""
    months = path.since_workshop
    found = shared.add(getattr(one.figures, name) for one in months)
    return "" if not months else found.words if found.hidden else str(found.shown)


def _month(month: Month | None) -> str:
    return month.month.strftime("%m/%Y") if month else ""


def _in_band(month: Month | None, band: str) -> str:
    count = shared.age(month, band) if month else None
    return "" if month is None else _HIDDEN if count is None else str(count)


def _yes(value: bool) -> str:
    return _("oui") if value else _("non")


def _day(at: datetime | None) -> str:
    return at.astimezone(PARIS).strftime("%d/%m/%Y") if at else ""
