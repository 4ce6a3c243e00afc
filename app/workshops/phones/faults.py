"""The simulator's weather as a lesson: what happens when things go wrong."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.models import Space
from app.accounts.principal import Principal
from app.errors import RuleBroken
from app.french.language import _
from app.settings import Settings
from app.workshops import acts
from app.workshops.models import Workshop
from app.workshops.phones.client import Handsets


@dataclass(frozen=True)
class Faults:
    """A kind of weather: its name, what it teaches, what is told to the simulator, and whether a night ends it."""

    key: str
    name: str
    lesson: str
    words: dict[str, float | int | bool]
    is_of_the_day: bool = False


FINE = Faults("fine", _("Tout va bien"), _("Les SMS arrivent tout de suite."), {})
ALL = (
    FINE,
    Faults(
        "slow",
        _("Réseau lent"),
        _("Les SMS restent « en route » plusieurs secondes : on n'envoie pas deux fois."),
        {"latency_ms": 400, "receipt_delay_ms": 6000},
    ),
    Faults(
        "storm",
        _("Réponses perdues"),
        _("Des réponses de l'opérateur se perdent : « Peut-être parti », on attend."),
        {"refuse_rate": 0.1, "busy_rate": 0.2, "silence_rate": 0.2, "duplicate_rate": 0.3, "shuffle": True},
    ),
    Faults(
        "limit",
        _("Opérateur saturé"),
        _("L'opérateur demande de ralentir : la suite part toute seule, plus tard."),
        {"busy_rate": 0.6},
    ),
    Faults(
        "day_limit",
        _("Limite du jour atteinte"),
        _(
            "Cinq SMS partent, puis l'opérateur dit « La suite part demain » : "
            "« Avancer jusqu'au prochain rappel » la fait partir."
        ),
        {"day_limit": 5},
        is_of_the_day=True,
    ),
)


AT_ONCE = 8
"""How many copies are told together."""


def find(key: str) -> Faults:
    """The faults by their key. Raises RuleBroken."""
    for one in ALL:
        if one.key == key:
            return one
    raise RuleBroken("weather_unknown", _("Cette panne n'existe pas."))


def set_everywhere(spaces: Iterable[Space], chosen: Faults, settings: Settings) -> None:
    """Tell the simulator, for each copy. Raises SimulatorSilent, perhaps after some of them."""

    def tell(space: Space) -> None:
        with Handsets(space, settings) as handsets:
            handsets.set_faults(chosen.words)

    # A trainer's press waits for the slowest of a room's forty copies, not for their sum.
    with ThreadPoolExecutor(AT_ONCE) as hands:
        list(hands.map(tell, spaces))


def note(session: Session, workshop: Workshop, chosen: Faults, *, by: Principal, now: datetime) -> None:
    """Remember what was chosen, for the room's screen and for who comes in later."""
    workshop.weather = chosen.key
    activity.record(
        session,
        workshop.space_id,
        acts.WEATHER_CHANGED,
        by=by,
        now=now,
        subject_id=workshop.id,
        weather=chosen.key,
    )


def current(workshop: Workshop) -> Faults:
    """The weather of the room: starting again brings the fine one back."""
    return next((one for one in ALL if one.key == workshop.weather), FINE)
