"""The associations behind each figure: a name, what it counts, and when each came to it. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.french.folding import without_accents
from app.french.language import _
from app.french.typography import show_month, show_number
from app.programme.diagnostic.axes import LONG
from app.programme.impact import shared
from app.programme.impact.paths import WORDS, Month, Path, Step
from app.programme.sharing.rules import BANDS


@dataclass(frozen=True)
class Row:
    """An association behind a figure, and since when; None where there is no instant to say."""

    path: Path
    at: datetime | None = None
    note: str = ""


@dataclass(frozen=True)
class Figure:
    """One figure of the page."""

    key: str
    title: str
    why: str
    row: Callable[[Path], Row | None]

    def rows(self, paths: Sequence[Path]) -> list[Row]:
        """By name."""
        found = [self.row(path) for path in by_name(paths)]
        return [one for one in found if one is not None]


def by_name(paths: Sequence[Path]) -> list[Path]:
    """« Épicerie » among the E."""
    return sorted(paths, key=lambda one: (without_accents(one.name.casefold()), one.association_id))


def find(key: str) -> Figure | None:
    """The figure that an address names."""
    return _BY_KEY.get(key)


def _of_step(step: Step) -> Callable[[Path], Row | None]:
    return lambda path: Row(path, path.reached[step]) if path.is_inside and step in path.reached else None


def _of_axis(key: str) -> Callable[[Path], Row | None]:
    def row(path: Path) -> Row | None:
        moved = path.axes.get(key) if path.is_inside else None
        note = _("de %(before)s à %(now)s", before=round(moved.before), now=round(moved.now)) if moved else ""
        return Row(path, path.last_at, note) if moved else None

    return row


def _in_share(path: Path, *, started: bool | None) -> Row | None:
    """Of those that received a recommendation; None for all of them."""
    counts = path.is_inside and path.received_at is not None and started in (None, Step.STARTED in path.reached)
    at = path.received_at if started is None else path.reached.get(Step.STARTED) or path.received_at
    return Row(path, at) if counts else None


def _compared(path: Path) -> Row | None:
    if not (path.is_inside and path.axes and path.questions):
        return None
    return Row(path, path.last_at, _("%(n)s questions sur %(all)s", n=path.questions[0], all=path.questions[1]))


def _shared(name: str, *, by_month: bool) -> Callable[[Path], Row | None]:
    """What an association shares since its workshop; with ``by_month`` each month of it."""

    def row(path: Path) -> Row | None:
        months = path.since_workshop if path.is_inside else ()
        counts = [getattr(one.figures, name) for one in months]
        words = _("%(n)s depuis l'atelier", n=shared.add(counts).words)
        each = ", ".join(_in_month(one, count) for one, count in zip(months, counts, strict=True))
        note = f"{words} ({each})" if by_month else words
        return Row(path, path.reached[Step.WORKSHOP], note) if months else None

    return row


def _of_ages(path: Path) -> Row | None:
    ends = shared.ends(path.months) if path.is_inside else None
    if ends is None:
        return None
    first, last = (show_month(one.month) for one in ends)
    return Row(path, None, _("de %(first)s à %(last)s", first=first, last=last))


def _of_band(band: str) -> Callable[[Path], Row | None]:
    """The volunteers of an age band, month after month; those whose band is hidden at one end are out of the count."""

    def row(path: Path) -> Row | None:
        ends = shared.ends(path.months) if path.is_inside else None
        if ends is None or any(getattr(one.figures, band) is None for one in ends):
            return None
        return Row(path, None, ", ".join(_in_month(one, shared.age(one, band)) for one in path.months))

    return row


def _in_month(one: Month, count: int | None) -> str:
    return f"{show_month(one.month)} : {_('moins de 5') if count is None else show_number(count)}"


_SHARED = _("Des mois que les associations partagent, à partir de celui de leur premier atelier.")
_BAND = _("Associations qui en ont cinq au moins au premier et au dernier mois qu'elles partagent. Comptés par cinq.")
FIGURES = (
    *(Figure(step.value, WORDS[step], "", _of_step(step)) for step in Step),
    Figure(
        "recommandees",
        _("Ont reçu une recommandation"),
        _("Un outil au moins leur a été recommandé."),
        lambda path: _in_share(path, started=None),
    ),
    Figure(
        "ont-demarre",
        _("Ont démarré un outil recommandé"),
        _("Une recommandation au moins est démarrée ou déployée."),
        lambda path: _in_share(path, started=True),
    ),
    Figure(
        "pas-encore",
        _("Pas encore démarré"),
        _("Une recommandation au moins leur a été faite, aucune n'est démarrée."),
        lambda path: _in_share(path, started=False),
    ),
    Figure(
        "sans-recommandation",
        _("Sans recommandation"),
        _("Hors du compte : rien ne leur a été recommandé."),
        lambda path: Row(path) if path.is_inside and path.received_at is None else None,
    ),
    Figure(
        "sorties",
        _("Sorties de la cohorte"),
        _("Hors du compte : elles ne suivent plus le programme."),
        lambda path: None if path.is_inside else Row(path),
    ),
    Figure(
        "premier-sms",
        _("Premier vrai SMS parti"),
        "",
        lambda path: Row(path, path.first_sent_at) if path.is_inside and path.first_sent_at else None,
    ),
    Figure("sms", _("SMS partis"), _SHARED, _shared("texts", by_month=True)),
    Figure("places", _("Places de mission remplies"), _SHARED, _shared("places", by_month=False)),
    Figure(
        "partagent",
        _("Partagent leurs chiffres"),
        _("Elles ont dit oui à des nombres par mois ; leur espace n'est pas lu."),
        lambda path: Row(path) if path.is_inside and path.is_sharing else None,
    ),
    Figure(
        "comparees",
        _("Deux diagnostics à comparer"),
        _("Diagnostic fait au début et à la fin : les mêmes questions, répondues aux deux dates."),
        _compared,
    ),
    Figure(
        "rien-a-comparer",
        _("Rien de comparable"),
        _("Deux diagnostics faits, et trop peu de réponses connues aux deux."),
        lambda path: Row(path, path.last_at) if path.is_inside and path.questions and not path.axes else None,
    ),
    Figure("ages", _("L'âge des bénévoles"), _("Deux mois partagés, et l'âge de la moitié des bénévoles."), _of_ages),
    *(
        Figure(
            f"age-{band}",
            _("Bénévoles : %(age)s", age=BANDS[band]),
            _BAND,
            _of_band(band),
        )
        for band in shared.KNOWN
    ),
    *(
        Figure(f"axe-{axis.value}", words, _("Diagnostic fait au début et à la fin."), _of_axis(axis.value))
        for axis, words in LONG.items()
    ),
)
_BY_KEY = {one.key: one for one in FIGURES}
