"""The simulator's weather as a lesson: what happens when things go wrong."""

from dataclasses import dataclass

from app.errors import RuleBroken
from app.language import _


@dataclass(frozen=True)
class Weather:
    """A kind of weather: its name, what it teaches, and what is told to the simulator."""

    key: str
    name: str
    lesson: str
    words: dict[str, float | int | bool]


FINE = Weather("fine", _("Beau temps"), _("Les SMS arrivent tout de suite."), {})
ALL = (
    FINE,
    Weather(
        "slow",
        _("Réseau lent"),
        _("Les SMS restent « en route » plusieurs secondes : on n'envoie pas deux fois."),
        {"latency_ms": 400, "receipt_delay_ms": 6000},
    ),
    Weather(
        "storm",
        _("Tempête"),
        _("Des réponses de l'opérateur se perdent : « Peut-être parti », on attend."),
        {"refuse_rate": 0.1, "busy_rate": 0.2, "silence_rate": 0.2, "duplicate_rate": 0.3, "shuffle": True},
    ),
    Weather(
        "limit",
        _("Trop d'un coup"),
        _("L'opérateur demande de ralentir : la suite part toute seule, plus tard."),
        {"busy_rate": 0.6},
    ),
)


def find(key: str) -> Weather:
    """The weather of a word. Raises RuleBroken."""
    for one in ALL:
        if one.key == key:
            return one
    raise RuleBroken("weather_unknown", _("Ce temps n'existe pas."))
