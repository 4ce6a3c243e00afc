"""What a program may hear of, and the words in which it hears it. Pure.

A delivery names rows by their ids and says what became of them. Names, numbers and texts are asked of the API, with a
key that may see them: what was sent cannot be taken back when somebody is erased.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.french import typography
from app.french.language import _


class Kind(StrEnum):
    """The name of an event, as a program subscribes to it."""

    CAMPAIGN_FINISHED = "campaign.finished"
    MESSAGE_FINAL = "message.final"
    CONTACT_OPTED_OUT = "contact.opted_out"
    ANSWER_RECEIVED = "answer.received"


_WORDS = {
    Kind.CAMPAIGN_FINISHED: (_("Un envoi est terminé"), _("Avec ses comptes et son prix.")),
    Kind.MESSAGE_FINAL: (
        _("On sait ce qu'un SMS est devenu"),
        _("Une nouvelle par SMS : autant que de bénévoles dans un envoi."),
    ),
    Kind.CONTACT_OPTED_OUT: (
        _("Quelqu'un ne veut plus de SMS"),
        _("Par un lien, un STOP, un fichier ou votre équipe."),
    ),
    Kind.ANSWER_RECEIVED: (_("Quelqu'un a répondu"), _("À une mission, ou par un SMS ; sans ses mots.")),
}


def name(kind: Kind) -> str:
    """What happened, in French."""
    return typography.set_type(_WORDS[kind][0])


def options() -> list[tuple[str, str, str]]:
    """For checkbox cards: word, name, what it brings."""
    return [(kind.value, name(kind), typography.set_type(brings)) for kind, (_name, brings) in _WORDS.items()]


def body(*, public_id: str, kind: Kind, space: str, at: datetime, data: Mapping[str, Any]) -> bytes:
    """The JSON that is signed and sent; the same bytes at every attempt."""
    words = {"id": public_id, "type": kind.value, "at": at.isoformat(), "space": space, "data": data}
    return json.dumps(words, sort_keys=True, separators=(",", ":")).encode()
