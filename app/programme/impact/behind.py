"""The associations behind each figure: a name, what it counts, and when each came to it. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.french.language import _
from app.programme.diagnostic.axes import LONG
from app.programme.impact.paths import WORDS, Path, Step


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
        found = [self.row(path) for path in sorted(paths, key=lambda one: one.name.casefold())]
        return [one for one in found if one is not None]


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


def _in_share(path: Path, *, started: bool) -> Row | None:
    counts = path.is_inside and path.received_at is not None and (Step.STARTED in path.reached) is started
    return Row(path, path.reached.get(Step.STARTED) or path.received_at) if counts else None


def _took_part(function: str) -> Callable[[Path], Row | None]:
    def row(path: Path) -> Row | None:
        return Row(path, path.last_at) if path.is_inside and path.last_at and function in path.took_part else None

    return row


FIGURES = (
    *(Figure(step.value, WORDS[step], "", _of_step(step)) for step in Step),
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
    Figure("direction", _("La direction a répondu au diagnostic de fin"), "", _took_part("director")),
    Figure("conseil", _("Le conseil d'administration a répondu au diagnostic de fin"), "", _took_part("board")),
    *(
        Figure(f"axe-{axis.value}", words, _("Diagnostic fait au début et à la fin."), _of_axis(axis.value))
        for axis, words in LONG.items()
    ),
)
_BY_KEY = {one.key: one for one in FIGURES}
