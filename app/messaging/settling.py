"""What the carrier's answer does to a claimed letter."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.principal import job
from app.carrier.codes import Deed, explain
from app.carrier.protocol import Accepted, NotSent, Outcome, Refused
from app.consent import service as consent
from app.consent.models import Channel
from app.messaging import outbox
from app.messaging.models import Gate, Mailing, Message
from app.messaging.movement import Move, move
from app.messaging.outbox import Claimed
from app.messaging.status import Status

Answer = tuple[Claimed, Outcome]

STOPPING = frozenset({Deed.ADMINISTRATOR, Deed.PAUSE_CAMPAIGN, Deed.STOP})
"""Refusals that every other letter of the mailing would meet too."""
BY = job("dispatch")


def settle(session: Session, answers: Sequence[Answer], *, now: datetime) -> None:
    """Write down the carrier's answers. Silence becomes « incertain », never a second try."""
    moves = {claimed.message_id: _move(outcome) for claimed, outcome in answers if not isinstance(outcome, NotSent)}
    if moves:
        move(session, moves, now=now)
    waits: dict[float, list[Claimed]] = {}
    for claimed, outcome in answers:
        if isinstance(outcome, NotSent):
            waits.setdefault(outcome.retry_after_s, []).append(claimed)
        elif isinstance(outcome, Refused):
            follow(session, claimed.message_id, outcome.code, now=now)
    for retry_after_s, claimed_ones in waits.items():
        outbox.hand_back(session, claimed_ones, retry_after_s=retry_after_s, now=now)


def follow(session: Session, message_id: int, code: int | None, *, now: datetime) -> None:
    """Do what an error code asks for: keep an objection, or stop a mailing that would only fail."""
    if code is None:
        return
    explanation = explain(code)
    letter = session.get_one(Message, message_id)
    if explanation.deed is Deed.RECORD_OBJECTION:
        if not consent.opted_out(session, letter.space_id, [letter.fingerprint]):
            consent.object_to(
                session,
                letter.space_id,
                letter.fingerprint,
                channel=Channel.CARRIER,
                by=BY,
                now=now,
                contact_id=letter.contact_id,
                wording=explanation.sentence,
            )
    elif explanation.deed in STOPPING:
        mailing = session.get_one(Mailing, letter.mailing_id, with_for_update=True)
        if mailing.gate is Gate.OPEN:
            mailing.gate, mailing.pause_reason = Gate.PAUSED, explanation.sentence


def _move(outcome: Outcome) -> Move:
    if isinstance(outcome, Accepted):
        return Move(Status.ACCEPTED, carrier_sid=outcome.carrier_sid)
    if isinstance(outcome, Refused):
        return Move(Status.FAILED, error_code=outcome.code)
    return Move(Status.UNKNOWN)
