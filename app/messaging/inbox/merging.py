"""What a merge moves of the outbox: texts and replies. Nobody gets one mailing twice by their two cards."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.consent import service as consent
from app.consent.families import Family
from app.contacts.merging.models import MergeAction
from app.contacts.merging.moving import Joining, Moved, Moves, note
from app.french.language import ngettext
from app.messaging import withdrawal
from app.messaging.models import Mailing, Message, Reply
from app.messaging.status import Status
from app.messaging.status_changes import StatusChange, apply_changes


def _join(session: Session, joining: Joining) -> None:
    """Withdraw what one card still waits for and the other has already, or the survivor does not want."""
    _withdraw_doubles_of_gone(session, joining)
    theirs = Message.contact_id == joining.survivor.id, Message.status != Status.WITHDRAWN
    has_already = select(Message.mailing_id).where(Message.space_id == joining.space.id, *theirs)
    waiting = (
        select(Message, Mailing.family, Message.mailing_id.in_(has_already))
        .join(Mailing, Mailing.id == Message.mailing_id)
        .where(Message.space_id == joining.space.id, Message.contact_id == joining.loser.id)
        .where(Message.status == Status.QUEUED)
        .order_by(Message.id)
        .with_for_update(of=Message, key_share=True)
    )
    changes: dict[int, StatusChange] = {}
    for message, family, is_double in session.execute(waiting):
        reason = withdrawal.MERGED if is_double else _refused(session, joining, Family(family))
        if reason:
            changes[message.id] = StatusChange(Status.WITHDRAWN, reason=reason)
            note(session, joining.merge, "messages", {"id": message.id}, MergeAction.KEPT, {"withdrawn": reason})
    apply_changes(session, changes, now=joining.now)


def _withdraw_doubles_of_gone(session: Session, joining: Joining) -> None:
    """What waits for the survivor of a mailing whose text has left for the other card."""
    gone = Message.status.not_in((Status.QUEUED, Status.WITHDRAWN))
    had = select(Message.mailing_id).where(
        Message.space_id == joining.space.id, Message.contact_id == joining.loser.id, gone
    )
    waiting = (
        select(Message.id)
        .where(Message.space_id == joining.space.id, Message.contact_id == joining.survivor.id)
        .where(Message.status == Status.QUEUED, Message.mailing_id.in_(had))
        .order_by(Message.id)
        .with_for_update(key_share=True)
    )
    changes = {one: StatusChange(Status.WITHDRAWN, reason=withdrawal.MERGED) for one in session.scalars(waiting)}
    for one in changes:
        note(session, joining.merge, "messages", {"id": one}, MergeAction.KEPT, {"withdrawn": withdrawal.MERGED})
    apply_changes(session, changes, now=joining.now)


def _refused(session: Session, joining: Joining, family: Family) -> str:
    phone = joining.survivor.fingerprint
    return consent.blocked(session, joining.space.id, family, [phone]).get(phone, "")


MOVES = Moves(
    tables=(
        Moved(
            table=Message,
            came_at="created_at",
            told=lambda n: ngettext("%(n)s SMS écrit depuis", "%(n)s SMS écrits depuis", n),
        ),
        Moved(
            table=Reply,
            came_at="at",
            told=lambda n: ngettext("%(n)s réponse reçue depuis", "%(n)s réponses reçues depuis", n),
        ),
    ),
    join=_join,
)
