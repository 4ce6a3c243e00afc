"""What a merge moves of the outbox: texts and replies. Nobody gets one mailing twice by their two cards."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.consent import service as consent
from app.consent.families import Family
from app.contacts.merging.models import MergeAction
from app.contacts.merging.moving import Joining, Moved, Moves, by, note
from app.database.ids import MessageId
from app.french.language import ngettext
from app.messaging import withdrawal
from app.messaging.applying import StatusChange, apply_changes
from app.messaging.models import Mailing, Message, Reply
from app.messaging.sharing import service as sharing
from app.messaging.sharing.models import MessageSharer
from app.messaging.status import Status


def _join(session: Session, joining: Joining) -> None:
    """Withdraw what one card still waits for and the other has already, or the survivor does not want."""
    _withdraw_doubles_of_gone(session, joining)
    _share_nothing(session, joining)
    theirs = sharing.reaching(joining.space.id, joining.survivor.id), Message.status != Status.WITHDRAWN
    has_already = select(Message.mailing_id).where(Message.space_id == joining.space.id, *theirs)
    waiting = (
        select(Message, Mailing.family, Message.mailing_id.in_(has_already))
        .join(Mailing, Mailing.id == Message.mailing_id)
        .where(Message.space_id == joining.space.id, Message.contact_id == joining.loser.id)
        .where(Message.status == Status.QUEUED)
        .order_by(Message.id)
        .with_for_update(of=Message, key_share=True)
    )
    changes: dict[MessageId, StatusChange] = {}
    for message, family, is_double in session.execute(waiting):
        reason = withdrawal.MERGED if is_double else _refused(session, joining, Family(family))
        if reason:
            changes[message.id] = StatusChange(Status.WITHDRAWN, reason=reason)
            note(session, joining.merge, "messages", {"id": message.id}, MergeAction.KEPT, {"withdrawn": reason})
    apply_changes(session, changes, now=joining.now)


def _share_nothing(session: Session, joining: Joining) -> None:
    """Nobody shares a phone with themselves."""
    for row in sharing.between(session, joining.space.id, one_id=joining.survivor.id, other_id=joining.loser.id):
        key = {"message_id": row.message_id, "contact_id": row.contact_id}
        whole = {**key, "space_id": row.space_id}
        note(session, joining.merge, MessageSharer.__tablename__, key, MergeAction.KEPT, {"row": whole})
        session.delete(row)
    session.flush()


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
    phone, _given_up = joining.fingerprints
    return consent.blocked(session, joining.space.id, family, [phone]).get(phone, "")


MOVES = Moves(
    tables=(
        Moved(
            table=Message,
            came_at="created_at",
            told=lambda n: ngettext("%(n)s SMS écrit depuis", "%(n)s SMS écrits depuis", n),
        ),
        Moved(table=MessageSharer, same=by("message_id")),
        Moved(
            table=Reply,
            came_at="at",
            told=lambda n: ngettext("%(n)s réponse reçue depuis", "%(n)s réponses reçues depuis", n),
        ),
    ),
    join=_join,
)
