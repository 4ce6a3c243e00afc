"""Was anybody forgotten, was anybody texted twice? The simulator's ledger against the people and their messages."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from app.campaigns.models import Campaign
from app.campaigns.rules import Stage
from app.contacts.models import Contact
from app.messaging.models import Message
from app.messaging.status import FINAL, Status

REFUSED = ("02", "03")
"""A carrier never takes a text to these."""
OFF = 30003
"""The carrier's code for a phone that is off: its owner is owed one more try, and never saw the first."""
UNTOLD = "05"
"""Nobody ever says what became of a text to these: it stays « sent »."""
_FACTS = (
    Message.public_id,
    Message.phone,
    Message.status,
    Message.is_latest,
    Message.attempt,
    Message.error_code,
    Message.settled_at,
    Message.created_at,
)


@dataclass(frozen=True)
class Verdict:
    """``lost`` people owed a text never got one. ``doubled`` messages were accepted more than once.

    ``texted_twice`` people got two messages of one campaign: two attempts that were both accepted, and the second is
    not the one later try of a phone that was off. ``unknown`` people's messages are not settled; ``strays`` were
    accepted for no message of ours.
    """

    people: int
    lost: int
    doubled: int
    texted_twice: int
    unknown: int
    strays: int


def judge(session: Session, ledgers: Mapping[int, Iterable[Mapping[str, Any]]]) -> Verdict:
    """``ledgers`` are the simulator's rows by space; each space sent one campaign to all of its people."""
    people = lost = twice = strays = 0
    accepted: Counter[str] = Counter()
    for space_id, rows in ledgers.items():
        told: Counter[str] = Counter()
        for row in rows:
            told[str(row["callback_url"]).rpartition("/")[2]] += int(row["count"])
        messages = session.execute(select(*_FACTS).where(Message.space_id == space_id).order_by(Message.attempt)).all()
        withdrawn = {one.phone for one in messages if one.is_latest and one.status is Status.WITHDRAWN}
        reached = defaultdict(list)
        for one in messages:
            if told[one.public_id]:
                reached[one.phone].append(one)
        phones = session.scalars(select(Contact.phone).where(Contact.space_id == space_id)).all()
        people += len(phones)
        lost += sum(phone not in reached and phone not in withdrawn for phone in phones if phone[-2:] not in REFUSED)
        twice += sum(_is_too_much(tries) for tries in reached.values())
        strays += len(told.keys() - {one.public_id for one in messages})
        accepted += told
    return Verdict(
        people=people,
        lost=lost,
        doubled=sum(times > 1 for times in accepted.values()),
        texted_twice=twice,
        unknown=count_unsettled(session),
        strays=strays,
    )


def _is_too_much(tries: Sequence[Any]) -> bool:
    """Of one person's accepted attempts in their order: whether one was more than the product means to make.

    The later try of a phone that is off is written by the report that says so: one from before it had another cause.
    """
    if len(tries) < 2:
        return False
    first, later = tries[0], tries[1]
    was_off = first.attempt == 1 and first.status is Status.UNDELIVERED and first.error_code == OFF
    return len(tries) > 2 or not (was_off and later.created_at >= first.settled_at)


def count_unsettled(session: Session) -> int:
    """How many people's latest messages still wait for something."""
    untold = (Message.status == Status.SENT) & Message.phone.endswith(UNTOLD)
    settled = or_(Message.status.in_(FINAL), untold)
    return session.scalar(select(func.count()).where(Message.is_latest, ~settled)) or 0


def is_settled(session: Session) -> bool:
    """Whether every campaign has written its messages, and none of them waits."""
    return session.scalar(_writing().limit(1)) is None and count_unsettled(session) == 0


def is_handed_over(session: Session) -> bool:
    """Whether every campaign has written its messages, and the carrier has spoken of each."""
    ours = (Status.QUEUED, Status.SENDING, Status.UNKNOWN)
    waiting = select(Message.id).where(Message.is_latest, Message.status.in_(ours))
    return session.scalar(_writing().limit(1)) is None and session.scalar(waiting.limit(1)) is None


def count_left(session: Session) -> int:
    """How many messages were handed over, or are about to be."""
    waiting = (Status.QUEUED, Status.WITHDRAWN)
    return session.scalar(select(func.count()).where(Message.status.not_in(waiting))) or 0


def _writing() -> Select[int]:
    return select(Campaign.id).where(Campaign.stage.in_((Stage.SCHEDULED, Stage.LAUNCHING)))
