"""The breaker: the same answer that is no yes, several times in a row, stops a mailing whatever its code."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Select, func, literal_column, or_, select, update
from sqlalchemy.orm import Session

from app.accounts.models import Mode, Space
from app.carrier.codes import Action, explain
from app.carrier.protocol import Accepted, Outcome, Refused, Unknown
from app.database.ids import MailingId, SpaceId
from app.french.language import _
from app.messaging import messages as outbox_messages
from app.messaging import tallies
from app.messaging.claims import Claimed
from app.messaging.models import Mailing, MailingState, Message
from app.messaging.status import Status

MAX_IN_A_ROW = 5
"""So many answers alike are about the sending, no longer about its people.

When one number in twenty of a list is dead, five dead ones in a row come once in three million texts.
"""
FOREIGN = 0
"""Stands for the code of an answer that was not the carrier's own."""
OF_NOBODY = frozenset({Action.NONE, Action.CHECK, Action.REVIEW_TEXT})
"""What a refusal asks for when it says nothing against a person: their message may go again once it is mended."""

FILTERED = 30007
"""The code of a text that operators filter as unwanted."""
MAX_FILTERED = 0.05
"""Above this share of the people whose text has left, the mailing stops before the sender's name is spoiled."""
FEW_FILTERED = 5
"""So few filtered texts say nothing of the text itself."""
_NOT_LEFT = (Status.QUEUED, Status.WITHDRAWN)


def counted_with(session: Session, answers: Sequence[tuple[Claimed, Outcome]]) -> set[MailingId]:
    """The mailings whose count of refusals these answers may change; whoever calls locks them before ``count``."""
    refused = {claimed.mailing_id for claimed, outcome in answers if _is_no(outcome)}
    accepted = {claimed.mailing_id for claimed, outcome in answers if isinstance(outcome, Accepted)} - refused
    counting = select(Mailing.id).where(Mailing.id.in_(accepted), Mailing.refusals > 0) if accepted else None
    return refused | set(session.scalars(counting) if counting is not None else ())


def count(
    session: Session, answers: Sequence[tuple[Claimed, Outcome]], mailing_ids: Iterable[MailingId], *, now: datetime
) -> dict[MailingId, str]:
    """Count the answers that are alike, in their order; the mailings to stop, each with its reason.

    The messages of such a row that nothing is held against are written again, to leave once a person resumes.
    """
    pauses: dict[MailingId, str] = {}
    for mailing_id in sorted(set(mailing_ids)):
        said = [outcome for claimed, outcome in answers if claimed.mailing_id == mailing_id]
        row = _count(session, mailing_id, said, now)
        if row is None:
            continue
        code, since = row
        pauses[mailing_id] = _reason(code)
        if code != FOREIGN and explain(code).action in OF_NOBODY:
            refused = _refused(mailing_id, code).where(Message.settled_at >= since)
            write_again(session, session.scalars(refused).all(), now=now)
    return pauses


def _count(
    session: Session, mailing_id: MailingId, said: Sequence[Outcome], now: datetime
) -> tuple[int | None, datetime] | None:
    """The mailing's row of refusals after these answers: its code and beginning, once it is long enough to stop."""
    mailing = session.execute(
        select(Mailing.state, Mailing.refusals, Mailing.refusal_code, Mailing.refused_since).where(
            Mailing.id == mailing_id
        )
    ).one()
    code, since = mailing.refusal_code, mailing.refused_since or now
    # A row that has already stopped the mailing ends when a person opens it again; while it is paused, what was in
    # flight still belongs to it.
    alike = 0 if mailing.state is MailingState.OPEN and mailing.refusals >= MAX_IN_A_ROW else mailing.refusals
    for outcome in said:
        if isinstance(outcome, Accepted):
            alike = 0
        elif _is_no(outcome):
            its_code = outcome.code if isinstance(outcome, Refused) else FOREIGN
            if not alike or its_code != code:
                alike, code, since = 0, its_code, now
            alike += 1
    session.execute(
        update(Mailing)
        .where(Mailing.id == mailing_id)
        .values(refusals=alike, refusal_code=code if alike else None, refused_since=since if alike else None)
    )
    return (code, since) if alike >= MAX_IN_A_ROW else None


def write_again(session: Session, messages: Iterable[Message], *, now: datetime) -> None:
    """Queue another try of messages that were refused for what is not theirs, unless their hour has gone by."""
    for message in messages:
        if message.is_latest and message.status is Status.FAILED and message.not_after > now:
            outbox_messages.write_again(session, message, now=now)


def of_account(session: Session, space_ids: Iterable[SpaceId], *, now: datetime) -> list[MailingId]:
    """The open mailings with a message to send through the carrier accounts of these spaces.

    Live spaces share one account, a practice space has its own. What is planned for later is left alone: it meets the
    refusal itself if it still holds then.
    """
    ids = sorted(set(space_ids))
    live = select(Space.id).where(Space.mode == Mode.LIVE)
    shares = select(Space.id).where(Space.id.in_(ids), Space.mode == Mode.LIVE).exists()
    due = select(Message.id).where(
        Message.mailing_id == Mailing.id, Message.status == Status.QUEUED, Message.not_before <= now
    )
    mine = or_(Mailing.space_id.in_(ids), Mailing.space_id.in_(live) & shares)
    return list(session.scalars(select(Mailing.id).where(Mailing.state == MailingState.OPEN, mine, due.exists())))


def _refused(mailing_id: MailingId, code: int | None) -> Select[Message]:
    alike = Message.error_code.is_(None) if code is None else Message.error_code == code
    return (
        select(Message)
        .where(Message.mailing_id == mailing_id, Message.status == Status.FAILED, alike)
        .where(Message.is_latest, Message.reason == "", Message.carrier_sid.is_(None))
        .order_by(Message.id)
    )


def _is_no(outcome: Outcome) -> bool:
    """Whether an answer counts against its mailing. Plain silence does not: who waits is asked about by itself."""
    return isinstance(outcome, Refused) or (isinstance(outcome, Unknown) and outcome.is_foreign)


def _reason(code: int | None) -> str:
    if code == FOREIGN:
        return _(
            "L'opérateur ne répond pas. Les SMS en cours sont vérifiés, les autres sont gardés : reprenez plus tard."
        )
    return _("%(n)s refus de suite : %(why)s Vérifiez, puis reprenez.", n=MAX_IN_A_ROW, why=explain(code).sentence)


def filtered(session: Session, mailing_id: MailingId) -> dict[MailingId, str]:
    """The mailing and why it stops, if too many of its texts were filtered while some still wait to leave."""
    if session.scalar(select(Mailing.state).where(Mailing.id == mailing_id)) is not MailingState.OPEN:
        return {}
    counts = tallies.progress(session, mailing_id).counts
    if not counts.get(Status.QUEUED):
        return {}
    left = sum(people for status, people in counts.items() if status not in _NOT_LEFT)
    found = session.scalar(
        select(func.count()).where(
            Message.mailing_id == mailing_id,
            Message.status.in_((Status.UNDELIVERED, Status.FAILED)),
            Message.error_code == literal_column(str(FILTERED)),  # as its index says it
        )
    )
    if found is None or found < FEW_FILTERED or found <= MAX_FILTERED * left:
        return {}
    return {mailing_id: _("Trop de SMS filtrés comme indésirables : relisez le texte avant de reprendre.")}
