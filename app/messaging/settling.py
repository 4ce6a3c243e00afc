"""What the carrier's answer does to a claimed letter."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.principal import job
from app.carrier.codes import Deed, explain
from app.carrier.protocol import Accepted, NotSent, Outcome, Refused
from app.consent import service as consent
from app.consent.models import Channel
from app.messaging import mailings, outbox, spending
from app.messaging.models import Message
from app.messaging.movement import Move, move
from app.messaging.outbox import Claimed
from app.messaging.rates import Wait
from app.messaging.spending import refunds
from app.messaging.status import Status

Answer = tuple[Claimed, Outcome]

STOPPING = frozenset({Deed.ADMINISTRATOR, Deed.PAUSE_CAMPAIGN, Deed.STOP})
"""Refusals that every other letter of the mailing would meet too."""
LATER_S = {Deed.BACK_OFF: 2.0, Deed.SLOW_DOWN: 30.0, Deed.STOP: 60.0, Deed.POSTPONE: 6 * 3600.0}
"""Refusals that say nothing against the letter: the same one goes again, so many seconds later."""
BY = job("dispatch")


def settle(session: Session, answers: Sequence[Answer], *, now: datetime) -> None:
    """Write down the carrier's answers. Silence becomes « incertain », never a second try.

    Rows are locked in one order everywhere (letters, opt-outs, mailings, senders), so that no settling waits for
    another that waits for it.
    """
    waits = {claimed: wait for claimed, outcome in answers if (wait := _wait(outcome)) is not None}
    moves = {claimed.message_id: _move(outcome) for claimed, outcome in answers if claimed not in waits}
    given_back = refunds(move(session, moves, now=now).values()) if moves else {}
    for mailing_id, price in outbox.hand_back(session, waits, now=now).items():
        given_back[mailing_id] = given_back.get(mailing_id, 0) + price
    refused = {claimed.message_id: outcome.code for claimed, outcome in answers if isinstance(outcome, Refused)}
    pauses = follow(session, refused, now=now)
    spending.lock(session, {*given_back, *pauses})
    spending.give_back(session, given_back)
    pause(session, pauses)
    outbox.slow_down(session, waits, now=now)


def follow(session: Session, codes: Mapping[int, int | None], *, now: datetime) -> dict[int, str]:
    """Do what error codes ask for, {message id: code}: keep objections; the mailings to pause, each with its reason."""
    asked = {one: explain(code) for one, code in codes.items() if code is not None}
    deeds = {one: said for one, said in asked.items() if said.deed in STOPPING or said.deed is Deed.RECORD_OBJECTION}
    if not deeds:
        return {}
    letters = session.scalars(select(Message).where(Message.id.in_(deeds)).order_by(Message.fingerprint)).all()
    pauses: dict[int, str] = {}
    for letter in letters:
        said = deeds[letter.id]
        if said.deed in STOPPING:
            pauses.setdefault(letter.mailing_id, said.sentence)
        elif not consent.opted_out(session, letter.space_id, [letter.fingerprint]):
            consent.object_to(
                session,
                letter.space_id,
                letter.fingerprint,
                channel=Channel.CARRIER,
                by=BY,
                now=now,
                contact_id=letter.contact_id,
                wording=said.sentence,
            )
    return pauses


def pause(session: Session, reasons: Mapping[int, str]) -> None:
    """Stop mailings that would only fail, {mailing id: reason}; a person resumes them."""
    for mailing_id in spending.lock(session, reasons):
        mailings.pause(session, mailing_id, reason=reasons[mailing_id])


def _wait(outcome: Outcome) -> Wait | None:
    """How long the same letter waits before it goes again, None when it does not."""
    if isinstance(outcome, NotSent):
        return Wait(outcome.retry_after_s)
    seconds = LATER_S.get(explain(outcome.code).deed) if isinstance(outcome, Refused) else None
    return Wait(seconds, outcome.code) if isinstance(outcome, Refused) and seconds is not None else None


def _move(outcome: Outcome) -> Move:
    if isinstance(outcome, Accepted):
        return Move(Status.ACCEPTED, carrier_sid=outcome.carrier_sid)
    if isinstance(outcome, Refused):
        return Move(Status.FAILED, error_code=outcome.code)
    return Move(Status.UNKNOWN)
