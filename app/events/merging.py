"""What a merge moves of dates: one place each, with the latest answer; and each person's history, counted anew."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from app.contacts import history
from app.contacts.merging.models import MergeAction, MergeRow
from app.contacts.merging.moving import Joining, Moved, Moves, Values, by, note
from app.database.ids import ContactId, SpaceId
from app.events import attendance
from app.events.models import Answer, Registration
from app.events.seats import service as seats
from app.french.language import ngettext
from app.messaging.models import Message, Reply
from app.messaging.sharing import service as sharing
from app.messaging.sharing.models import MessageSharer
from app.messaging.status import Status

_HISTORY = "contact_activity"
_TAKEN = (Status.ACCEPTED, Status.SENT, Status.DELIVERED, Status.UNDELIVERED)
_LOST = or_(Message.status == Status.UNDELIVERED, and_(Message.status == Status.FAILED, Message.reason == ""))


def _latest(mine: Values, theirs: Values) -> Values:
    """The survivor's place after the merge: the later answer, and there if either was.

    Who has a seat by one card does not wait by the other; of two who wait, the better rank stays.
    """
    there = {mine["attended"], theirs["attended"]}
    place: Values = {
        "excused": True not in there and bool(mine["excused"] or theirs["excused"]),
        "attended": True if True in there else False if False in there else None,
        "mailing_id": mine["mailing_id"] or theirs["mailing_id"],
    }
    later = theirs["answered_at"] is not None and (
        mine["answered_at"] is None or theirs["answered_at"] > mine["answered_at"]
    )
    said, other = (theirs, mine) if later else (mine, theirs)
    seat = other if (said["answer"], other["answer"]) == (Answer.WAITING, Answer.COMING) else said
    since = [one["waiting_since"] for one in (mine, theirs) if one["waiting_since"] is not None]
    return {
        **place,
        "answer": seat["answer"],
        "answered_at": said["answered_at"],
        "shift_id": seat["shift_id"],
        "waiting_since": min(since) if seat["answer"] == Answer.WAITING else None,
        "tell_seat_at": seat["tell_seat_at"],
    }


def _joined(session: Session, joining: Joining) -> None:
    """The survivor's history is both cards'; the husk keeps its own, which is right again once they are separated."""
    space_id, mine, theirs = joining.space.id, joining.survivor.id, joining.loser.id
    kept, other = history.find(session, space_id, mine), history.find(session, space_id, theirs)
    before = {"answered": kept.last_answered_at.isoformat() if kept and kept.last_answered_at else None}
    note(session, joining.merge, _HISTORY, {"contact_id": mine}, MergeAction.FOLDED, before)
    if other is not None:
        texts = (kept.last_contacted_at if kept else None, other.last_contacted_at)
        answers = (kept.last_answered_at if kept else None, other.last_answered_at)
        known = {
            "last_contacted_at": _later(*texts),
            "last_answered_at": _later(*answers),
            "undelivered_count": (kept.undelivered_count if kept else 0)
            + other.undelivered_count
            - _both(session, joining),
        }
        history.rewrite(session, {mine: known})
    attendance.recount(session, space_id, [mine, theirs])
    seats.promote_around(session, space_id, mine, now=joining.now)


def _parted(session: Session, joining: Joining) -> None:
    """Counted anew, never earlier than each was known to have answered: a place taken off leaves no row."""
    space_id, mine, theirs = joining.space.id, joining.survivor.id, joining.loser.id
    record = select(MergeRow).where(MergeRow.merge_id == joining.merge.id, MergeRow.kind == _HISTORY)
    before = session.scalars(record).first()
    said = before.before["answered"] if before else None
    other = history.find(session, space_id, theirs)
    floor = {mine: datetime.fromisoformat(said) if said else None, theirs: other.last_answered_at if other else None}
    history.rewrite(session, {one: _counted(session, space_id, one, floor[one]) for one in sorted(floor)})
    attendance.recount(session, space_id, [mine, theirs])


def _both(session: Session, joining: Joining) -> int:
    """How many texts that did not arrive were counted for both cards, on the phone that they shared."""
    folded = select(MergeRow.key).where(
        MergeRow.merge_id == joining.merge.id,
        MergeRow.kind == MessageSharer.__tablename__,
        MergeRow.action.in_((MergeAction.KEPT, MergeAction.FOLDED)),
    )
    ids = [key["message_id"] for key in session.scalars(folded)]
    lost = select(func.count()).where(Message.space_id == joining.space.id, Message.id.in_(ids), _LOST)
    return (session.scalar(lost) or 0) if ids else 0


def _counted(
    session: Session, space_id: SpaceId, contact_id: ContactId, floor: datetime | None
) -> Mapping[str, object]:
    whose = (Message.space_id == space_id, sharing.reaching(space_id, contact_id))
    taken = or_(Message.carrier_sid.is_not(None), Message.status.in_(_TAKEN))
    left = select(func.max(func.coalesce(Message.claimed_at, Message.settled_at))).where(*whose, taken)
    lost = select(func.count()).where(*whose, _LOST)
    wrote = select(func.max(Reply.at)).where(Reply.space_id == space_id, Reply.contact_id == contact_id)
    latest = select(func.max(Registration.answered_at)).where(
        Registration.space_id == space_id, Registration.contact_id == contact_id
    )
    return {
        "last_contacted_at": session.scalar(left),
        "last_answered_at": _later(session.scalar(wrote), session.scalar(latest), floor),
        "undelivered_count": session.scalar(lost) or 0,
    }


def _later(*instants: datetime | None) -> datetime | None:
    return max((one for one in instants if one is not None), default=None)


MOVES = Moves(
    tables=(
        Moved(
            table=Registration,
            same=by("event_id"),
            fold=_latest,
            came_at="answered_at",
            told=lambda n: ngettext("%(n)s réponse à une mission depuis", "%(n)s réponses à des missions depuis", n),
        ),
    ),
    joined=_joined,
    parted=_parted,
)
