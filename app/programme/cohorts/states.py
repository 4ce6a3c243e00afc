"""Where an association stands in a cohort: the states, and the changes that may be made. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.errors import Conflict, RuleBroken
from app.french.language import _


class MemberState(StrEnum):
    """An invited association takes no place; one that left keeps its line, with the reason."""

    INVITED = "invited"
    INSIDE = "inside"
    LEFT = "left"


WORDS: Mapping[MemberState, str] = {
    MemberState.INVITED: _("invitée"),
    MemberState.INSIDE: _("dans la cohorte"),
    MemberState.LEFT: _("sortie"),
}


@dataclass(frozen=True)
class Change:
    """A change of state as a button names it."""

    verb: str
    needs_reason: bool = False


CHANGES: Mapping[tuple[MemberState, MemberState], Change] = {
    (MemberState.INVITED, MemberState.INSIDE): Change(_("Faire entrer")),
    (MemberState.INVITED, MemberState.LEFT): Change(_("Retirer"), needs_reason=True),
    (MemberState.INSIDE, MemberState.LEFT): Change(_("Faire sortir"), needs_reason=True),
    (MemberState.LEFT, MemberState.INSIDE): Change(_("Faire revenir")),
    (MemberState.LEFT, MemberState.INVITED): Change(_("Inviter de nouveau")),
}
"""{(from, to): how}: what is not here cannot be done."""


def following(state: MemberState) -> list[tuple[MemberState, Change]]:
    """What may be made of an association in ``state``, in the order of the buttons."""
    return [(after, change) for (before, after), change in CHANGES.items() if before is state]


def check(before: MemberState, after: MemberState, reason: str) -> None:
    """Refuse a change that cannot be made, or one without the reason it needs. Raises Conflict or RuleBroken."""
    change = CHANGES.get((before, after))
    if change is None:
        raise Conflict(
            "state_unchanged", _("C'est déjà fait : cette association est « %(state)s ».", state=WORDS[before])
        )
    if change.needs_reason and not reason:
        sentence = _("Dites pourquoi, en quelques mots : on vous le demandera l'an prochain.")
        raise RuleBroken("reason_missing", sentence, fields={"reason": sentence})
