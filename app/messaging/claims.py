"""A letter in one dispatcher's hand, and how long it may be there."""

from dataclasses import dataclass
from datetime import datetime

from app.carrier.gate import Account
from app.carrier.protocol import Outgoing
from app.settings import Settings

STEP_BACK_S = 1.0
"""So little may a clock go back when it is set right, and a claim still be fresh."""


@dataclass(frozen=True)
class Claimed:
    """A letter that one dispatcher alone holds, with all it takes to send it."""

    message_id: int
    mailing_id: int
    space_id: int
    account: Account
    text: Outgoing
    claimed_at: datetime


class Unclaimable(Exception):
    """A mailing whose turn fails, by its own rows: the others go on without it. Its cause tells why."""

    def __init__(self, mailing_id: int) -> None:
        super().__init__(f"mailing {mailing_id}")
        self.mailing_id = mailing_id


def is_too_old(claimed: Claimed, *, settings: Settings, now: datetime) -> bool:
    """Whether a claim has been held so long that others may take its dispatcher for dead: it must not be sent.

    A machine that slept wakes with old claims in hand, which a reconciler may have concluded about meanwhile. A clock
    that went back since the claim says nothing of how long that was.
    """
    held_s = (now - claimed.claimed_at).total_seconds()
    return not -STEP_BACK_S <= held_s <= settings.doubt_after_s - settings.carrier_timeout_s
