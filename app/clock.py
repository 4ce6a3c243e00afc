"""The one place that asks what time it is; everyone else receives ``now``."""

import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from app.french.language import _

PARIS = ZoneInfo("Europe/Paris")
ZONES = {
    "Europe/Paris": _("France métropolitaine"),
    "America/Guadeloupe": _("Guadeloupe"),
    "America/Martinique": _("Martinique"),
    "America/Cayenne": _("Guyane"),
    "Indian/Reunion": _("La Réunion"),
    "Indian/Mayotte": _("Mayotte"),
    "America/Miquelon": _("Saint-Pierre-et-Miquelon"),
    "Pacific/Noumea": _("Nouvelle-Calédonie"),
    "Pacific/Tahiti": _("Polynésie française"),
    "Pacific/Wallis": _("Wallis-et-Futuna"),
}
"""Where an association may be: {IANA name of the zone: its name}."""


def utc_now() -> datetime:
    """The present instant, aware and in UTC."""
    return datetime.now(UTC)


def is_doubtful(wall: datetime, zone: ZoneInfo) -> bool:
    """Whether a clock in ``zone`` shows ``wall``, a day and hour without a zone, never or twice: its hour changes."""
    first, second = (wall.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    return first != second


def awake_s() -> float:
    """Seconds that never go back, from an arbitrary beginning. On Linux they count a machine's sleep too."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
