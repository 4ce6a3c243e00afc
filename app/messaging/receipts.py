"""The carrier's reports: each is kept, and moves its message forward or not at all."""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Row, Table, delete, select
from sqlalchemy.orm import Session

from app.accounts import spaces
from app.accounts.models import Space
from app.carrier.carriers import CarrierAccount
from app.carrier.codes import Action, explain
from app.database.bulk import Together
from app.database.functions import among
from app.database.ids import MessageId
from app.messaging import attempts, breaker, spending
from app.messaging.applying import COLUMNS, Applied, StatusChange, apply_changes, tell
from app.messaging.models import Message, Receipt, StrayReceipt
from app.messaging.settling import follow, pause
from app.messaging.spending import refunds
from app.messaging.status import FINAL, Status, from_carrier
from app.settings import Settings

log = logging.getLogger(__name__)

STRAYS_KEPT = timedelta(days=30)


@dataclass(frozen=True)
class Report:
    """What one callback, or one answer to a question of ours, says of a message."""

    word: str
    carrier_sid: str
    error_code: int | None
    source: str = "callback"
    at: datetime | None = None
    """When it came, if that was before it is recorded."""


@dataclass(frozen=True)
class Addressee:
    """The message that a callback URL names, by its ``COLUMNS``, and the account which alone may speak of it."""

    message: Row[*tuple[Any, ...]]
    account: CarrierAccount


_Held = Mapping[MessageId, Row[*tuple[Any, ...]]]
_MESSAGES, _SPACES = cast(Table, Message.__table__), cast(Table, Space.__table__)
_ADDRESSEES = (
    select(*COLUMNS, _MESSAGES.c.public_id, _SPACES.c.mode, _SPACES.c.carrier_account_sid, _SPACES.c.carrier_auth_token)
    .join(_SPACES, _SPACES.c.id == _MESSAGES.c.space_id)
    .where(among(_MESSAGES.c.public_id, "public_ids"))
    .order_by(_MESSAGES.c.id)
    .with_for_update(key_share=True, of=_MESSAGES)
)
_KEPT = ("message_id", "word", "carrier_sid", "error_code", "source", "at")


def find(session: Session, public_ids: Collection[str], *, settings: Settings) -> dict[str, Addressee]:
    """Whose callback URLs these are. The messages are held until the transaction ends, as ``apply_changes`` does."""
    rows = session.execute(_ADDRESSEES, {"public_ids": list(public_ids)})
    return {row.public_id: Addressee(row, spaces.account_of(row, settings)) for row in rows}


def of_message(session: Session, message_id: MessageId) -> Sequence[Receipt]:
    """All that the carrier said of a message, in the order it came."""
    return session.scalars(select(Receipt).where(Receipt.message_id == message_id).order_by(Receipt.id)).all()


def record(session: Session, message_id: MessageId, report: Report, *, now: datetime) -> Status:
    """Keep the report and move the message; its status after. An unknown word is kept and moves nothing."""
    moved = record_all(session, {message_id: report}, now=now)
    return moved[message_id] if moved else session.get_one(Message, message_id).status


def record_all(session: Session, reports: Mapping[MessageId, Report], *, now: datetime) -> dict[MessageId, Status]:
    """The same for one report on each of several messages, {message id: report}; the status of those it could move."""
    steps = _record(session, reports, now=now)
    tell(session, steps.values())
    return {message_id: step.reached for message_id, step in steps.items()}


def _record(
    session: Session, reports: Mapping[MessageId, Report], *, now: datetime, held: _Held | None = None
) -> dict[MessageId, Applied]:
    """Record reports, but in the history of contacts, whose rows are locked last."""
    kept = Together(session)
    kept.insert(Receipt, [_row(*told, now) for told in reports.items()], names=_KEPT)
    moves: dict[MessageId, StatusChange] = {}
    for message_id, report in reports.items():
        reached = from_carrier(report.word)
        if reached is None:
            log.warning("receipt_word_unknown", extra={"message_id": message_id, "word": report.word[:24]})
        else:
            moves[message_id] = StatusChange(
                reached, carrier_sid=report.carrier_sid[:40] or None, error_code=report.error_code
            )
    steps = apply_changes(session, moves, now=now, held=held, beside=kept) if moves else {}
    kept.write()  # where none of their words moves a message
    for message_id, step in steps.items():
        said = moves[message_id].status
        if step.was is step.reached and step.reached is not said and said in FINAL:
            log.warning("receipt_contradicts", extra={"message_id": message_id, "said": said, "kept": step.reached})
    attempts.take_back(session, steps, now=now)
    _follow(session, steps, moves, now=now)
    return steps


def record_in_order(session: Session, arrived: Sequence[tuple[Addressee, Report]], *, now: datetime) -> None:
    """The same for any reports on messages that ``find`` holds, in the order they came; a message may have several."""
    held = {one.message.id: one.message for one, _report in arrived}
    rounds: list[dict[MessageId, Report]] = []
    for one, report in arrived:
        free = next((each for each in rounds if one.message.id not in each), None)
        if free is None:
            rounds.append(free := {})
        free[one.message.id] = report
    steps: list[Applied] = []
    for at, reports in enumerate(rounds):  # after the first, the messages are no more as they were read
        steps += _record(session, reports, now=now, held=None if at else held).values()
    tell(session, steps)


def _row(message_id: MessageId, report: Report, now: datetime) -> dict[str, Any]:
    return {
        "message_id": message_id,
        "word": report.word[:24],
        "carrier_sid": report.carrier_sid[:40],
        "error_code": report.error_code,
        "source": report.source,
        "at": report.at or now,
    }


def _follow(
    session: Session, steps: Mapping[MessageId, Applied], moves: Mapping[MessageId, StatusChange], *, now: datetime
) -> None:
    """Do what the reports ask for, once: a repeated report must not undo what a person did since.

    Rows are locked in the order of ``settling.settle``: messages, opt-outs, mailings, and at last history.
    """
    moved = {message_id: step.mailing_id for message_id, step in steps.items() if step.reached is not step.was}
    codes = {message_id: moves[message_id].error_code for message_id in moved}
    off = [one for one, code in codes.items() if code is not None and explain(code).action is Action.RETRY_LATER]
    attempts.try_later(session, off, now=now)
    pauses = follow(session, codes, now=now)
    given_back = refunds(steps.values())
    spending.lock(session, {*given_back, *pauses})
    spending.give_back(session, given_back)
    pause(session, pauses)
    filtered = {moved[one] for one, code in codes.items() if code and explain(code).action is Action.REVIEW_TEXT}
    for mailing_id in sorted(filtered):
        pause(session, breaker.filtered(session, mailing_id))


def keep_stray(session: Session, public_id: str, account_sid: str, report: Report, *, now: datetime) -> None:
    """A signed report on a message we do not know: nothing is lost, for 30 days."""
    session.add(
        StrayReceipt(
            public_id=public_id[:40],
            account_sid=account_sid[:40],
            word=report.word[:24],
            carrier_sid=report.carrier_sid[:40],
            error_code=report.error_code,
            at=report.at or now,
        )
    )


def forget_strays(session: Session, *, now: datetime) -> None:
    session.execute(delete(StrayReceipt).where(StrayReceipt.at < now - STRAYS_KEPT))
