"""What became of a message: one table makes the order and the repetition of reports harmless."""

from enum import StrEnum

from app.french.language import _


class Status(StrEnum):
    """Where a message stands. QUEUED and SENDING are ours, the others come from the carrier, save WITHDRAWN."""

    QUEUED = "queued"
    SENDING = "sending"
    UNKNOWN = "unknown"
    """The carrier went silent while we handed it over: perhaps sent, never retried blindly."""
    ACCEPTED = "accepted"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"
    """Taken back before anybody claimed it: a cancelled campaign, an opt-out, a window gone by."""


FINAL = frozenset({Status.DELIVERED, Status.UNDELIVERED, Status.FAILED, Status.WITHDRAWN})
"""What nothing follows, save what ``reopens`` says: a later report is kept as a receipt and changes nothing."""
CARRIED = frozenset({Status.ACCEPTED, Status.SENT, Status.DELIVERED, Status.UNDELIVERED})
"""What only a message that the carrier took can be."""

WAITING = (Status.QUEUED,)
MOVING = (Status.SENDING, Status.UNKNOWN, Status.ACCEPTED, Status.SENT)
ARRIVED = (Status.DELIVERED,)
LOST = (Status.UNDELIVERED, Status.FAILED, Status.WITHDRAWN)
"""What each of the four words that a référente reads holds."""

_FINAL_RANK = 5
_RANK = {
    Status.QUEUED: 0,
    Status.SENDING: 1,
    Status.UNKNOWN: 2,
    Status.ACCEPTED: 3,
    Status.SENT: 4,
    Status.DELIVERED: _FINAL_RANK,
    Status.UNDELIVERED: _FINAL_RANK,
    Status.FAILED: _FINAL_RANK,
    Status.WITHDRAWN: _FINAL_RANK,
}

_CARRIER = {
    "accepted": Status.ACCEPTED,
    "scheduled": Status.ACCEPTED,
    "queued": Status.ACCEPTED,
    "sending": Status.ACCEPTED,
    "sent": Status.SENT,
    "delivered": Status.DELIVERED,
    "read": Status.DELIVERED,
    "undelivered": Status.UNDELIVERED,
    "failed": Status.FAILED,
    "canceled": Status.FAILED,
}

_WAITING, _LEFT, _ARRIVED, _LOST = (
    _("En attente"),
    _("En route"),
    _("Arrivé (pas forcément lu)"),
    _("Pas arrivé"),
)
_PLAIN = {
    status: words
    for words, held in ((_WAITING, WAITING), (_LEFT, MOVING), (_ARRIVED, ARRIVED), (_LOST, LOST))
    for status in held
}
_EXACT = {
    Status.QUEUED: _("En attente de son tour."),
    Status.SENDING: _("En cours de remise à l'opérateur."),
    Status.UNKNOWN: _("Peut-être parti. Nous vérifions, ne renvoyez pas."),
    Status.ACCEPTED: _("Pris en charge par l'opérateur."),
    Status.SENT: _("Parti vers le téléphone, sans nouvelle pour l'instant."),
    Status.DELIVERED: _("Arrivé sur le téléphone."),
    Status.UNDELIVERED: _("Parti, mais pas arrivé sur le téléphone."),
    Status.FAILED: _("Refusé : il n'est pas parti."),
    Status.WITHDRAWN: _("Retiré avant de partir."),
}


def advance(current: Status, reported: Status) -> Status:
    """The status after a report, whatever the order the reports arrive in; the first final one wins.

    Only a queued message can be withdrawn: once claimed it may already be on its way, and its receipts count.
    """
    if reported is Status.WITHDRAWN and current is not Status.QUEUED:
        return current
    return reported if _RANK[reported] > _RANK[current] else current


def reopens(current: Status, reported: Status, *, is_concluded: bool, is_replaced: bool) -> bool:
    """Whether a report undoes an end: one of ours, concluded from silence, or that of a try which another replaces."""
    if current is Status.FAILED and is_concluded:
        return reported in CARRIED
    return is_replaced and current in FINAL and reported is Status.DELIVERED


def from_carrier(word: str) -> Status | None:
    """Our status for Twilio's word; None for a word we do not know, which is stored and moves nothing."""
    return _CARRIER.get(word.strip().lower())


def plain(status: Status) -> str:
    """One of the four words that a référente reads."""
    return _PLAIN[status]


def exact(status: Status) -> str:
    """The exact state in a sentence, one click behind the plain word."""
    return _EXACT[status]
