"""Everything sent in a space, whoever owns it, as one list: the newest first, a page at a time.

Sign-in codes and sign-up confirmations are nobody's sending: no owner claims them, and they are in no list.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, not_, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.database.ids import MailingId, SpaceId
from app.errors import NotFound
from app.french.language import _
from app.messaging.models import Mailing, MailingState, Message
from app.messaging.status import Status
from app.messaging.tallies import Progress

LOOKED_AT = 500
"""How many of the newest mailings are looked at for one page: what a page reads does not grow with the space.

In a house of 100,000 mailings a page was read in 1 ms on SQLite, in 2 to 7 ms on PostgreSQL.
"""
LOOKS = 4
"""How many times so many are looked at before a page says that it found none: codes alone may leave for weeks."""
ALONE = "une-personne"
"""The kind of single messages, which have no other owner than this room."""


@dataclass(frozen=True)
class Told:
    """What an owner says of one of its mailings: its title, and where it is followed, this room's page if empty.

    ``about`` is the address of what it speaks of, ``state`` where it is, when the owner knows better than its messages.
    """

    title: str
    address: str = ""
    about: str = ""
    state: str = ""
    at: datetime | None = None
    """When it leaves or left; when it was made otherwise."""


Tell = Callable[[Session, Space, Mapping[MailingId, Progress]], Mapping[MailingId, Told]]
"""What an owner says of those of these mailings that are its own, in as many queries whatever their number."""


@dataclass(frozen=True)
class Owner:
    """A room whose mailings stand in the list: ``kind`` names them in an address, ``label`` on the page.

    ``holds`` is whether a ``Mailing`` is one of them, by an index. Without a label they have no filter of their own.
    """

    kind: str
    label: str
    one: str
    """The label of a single one."""
    holds: ColumnElement[bool]
    tell: Tell


Held = Mapping[str, ColumnElement[bool]]
"""{kind: whether a mailing is of it}, single messages aside."""


@dataclass(frozen=True)
class Page:
    """Some mailings, the newest first, and the id before which the next page begins, None at the end."""

    items: Sequence[Mailing]
    next_id: MailingId | None


def to_one_person() -> ColumnElement[bool]:
    """Whether a mailing of a space has a message that was written for somebody's card."""
    theirs = Message.is_personal | Message.contact_id.is_not(None)
    its = select(Message.id).where(Message.mailing_id == Mailing.id)  # by it alone: SQLite would go through the space's
    return its.where(theirs).exists()


def page(
    session: Session,
    space: Space,
    held: Held,
    *,
    kind: str = "",
    before_id: int | None = None,
    limit: int,
) -> Page:
    """Mailings of a kind, or of every kind.

    Where fewer than ``limit`` were found among those looked at, the next page goes on from there.
    """
    for _look in range(LOOKS):
        found = _looked_at(session, space, _of_kind(held, kind), before_id=before_id, limit=limit)
        if found.items or found.next_id is None:
            break
        before_id = found.next_id
    return found


def _looked_at(
    session: Session, space: Space, is_wanted: ColumnElement[bool], *, before_id: int | None, limit: int
) -> Page:
    newest = select(Mailing.id).where(Mailing.space_id == space.id).order_by(Mailing.id.desc())
    if before_id:
        newest = newest.where(Mailing.id < before_id)
    query = (
        select(Mailing)
        .where(Mailing.space_id == space.id, Mailing.id.in_(newest.limit(LOOKED_AT)), is_wanted)
        .order_by(Mailing.id.desc())
    )
    found = session.scalars(query.limit(limit + 1)).all()
    if len(found) > limit:
        return Page(found[:limit], found[limit - 1].id)
    return Page(found, session.scalar(newest.offset(LOOKED_AT - 1).limit(1)))


def stopped(session: Session, space: Space, held: Held, *, limit: int) -> Sequence[Mailing]:
    """The paused mailings of which something is still to leave, the newest first."""
    queued = select(Message.id).where(Message.mailing_id == Mailing.id, Message.status == Status.QUEUED)
    to_come = queued.exists() | Mailing.promised_micros.is_not(None)
    query = select(Mailing).where(Mailing.space_id == space.id, Mailing.state == MailingState.PAUSED, to_come)
    return session.scalars(query.where(_of_kind(held, "")).order_by(Mailing.id.desc()).limit(limit)).all()


def get(session: Session, space_id: SpaceId, mailing_id: MailingId) -> Mailing:
    """A mailing of the space. Raises NotFound."""
    mailing = session.scalar(select(Mailing).where(Mailing.space_id == space_id, Mailing.id == mailing_id))
    if mailing is None:
        raise NotFound("mailing_unknown", _("Cet envoi n'existe pas."))
    return mailing


def firsts(session: Session, space_id: SpaceId, mailing_ids: Collection[MailingId]) -> Mapping[MailingId, Message]:
    """The message of each of these mailings that hold one, by its latest attempt; the latest written of several."""
    query = select(Message).where(Message.space_id == space_id, Message.mailing_id.in_(mailing_ids), Message.is_latest)
    return {one.mailing_id: one for one in session.scalars(query.order_by(Message.id))} if mailing_ids else {}


def _of_kind(held: Held, kind: str) -> ColumnElement[bool]:
    if not kind:
        return or_(*held.values(), to_one_person())
    if kind == ALONE:
        return and_(to_one_person(), not_(or_(false(), *held.values())))
    return held.get(kind, false())
