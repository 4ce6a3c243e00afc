"""The life of a mailing, in one home: opened, paused, resumed, cancelled and closed here and nowhere else.

Owners (campaigns, reminders, invitations, single messages) keep its id, and call.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, and_, or_, select, update
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.consent.families import Family
from app.consent.hours import HoursException
from app.database.ids import MailingId, MessageId
from app.errors import Conflict
from app.french.language import _
from app.messaging import spending, tallies, validity, withdrawal
from app.messaging.applying import StatusChange, apply_changes
from app.messaging.models import Mailing, MailingState, Message
from app.messaging.status import FINAL, Status
from app.settings import Settings

NEXT: dict[MailingState, frozenset[MailingState]] = {
    MailingState.OPEN: frozenset({MailingState.PAUSED, MailingState.CANCELLED, MailingState.CLOSED}),
    MailingState.PAUSED: frozenset({MailingState.OPEN, MailingState.CANCELLED, MailingState.CLOSED}),
    MailingState.CANCELLED: frozenset({MailingState.CLOSED}),
    MailingState.CLOSED: frozenset(),
}
"""What a mailing may become. Cancelled, its waiting messages are withdrawn by a tick; closed, it has none."""
UNSETTLED = (Status.QUEUED, Status.SENDING, Status.UNKNOWN)
"""Messages that may still leave: a mailing is not closed while it has one."""
QUIET_AFTER = timedelta(days=2)
"""How long after its latest message was written a mailing may be closed."""
FORGOTTEN_AFTER = timedelta(days=7)
"""How long messages of a paused mailing are kept after their time, for somebody to resume it; a choice of the house."""


def open(
    session: Session,
    space: Space,
    *,
    family: Family,
    now: datetime,
    sender: str = "",
    priority: int = 5,
    cap_micros: int | None = None,
    promised_micros: int | None = None,
    exception: HoursException | None = None,
    expires_at: datetime | None = None,
) -> Mailing:
    """A new mailing, open and empty. ``sender`` is the space's own unless given; lower ``priority`` goes first."""
    mailing = Mailing(
        space_id=space.id,
        sender=sender or space.sender,
        family=family,
        priority=priority,
        cap_micros=cap_micros,
        promised_micros=promised_micros,
        expires_at=expires_at,
        served_at=now,
        created_at=now,
    )
    validity.allow(mailing, exception)
    session.add(mailing)
    session.flush()
    return mailing


def pause(session: Session, mailing_id: MailingId, *, reason: str = "") -> bool:
    """Nothing more of it leaves until it is resumed; False when it was not open."""
    return bool(_become(session, [mailing_id], MailingState.PAUSED, reason=reason))


def resume(session: Session, mailing_id: MailingId, *, now: datetime) -> datetime:
    """Let it go on, its messages with time anew; when the last of it ends. Raises Conflict when it is over."""
    resumed = _become(session, [mailing_id], MailingState.OPEN)
    mailing = session.get_one(Mailing, mailing_id, populate_existing=True)
    if mailing.state is not MailingState.OPEN:
        raise Conflict("mailing_over", _("Cet envoi est fini : il ne reprend pas."))
    return validity.renew(session, mailing, now=now) if resumed else mailing.created_at


def cancel(session: Session, mailing_ids: Collection[MailingId]) -> list[MailingId]:
    """Nothing more of these leaves, ever; what waits is withdrawn by a tick. Those that were not over."""
    return _become(session, mailing_ids, MailingState.CANCELLED)


def end(session: Session, mailing_ids: Collection[MailingId], *, reason: str, now: datetime) -> None:
    """Withdraw what waits in these, and cancel them: what they say is true no more.

    Taken back alone, what left to a phone that was off, or what the carrier hands back, would leave once more.
    """
    withdrawal.take_back(session, reason=reason, mailing_ids=mailing_ids, now=now)
    cancel(session, mailing_ids)


def close(session: Session, mailing_ids: Collection[MailingId]) -> list[MailingId]:
    """Be done with mailings that have nothing more to send, and fold their tallies; those that could be closed."""
    unsettled = _its_messages().where(Message.status.in_(UNSETTLED)).exists()
    ready = select(Mailing.id).where(Mailing.id.in_(mailing_ids), ~unsettled)
    closed = _become(session, session.scalars(ready).all(), MailingState.CLOSED)
    for mailing_id in closed:
        tallies.compact(session, mailing_id)
    return closed


def discard(session: Session, mailing_id: MailingId) -> None:
    """Forget a mailing that never had a message."""
    session.delete(session.get_one(Mailing, mailing_id))


def is_over(mailing: Mailing) -> bool:
    """Whether nothing can be written into it any more."""
    return not NEXT[mailing.state] - {MailingState.CLOSED}


def of_ids(session: Session, mailing_ids: Collection[MailingId]) -> Sequence[Mailing]:
    """These mailings."""
    return session.scalars(select(Mailing).where(Mailing.id.in_(mailing_ids))).all()


def pause_reasons(session: Session, mailing_ids: Collection[MailingId]) -> dict[MailingId, str]:
    """Why each of these is paused, {mailing id: reason}; an empty one where nothing stopped it."""
    rows = session.execute(select(Mailing.id, Mailing.pause_reason).where(Mailing.id.in_(mailing_ids)))
    return {row.id: row.pause_reason for row in rows}


def close_quiet(session: Session, *, settings: Settings, now: datetime, limit: int = 500) -> int:
    """Close mailings whose messages have nothing more to wait for, so that no tick looks at them; how many.

    One without a message has not begun: its owner still writes into it, days from now perhaps. A receipt that the
    carrier never sent is waited for as long as it is asked for, and no longer.
    """
    unheard = now - timedelta(seconds=settings.finish_after_s)
    awaited = and_(Message.status.not_in(FINAL), or_(Message.status.in_(UNSETTLED), Message.not_after > unheard))
    busy = _its_messages().where(or_(awaited, Message.created_at > now - QUIET_AFTER))
    unsettled = _its_messages().where(Message.status.in_(UNSETTLED))
    quiet = and_(
        Mailing.state == MailingState.OPEN,
        Mailing.created_at < now - QUIET_AFTER,
        _its_messages().exists(),
        ~busy.exists(),
    )
    ended = and_(Mailing.state == MailingState.CANCELLED, ~unsettled.exists())
    return len(close(session, session.scalars(select(Mailing.id).where(or_(quiet, ended)).limit(limit)).all()))


def withdraw_cancelled(session: Session, *, limit: int, now: datetime) -> int:
    """Take back messages still waiting in cancelled mailings; how many."""
    cancelled = Mailing.state == MailingState.CANCELLED
    return _withdraw(session, _waiting().where(cancelled), withdrawal.CANCELLED, limit=limit, now=now)


def withdraw_forgotten(session: Session, *, limit: int, now: datetime) -> int:
    """Take back messages of paused mailings that nobody resumed long after their time; how many."""
    forgotten = and_(Mailing.state == MailingState.PAUSED, Message.not_after < now - FORGOTTEN_AFTER)
    return _withdraw(session, _waiting().where(forgotten), withdrawal.TOO_LATE, limit=limit, now=now)


def has_cancelled(session: Session) -> bool:
    """Whether a cancelled mailing has messages to withdraw: cheap."""
    return session.scalar(_waiting().where(Mailing.state == MailingState.CANCELLED).limit(1)) is not None


def has_waiting(session: Session, mailing_id: MailingId) -> bool:
    """Whether a message of it has not left yet."""
    return session.scalar(_waiting().where(Mailing.id == mailing_id).limit(1)) is not None


def _become(
    session: Session, mailing_ids: Iterable[MailingId], state: MailingState, *, reason: str = ""
) -> list[MailingId]:
    """Change the state of those of these mailings that may become ``state``; which."""
    origins = [origin for origin, following in NEXT.items() if state in following]
    changed = update(Mailing).where(Mailing.id.in_(spending.lock(session, mailing_ids)), Mailing.state.in_(origins))
    return list(session.scalars(changed.values(state=state, pause_reason=reason).returning(Mailing.id)))


def _its_messages() -> Select[MessageId]:
    return select(Message.id).where(Message.mailing_id == Mailing.id)


def _waiting() -> Select[MessageId]:
    return select(Message.id).join(Mailing, Mailing.id == Message.mailing_id).where(Message.status == Status.QUEUED)


def _withdraw(session: Session, waiting: Select[MessageId], reason: str, *, limit: int, now: datetime) -> int:
    ids = session.scalars(waiting.limit(limit).with_for_update(skip_locked=True, key_share=True, of=Message)).all()
    apply_changes(session, {one: StatusChange(Status.WITHDRAWN, reason=reason) for one in ids}, now=now)
    return len(ids)
