"""Where an application stands: the states, and the one table of the changes that may be made. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.errors import Conflict, RuleBroken
from app.french.language import _


class State(StrEnum):
    """From the draft to the decision."""

    DRAFT = "draft"
    FILED = "filed"
    REVIEW = "review"
    KEPT = "kept"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


WORDS: Mapping[State, str] = {
    State.DRAFT: _("brouillon"),
    State.FILED: _("déposée"),
    State.REVIEW: _("en étude"),
    State.KEPT: _("retenue"),
    State.REFUSED: _("refusée"),
    State.WITHDRAWN: _("désistée"),
}


class Who(StrEnum):
    """Who makes a change: the association, the programme's staff by a button, or the publication of decisions."""

    APPLICANT = "applicant"
    STAFF = "staff"
    PUBLICATION = "publication"


@dataclass(frozen=True)
class Change:
    """A change of state as a button names it, and by whom it is made."""

    verb: str
    by: frozenset[Who]
    needs_reason: bool = False


_APPLICANT = frozenset({Who.APPLICANT})
_STAFF = frozenset({Who.STAFF})
_BOTH = frozenset({Who.APPLICANT, Who.STAFF})
_PUBLISHED = frozenset({Who.PUBLICATION})
_WITHDRAW = Change(_("Noter un désistement"), _BOTH, needs_reason=True)

CHANGES: Mapping[tuple[State, State], Change] = {
    (State.DRAFT, State.FILED): Change(_("Déposer"), _APPLICANT),
    (State.DRAFT, State.WITHDRAWN): _WITHDRAW,
    (State.FILED, State.REVIEW): Change(_("Commencer l'étude"), _STAFF),
    (State.FILED, State.DRAFT): Change(_("Rendre au brouillon"), _STAFF, needs_reason=True),
    (State.FILED, State.WITHDRAWN): _WITHDRAW,
    (State.REVIEW, State.FILED): Change(_("Remettre à lire"), _STAFF, needs_reason=True),
    (State.REVIEW, State.WITHDRAWN): _WITHDRAW,
    (State.REVIEW, State.KEPT): Change(_("Retenir"), _PUBLISHED),
    (State.REVIEW, State.REFUSED): Change(_("Refuser"), _PUBLISHED),
    (State.KEPT, State.REFUSED): Change(_("Refuser après coup"), _PUBLISHED, needs_reason=True),
    (State.KEPT, State.WITHDRAWN): _WITHDRAW,
    (State.REFUSED, State.KEPT): Change(_("Retenir après coup"), _PUBLISHED, needs_reason=True),
    (State.WITHDRAWN, State.DRAFT): Change(_("Reprendre"), _BOTH, needs_reason=True),
    (State.WITHDRAWN, State.FILED): Change(_("Reprendre"), _BOTH, needs_reason=True),
}
"""{(from, to): how}: what is not here cannot be done."""

DECIDED = (State.KEPT, State.REFUSED)
JUDGED = (State.FILED, State.REVIEW)
"""What waits for a decision."""


def following(state: State, who: Who, *, was_filed: bool) -> list[tuple[State, Change]]:
    """What ``who`` may make of an application in ``state``. One that was filed never goes back further than that."""
    return [
        (after, change)
        for (before, after), change in CHANGES.items()
        if before is state and who in change.by and _goes_back_right(before, after, was_filed)
    ]


def check(before: State, after: State, who: Who, reason: str, *, was_filed: bool) -> None:
    """Refuse a change that cannot be made, or one without the reason it needs. Raises Conflict or RuleBroken."""
    change = CHANGES.get((before, after))
    if change is None or who not in change.by or not _goes_back_right(before, after, was_filed):
        sentence = _("Ce n'est plus possible : cette candidature est « %(state)s ».", state=WORDS[before])
        raise Conflict("application_elsewhere", sentence)
    if change.needs_reason and not reason:
        sentence = _("Dites pourquoi, en quelques mots : la raison reste dans le dossier.")
        raise RuleBroken("reason_missing", sentence, fields={"reason": sentence})


def _goes_back_right(before: State, after: State, was_filed: bool) -> bool:
    """A withdrawn one comes back as what it was: a draft, or filed."""
    return before is not State.WITHDRAWN or (after is State.FILED) == was_filed
