"""Where a recommendation stands: the states, and the changes that may be made. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.errors import Conflict, RuleBroken
from app.french.language import _


class State(StrEnum):
    """From a proposal to a tool in use; one that is given up keeps its line, with the reason."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    STARTED = "started"
    DEPLOYED = "deployed"
    ABANDONED = "abandoned"
    DISMISSED = "dismissed"


WORDS: Mapping[State, str] = {
    State.PROPOSED: _("proposée"),
    State.ACCEPTED: _("acceptée"),
    State.STARTED: _("démarrée"),
    State.DEPLOYED: _("déployée"),
    State.ABANDONED: _("abandonnée"),
    State.DISMISSED: _("écartée"),
}
OPEN = frozenset({State.PROPOSED, State.ACCEPTED, State.STARTED})
"""On the table of the association: three at a time at most."""
FOLLOWED = frozenset({State.ACCEPTED, State.STARTED})
"""What a day of follow-up means something for."""
COUNTED = frozenset({State.STARTED, State.DEPLOYED})
"""What the share of associations that began to deploy counts."""
LADDER = (State.PROPOSED, State.ACCEPTED, State.STARTED, State.DEPLOYED)
"""The way up, one step after the other."""


@dataclass(frozen=True)
class Change:
    """A change of state as a button names it. ``is_back``: it undoes a step rather than taking one."""

    verb: str
    needs_reason: bool = False
    is_back: bool = False


CHANGES: Mapping[tuple[State, State], Change] = {
    (State.PROPOSED, State.ACCEPTED): Change(_("Accepter")),
    (State.PROPOSED, State.DISMISSED): Change(_("Écarter"), needs_reason=True),
    (State.ACCEPTED, State.STARTED): Change(_("Démarrer")),
    (State.ACCEPTED, State.PROPOSED): Change(_("Revenir à « proposée »"), is_back=True),
    (State.ACCEPTED, State.DISMISSED): Change(_("Écarter"), needs_reason=True),
    (State.STARTED, State.DEPLOYED): Change(_("C'est déployé")),
    (State.STARTED, State.ACCEPTED): Change(_("Revenir à « acceptée »"), is_back=True),
    (State.STARTED, State.ABANDONED): Change(_("Abandonner"), needs_reason=True),
    (State.DEPLOYED, State.STARTED): Change(_("Revenir à « démarrée »"), is_back=True),
    (State.DEPLOYED, State.ABANDONED): Change(_("Abandonner"), needs_reason=True),
    (State.ABANDONED, State.STARTED): Change(_("Reprendre"), is_back=True),
    (State.DISMISSED, State.PROPOSED): Change(_("Proposer de nouveau"), is_back=True),
}
"""{(from, to): how}: what is not here cannot be done."""


def following(state: State, *, is_withdrawn: bool = False) -> list[tuple[State, Change]]:
    """What may be made of a recommendation in ``state``, in the order of the buttons.

    ``is_withdrawn``: its tool is recommended no more; who had accepted it may go on, nobody takes it up.
    """
    known = [(after, change) for (before, after), change in CHANGES.items() if before is state]
    return [one for one in known if not (is_withdrawn and state is not State.ACCEPTED and takes_up(state, one[0]))]


def takes_up(before: State, after: State) -> bool:
    """Whether the change puts the tool on the table, or further on it, rather than undoing a step."""
    return after in OPEN and not (CHANGES[before, after].is_back and before in (*OPEN, State.DEPLOYED))


def check(before: State, after: State, reason: str) -> Change:
    """The change, unless it cannot be made or lacks the reason it needs. Raises Conflict or RuleBroken."""
    change = CHANGES.get((before, after))
    if change is None:
        raise Conflict(
            "state_unchanged",
            _("Cette recommandation est « %(state)s » : rouvrez la page pour voir ce qu'on peut en faire.",
              state=WORDS[before]),
        )  # fmt: skip
    if change.needs_reason and not reason:
        sentence = _("Dites pourquoi, en quelques mots : cela sert à mieux choisir la prochaine fois.")
        raise RuleBroken("reason_missing", sentence, fields={"reason": sentence})
    return change
