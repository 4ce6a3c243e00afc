"""What a merge moves of dates: one place each, with the latest answer."""

from app.contacts.merging.moving import Moved, Moves, Values, by
from app.events.models import Registration
from app.french.language import ngettext


def _latest(mine: Values, theirs: Values) -> Values:
    """The survivor's place after the merge: the later answer, and there if either was."""
    there = {mine["attended"], theirs["attended"]}
    place: Values = {
        "attended": True if True in there else False if False in there else None,
        "mailing_id": mine["mailing_id"] or theirs["mailing_id"],
    }
    later = theirs["answered_at"] is not None and (
        mine["answered_at"] is None or theirs["answered_at"] > mine["answered_at"]
    )
    return {**place, "answer": theirs["answer"], "answered_at": theirs["answered_at"]} if later else place


MOVES = Moves(
    tables=(
        Moved(
            table=Registration,
            same=by("event_id"),
            fold=_latest,
            came_at="answered_at",
            told=lambda n: ngettext("%(n)s réponse à une date depuis", "%(n)s réponses à des dates depuis", n),
        ),
    )
)
