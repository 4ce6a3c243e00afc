"""What a reviewer thinks, and what is decided. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from app.french.language import _
from app.programme.applications.states import State


class View(StrEnum):
    """A reviewer's own opinion."""

    YES = "yes"
    HOLD = "hold"
    NO = "no"


VIEWS: Mapping[View, str] = {
    View.YES: _("Plutôt retenir"),
    View.HOLD: _("J'hésite"),
    View.NO: _("Plutôt refuser"),
}


class Decision(StrEnum):
    """What is published of an application."""

    KEPT = "kept"
    REFUSED = "refused"

    @property
    def state(self) -> State:
        """Where it brings the application."""
        return State(self.value)


DECISIONS: Mapping[Decision, str] = {Decision.KEPT: _("Retenue"), Decision.REFUSED: _("Refusée")}
