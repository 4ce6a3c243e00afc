"""What becomes of a text to a number of fiction, by its last two digits: the simulator's endings, as a room meets them.

The simulator is a server that nothing here imports; a test holds this table against its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

STOPPED = 21610
"""The carrier's code for somebody who said STOP to it."""


@dataclass(frozen=True)
class Fate:
    """Refused with a code of the carrier; or accepted, and its reports in their order: (status, code)."""

    refused: int | None = None
    reports: Sequence[tuple[str, int | None]] = ()

    @property
    def rings(self) -> bool:
        """Whether the text is ever seen on a phone."""
        return ("delivered", None) in self.reports

    @property
    def is_bad_number(self) -> bool:
        """Whether the carrier says that it cannot arrive, of itself and not because somebody refused it."""
        codes = {self.refused, *(code for _status, code in self.reports)} - {None}
        return bool(codes - {STOPPED})


USUAL = Fate(reports=(("sent", None), ("delivered", None)))
FATES: Mapping[str, Fate] = {
    "00": Fate(reports=(("sent", None), ("undelivered", 30003))),  # phone off
    "01": Fate(reports=(("sent", None), ("undelivered", 30005))),  # unknown number
    "02": Fate(refused=21614),  # a landline
    "03": Fate(refused=STOPPED),
    "04": Fate(reports=(("sent", None), ("undelivered", 30007))),  # filtered
    "05": Fate(reports=(("sent", None),)),  # never a final report
    "07": Fate(reports=(("delivered", None), ("delivered", None), ("sent", None), ("sent", None))),
}
NEVER_RING = tuple(ending for ending, fate in FATES.items() if not fate.rings)
"""Endings of phones that show nothing: none to look at on the wall, nor to hold."""
BAD_NUMBERS = tuple(ending for ending, fate in FATES.items() if fate.is_bad_number)


def of(phone: str) -> Fate:
    """What becomes of a text to this phone without any fault switched on."""
    return FATES.get(phone[-2:], USUAL)
