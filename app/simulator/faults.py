"""How the carrier behaves today: slow, refusing, silent… set by a trainer or a test, kept for each account."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from app.simulator.refusals import Misasked

LONGEST_MS = 600_000
MAX_A_DAY = 1_000_000


@dataclass(frozen=True, slots=True)
class Faults:
    """Rates go from 0 to 1 and are drawn apart for each message; all zeros is fair weather.

    ``refuse_rate`` answers 500 and ``busy_rate`` 429, storing nothing. ``silence_rate`` accepts and never reports,
    though the message's own page still tells the truth. ``cut_after_accept_rate`` stores the message, then hangs up.
    ``day_limit`` is how many messages are accepted from the moment this weather is set, None for as many as come; every
    other is answered 429 with 63038 until another weather, or the same again, begins a new day.
    ``repeat_callbacks`` posts a callback again and again for minutes until somebody answers it; without it one is
    lost as Twilio loses it.
    """

    latency_ms: int = 0
    refuse_rate: float = 0.0
    busy_rate: float = 0.0
    silence_rate: float = 0.0
    cut_after_accept_rate: float = 0.0
    receipt_delay_ms: int = 0
    duplicate_rate: float = 0.0
    shuffle: bool = False
    repeat_callbacks: bool = False
    day_limit: int | None = None

    def to_json(self) -> dict[str, int | float | bool | None]:
        return asdict(self)


def read_faults(asked: object) -> Faults:
    """The weather in a JSON body; what is left out is fair."""
    if not isinstance(asked, Mapping):
        raise Misasked("weather_not_an_object", "La météo attendue est un objet JSON.")
    known = {field.name: field.type for field in fields(Faults)}
    for name, value in asked.items():
        if name not in known:
            raise Misasked("weather_unknown_name", f"« {name} » n'est pas un réglage de la météo.")
        _check(str(name), value)
    return Faults(**asked)


def _check(name: str, value: object) -> None:
    if name in ("shuffle", "repeat_callbacks"):
        if not isinstance(value, bool):
            raise Misasked("weather_bad_value", f"« {name} » doit être true ou false.")
    elif name == "day_limit":
        if value is not None and not _is_whole(value, MAX_A_DAY):
            limits = f"un nombre entier de SMS, de 0 à {MAX_A_DAY}, ou null"
            raise Misasked("weather_bad_value", f"« {name} » doit être {limits}.")
    elif name.endswith("_ms"):
        if not _is_whole(value, LONGEST_MS):
            limits = f"un nombre entier de millisecondes, de 0 à {LONGEST_MS}"
            raise Misasked("weather_bad_value", f"« {name} » doit être {limits}.")
    elif not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 1:
        raise Misasked("weather_bad_value", f"« {name} » doit être un nombre entre 0 et 1.")


def _is_whole(value: object, max: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= max
