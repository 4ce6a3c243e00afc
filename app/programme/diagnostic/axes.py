"""The words of the diagnostic: its six axes, its answers, its moments, its bands. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from app.french.language import _


class Axis(StrEnum):
    """What five questions are about; its value is the letter that their keys begin with."""

    RECRUIT = "R"
    TRAIN = "F"
    MOBILISE = "M"
    VALUE = "V"
    GOVERN = "G"
    PROTECT = "D"


SHORT: Mapping[Axis, str] = {
    Axis.RECRUIT: _("Recruter"),
    Axis.TRAIN: _("Former"),
    Axis.MOBILISE: _("Mobiliser"),
    Axis.VALUE: _("Valoriser"),
    Axis.GOVERN: _("Gouverner"),
    Axis.PROTECT: _("Protéger"),
}
LONG: Mapping[Axis, str] = {
    **SHORT,
    Axis.TRAIN: _("Former et accueillir"),
    Axis.MOBILISE: _("Mobiliser et informer"),
    Axis.VALUE: _("Valoriser et fidéliser"),
    Axis.PROTECT: _("Protéger les données"),
}
PATHS: Mapping[str, Axis] = {
    "recruter": Axis.RECRUIT,
    "former": Axis.TRAIN,
    "mobiliser": Axis.MOBILISE,
    "valoriser": Axis.VALUE,
    "gouverner": Axis.GOVERN,
    "proteger": Axis.PROTECT,
}
"""How an address names an axis, in the order of the pages."""


class Moment(StrEnum):
    """When a diagnostic is taken: as the cohort starts, and as it ends."""

    T0 = "T0"
    T1 = "T1"


MOMENTS: Mapping[str, Moment] = {"debut": Moment.T0, "fin": Moment.T1}
"""How an address names a moment."""
PATH_OF: Mapping[Moment, str] = {moment: path for path, moment in MOMENTS.items()}
MOMENT_WORDS: Mapping[Moment, str] = {Moment.T0: _("début"), Moment.T1: _("fin")}

Answer = int | None
"""From 0 to 3; None is « Je ne sais pas », which counts in no mean."""
MAX_ANSWER = 3
UNKNOWN = "?"
"""« Je ne sais pas » as a form sends it."""
ANSWERS: Mapping[str, str] = {
    "0": _("Non, rien"),
    "1": _("Un peu, ça dépend des personnes"),
    "2": _("Oui, c'est organisé"),
    "3": _("Oui, et on vérifie que ça marche"),
    UNKNOWN: _("Je ne sais pas"),
}
"""{what a form sends: what people read}"""


def sent(answer: Answer) -> str:
    """An answer as a form sends it."""
    return UNKNOWN if answer is None else str(answer)


def read(raw: str) -> Answer:
    """The answer that a form sent. Raises ValueError for anything else."""
    if raw not in ANSWERS:
        raise ValueError(raw)
    return None if raw == UNKNOWN else int(raw)


BANDS = ((75, _("exemplaire")), (50, _("solide")), (25, _("en route")), (0, _("à démarrer")))
"""From which score on, what it is called."""


def band(score: int) -> str:
    """The word of a score from 0 to 100."""
    return next(words for least, words in BANDS if score >= least)
