"""What the carrier's answer does to a claimed message."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.principal import TAMBOUR
from app.carrier.codes import Action, explain
from app.carrier.protocol import Accepted, NotSent, Outcome, Refused
from app.consent import service as consent
from app.consent.models import Channel
from app.database.ids import MailingId, MessageId
from app.messaging import attempts, breaker, mailings, spending, validity
from app.messaging.applying import StatusChange, apply_changes, tell
from app.messaging.claims import Claimed
from app.messaging.models import Message
from app.messaging.rates import Wait
from app.messaging.spending import refunds
from app.messaging.status import Status
from app.messaging.waits import hand_back, slow_down

Answer = tuple[Claimed, Outcome]

STOPPING = frozenset({Action.ADMINISTRATOR, Action.PAUSE_CAMPAIGN, Action.STOP})
"""Refusals that every other message of the mailing would meet too."""
LATER_S = {
    Action.BACK_OFF: 2.0,
    Action.SLOW_DOWN: 30.0,
    Action.STOP: 60.0,
    Action.PAUSE_CAMPAIGN: 0.0,
    Action.ADMINISTRATOR: 0.0,
    Action.POSTPONE: 6 * 3600.0,
}
"""Refusals that say nothing against the message: the same one goes again, so many seconds later.

At 0 it waits for the person who mends what was refused and resumes the mailing.
"""
NOT_THEIRS = frozenset({Action.PAUSE_CAMPAIGN, Action.STOP})
"""Refusals of the sender or the account: a message that met one after it was accepted is written again."""
SAID_FROM_S = 60.0
"""A wait as long as this shows on the page: somebody who watches would wonder."""
TOO_MANY = 21611
"""Whose words the page says then."""
BY = TAMBOUR


def settle(session: Session, answers: Sequence[Answer], *, now: datetime) -> None:
    """Write down the carrier's answers. Silence becomes « incertain », never a second try.

    Rows are locked in one order everywhere (messages, opt-outs, mailings, senders, history), so that no settling waits
    for another that waits for it.
    """
    waits = {claimed: wait for claimed, outcome in answers if (wait := _wait(outcome)) is not None}
    moves = {claimed.message_id: _move(outcome) for claimed, outcome in answers if claimed not in waits}
    steps = apply_changes(session, moves, now=now) if moves else {}
    attempts.take_back(session, steps, now=now)
    given_back = refunds(steps.values())
    for mailing_id, price in hand_back(session, waits, now=now).items():
        given_back[mailing_id] = given_back.get(mailing_id, 0) + price
    refused = {claimed.message_id: outcome.code for claimed, outcome in answers if isinstance(outcome, Refused)}
    pauses = follow(session, refused, now=now)
    lasting = [(claimed, outcome) for claimed, outcome in answers if claimed not in waits]
    counted = breaker.counted_with(session, lasting)
    put_off = _put_off(session, waits, now=now)
    spending.lock(session, {*given_back, *pauses, *counted, *put_off})
    spending.give_back(session, given_back)
    pause(session, breaker.count(session, lasting, counted, now=now) | pauses)
    validity.put_off(session, put_off)
    slow_down(session, waits, now=now)
    tell(session, steps.values())


def follow(session: Session, codes: Mapping[MessageId, int | None], *, now: datetime) -> dict[MailingId, str]:
    """Do what error codes ask for, {message id: code}: keep objections; the mailings to pause, each with its reason."""
    asked = {one: explain(code) for one, code in codes.items() if code is not None}
    actions = {
        one: said for one, said in asked.items() if said.action in STOPPING or said.action is Action.RECORD_OBJECTION
    }
    if not actions:
        return {}
    found = select(Message).where(Message.id.in_(actions)).order_by(Message.fingerprint)
    messages = session.scalars(found, execution_options={"populate_existing": True}).all()
    pauses: dict[MailingId, str] = {}
    for message in messages:
        said = actions[message.id]
        if said.action in STOPPING:
            pauses.setdefault(message.mailing_id, said.told)
        elif not consent.opted_out(session, message.space_id, [message.fingerprint]):
            consent.object_to(
                session,
                message.space_id,
                message.fingerprint,
                channel=Channel.CARRIER,
                by=BY,
                now=now,
                contact_id=message.contact_id,
                wording=said.sentence,
            )
    stopped = {one.space_id: actions[one.id].told for one in messages if actions[one.id].action is Action.STOP}
    for mailing_id in breaker.of_account(session, stopped, now=now) if stopped else ():
        pauses.setdefault(mailing_id, next(iter(stopped.values())))
    breaker.write_again(session, [one for one in messages if actions[one.id].action in NOT_THEIRS], now=now)
    return pauses


def pause(session: Session, reasons: Mapping[MailingId, str]) -> None:
    """Stop mailings that would only fail, {mailing id: reason}; a person resumes them."""
    for mailing_id in spending.lock(session, reasons):
        mailings.pause(session, mailing_id, reason=reasons[mailing_id])


def _put_off(session: Session, waits: Mapping[Claimed, Wait], *, now: datetime) -> dict[MailingId, datetime]:
    """The mailings that wait because the carrier's limit of the day is reached, each with when it tries again."""
    until = {
        (one.space_id, one.text.sender): now + timedelta(seconds=wait.seconds)
        for one, wait in waits.items()
        if wait.code is not None and explain(wait.code).action is Action.POSTPONE
    }
    waiting = validity.waiting_for(session, until)
    return {mailing_id: until[sender] for sender, ids in waiting.items() for mailing_id in ids}


def _wait(outcome: Outcome) -> Wait | None:
    """How long the same message waits before it goes again, None when it does not."""
    if isinstance(outcome, NotSent):
        return Wait(outcome.retry_after_s, TOO_MANY if outcome.retry_after_s >= SAID_FROM_S else None)
    seconds = LATER_S.get(explain(outcome.code).action) if isinstance(outcome, Refused) else None
    return Wait(seconds, outcome.code) if isinstance(outcome, Refused) and seconds is not None else None


def _move(outcome: Outcome) -> StatusChange:
    if isinstance(outcome, Accepted):
        return StatusChange(Status.ACCEPTED, carrier_sid=outcome.carrier_sid)
    if isinstance(outcome, Refused):
        return StatusChange(Status.FAILED, error_code=outcome.code)
    return StatusChange(Status.UNKNOWN)
