"""After a restore: what left since the copy was taken, told from the carrier's list of what it sent.

A text is known again by its words and its phone. One written anew by this database bears another personal link than the
one that left: their words are compared without it, and the link that is in somebody's pocket is made to open.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts import secrets, spaces
from app.accounts.models import Space
from app.carrier.carriers import CarrierAccount
from app.carrier.protocol import Sighting
from app.database.engine import insert_missing
from app.database.ids import SpaceId
from app.links import service as links
from app.links.models import Link
from app.messaging import messages, tallies
from app.messaging.models import Mailing, MailingState, Message
from app.messaging.receipts import Report, record
from app.messaging.status import Status
from app.settings import Settings

OPEN = (Status.QUEUED, Status.SENDING, Status.UNKNOWN)
"""Where a message stands that may have left without this database knowing."""
CLOCKS = timedelta(seconds=30)
"""How far the carrier's clock and ours may be from one another, as in ``in_doubt``."""


@dataclass(frozen=True)
class Whose:
    """One carrier account, its spaces, and their mailings from which something may still leave."""

    account: CarrierAccount
    space_ids: frozenset[SpaceId]
    mailing_ids: frozenset[int]


def accounts(session: Session, *, settings: Settings) -> list[Whose]:
    """The accounts of which something may leave, or may have left."""
    found: dict[CarrierAccount, tuple[set[SpaceId], set[int]]] = {}
    rows = session.execute(
        select(Space, Mailing.id)
        .join(Mailing, Mailing.space_id == Space.id)
        .where(Mailing.state.in_((MailingState.OPEN, MailingState.PAUSED)))
    )
    for space, mailing_id in rows:
        its = found.setdefault(spaces.account_of(space, settings), (set(), set()))
        its[0].add(space.id)
        its[1].add(mailing_id)
    return [Whose(account, frozenset(mine), frozenset(ids)) for account, (mine, ids) in found.items()]


def is_behind(session: Session, whose: Whose, sightings: Sequence[Sighting], *, settings: Settings) -> bool:
    """Whether the carrier sent a text of ours that this database takes for waiting, or never heard of."""
    for chunk in _chunks(_unbound(session, sightings)):
        near = _messages(session, whose, chunk)
        for seen in chunk:
            mine = [one for one in near.get(seen.phone, ()) if _words(one.body) == _words(seen.body)]
            if any(one.status is not Status.QUEUED for one in mine):
                continue  # in somebody's hands at this instant
            if any(seen.made_at is None or one.created_at <= seen.made_at + CLOCKS for one in mine):
                return True
            if _strange_links(session, seen, settings):
                return True
    return False


def bind(
    session: Session, whose: Whose, sightings: Sequence[Sighting], *, settings: Settings, now: datetime
) -> tuple[int, int]:
    """Give each text that left to its message; how many there were, and how many of ours have no message here."""
    bound = 0
    left = _unbound(session, sightings)
    near = _messages(session, whose, left, lock=True)
    for key in (_words, lambda body: _words(_link_in(settings).sub("", body))):
        rest = []
        for seen in left:
            message = _pop(near.get(seen.phone, []), key, seen.body)
            if message is None:
                rest.append(seen)
            else:
                _give(session, message, seen, settings=settings, now=now)
                bound += 1
        left = rest
    left, again = _bind_later_tries(session, whose, left, settings=settings, now=now)
    bound += again
    return bound, sum(_strange_links(session, seen, settings) for seen in left)


def _pop(near: list[Message], key: Callable[[str], list[str]], body: str) -> Message | None:
    at = next((at for at, one in enumerate(near) if key(one.body) == key(body)), None)
    return None if at is None else near.pop(at)


def _bind_later_tries(
    session: Session, whose: Whose, left: Sequence[Sighting], *, settings: Settings, now: datetime
) -> tuple[list[Sighting], int]:
    """Write again the tries that a message was given since the copy: unknown, they would leave once more.

    The texts that are no such try, and how many were.
    """
    latest = select(Message).where(
        Message.phone.in_({one.phone for one in left}),
        Message.space_id.in_(whose.space_ids),
        Message.mailing_id.in_(whose.mailing_ids),
        Message.carrier_sid.is_not(None),
        Message.is_latest,
    )
    firsts = {(one.phone, *_words(one.body)): one for one in session.scalars(latest.with_for_update(key_share=True))}
    rest: list[Sighting] = []
    for seen in left:
        first = firsts.get((seen.phone, *_words(seen.body)))
        if first is None or (seen.made_at or now) <= (first.claimed_at or first.created_at):
            rest.append(seen)
            continue
        again = firsts[seen.phone, *_words(seen.body)] = messages.write_again(session, first, now=now)
        _give(session, again, seen, settings=settings, now=now)
    return rest, len(left) - len(rest)


def _give(session: Session, message: Message, seen: Sighting, *, settings: Settings, now: datetime) -> None:
    """As if it had been claimed then, and the carrier's answer came now."""
    if message.status is Status.QUEUED:
        message.status, message.claimed_at = Status.SENDING, seen.made_at or now
        change = tallies.Change(
            message.space_id, message.mailing_id, Status.QUEUED, Status.SENDING, int(message.is_latest)
        )
        tallies.note(session, [change])
        spent = Mailing.spent_micros + message.price_micros
        session.execute(update(Mailing).where(Mailing.id == message.mailing_id).values(spent_micros=spent))
    if _words(message.body) != _words(seen.body):
        _open_old_link(session, message, seen, settings, now)
        message.body = seen.body
    session.flush()
    record(session, message.id, Report(seen.status, seen.carrier_sid, seen.error_code, source="look_up"), now=now)


def _open_old_link(session: Session, message: Message, seen: Sighting, settings: Settings, now: datetime) -> None:
    """The link in the text that left opens what the one written anew would have."""
    ours, theirs = (_link_in(settings).search(body) for body in (message.body, seen.body))
    link = links.find(session, ours[1]) if ours else None
    if link is None or theirs is None:
        return
    words = {"purpose": link.purpose, "subject_id": link.subject_id, "contact_id": link.contact_id}
    row = links.row(theirs[1], now=now, space_id=link.space_id, fingerprint=link.fingerprint, **words)
    insert_missing(session, Link, [row], unique=[Link.digest], returning=Link.id)


def _unbound(session: Session, sightings: Sequence[Sighting]) -> list[Sighting]:
    """Those that no message of ours has the carrier's id of."""
    known: set[str | None] = set()
    for chunk in _chunks(sightings):
        sids = [one.carrier_sid for one in chunk]
        known.update(session.scalars(select(Message.carrier_sid).where(Message.carrier_sid.in_(sids))))
    return [one for one in sightings if one.carrier_sid not in known]


def _messages(
    session: Session, whose: Whose, sightings: Sequence[Sighting], *, lock: bool = False
) -> dict[str, list[Message]]:
    """By phone: what may be one of these, the oldest first."""
    asked = select(Message).where(
        Message.phone.in_({one.phone for one in sightings}),
        Message.space_id.in_(whose.space_ids),
        Message.status.in_(OPEN),
    )
    asked = asked.order_by(Message.id)
    found: dict[str, list[Message]] = {}
    for message in session.scalars(asked.with_for_update(key_share=True) if lock else asked):
        found.setdefault(message.phone, []).append(message)
    return found


def _strange_links(session: Session, seen: Sighting, settings: Settings) -> bool:
    """Whether a text bears a link of this installation that this database has never made."""
    tokens = [secrets.digest(links.clean(token)) for token in _link_in(settings).findall(seen.body)]
    return bool(tokens) and session.scalar(select(Link.id).where(Link.digest.in_(tokens)).limit(1)) is None


def _link_in(settings: Settings) -> re.Pattern[str]:
    base = re.escape(links.address(settings.link_url, ""))
    return re.compile(f"{base}([{secrets.ALPHABET}]{{{secrets.LINK_CHARACTERS}}})")


def _words(body: str) -> list[str]:
    return body.split()  # a carrier may trim a body's edges


def _chunks(sightings: Sequence[Sighting], size: int = 200) -> Iterable[Sequence[Sighting]]:
    return (sightings[at : at + size] for at in range(0, len(sightings), size))
