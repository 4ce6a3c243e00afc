"""What is written when a text is accepted, from the API or from a handset, before anyone is told it was."""

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from itertools import chain

from app.simulator.dice import new_sid
from app.simulator.fates import Receipt
from app.simulator.messages import Message
from app.simulator.optout import heard
from app.simulator.refusals import Refused, day_spent, unsubscribed
from app.simulator.segments import count_parts
from app.simulator.store.forms import inbound_form, status_form

_INSERT = (
    "INSERT INTO messages (sid, account_sid, direction, from_number, to_number, phone, body, parts, status,"
    " created_at, updated_at, sent_at, landed_at)"
    " SELECT :sid, :account, :direction, :from_number, :to_number, :phone, :body, :parts, :status,"
    " :now, :now, :landed_at, :landed_at"
)
_UNLESS_STOPPED = (
    " WHERE NOT EXISTS"
    " (SELECT 1 FROM stopped WHERE account_sid = :account AND sender = :from_number AND phone = :to_number)"
)
_OUTBOUND = _INSERT + _UNLESS_STOPPED + " RETURNING *"
_INBOUND = _INSERT + " RETURNING *"
_LEDGER = (
    "INSERT INTO ledger (account_sid, callback_url, to_number, body_digest, count, first_at)"
    " VALUES (?, ?, ?, ?, 1, ?) ON CONFLICT (account_sid, callback_url) DO UPDATE SET count = count + 1"
)
_EVENT = "INSERT INTO events (account_sid, message_sid, status, error_code, url, form, born_at, due_at) VALUES"
_EVENT_VALUES = "(?, ?, ?, ?, ?, ?, ?, ?)"


def accept(
    connection: sqlite3.Connection,
    account_sid: str,
    message: Message,
    receipts: Sequence[Receipt],
    *,
    told: bool,
    day_limit: int | None,
    now: float,
) -> sqlite3.Row | Refused:
    """Store the message and its receipts to come; or the refusal, and nothing stored.

    It is refused when this phone has stopped this sender, and once ``day_limit`` messages were accepted today.
    ``told`` is False when the receipts must happen and never be reported.
    """
    if day_limit is not None and _is_spent(connection, account_sid):
        return day_spent(account_sid, day_limit)
    words = {
        "sid": new_sid(),
        "account": account_sid,
        "direction": "outbound-api",
        "from_number": message.sender,
        "to_number": message.to,
        "phone": message.to,
        "body": message.body,
        "parts": message.parts,
        "status": "queued",
        "now": now,
        "landed_at": None,
    }
    row: sqlite3.Row | None = connection.execute(_OUTBOUND, words).fetchone()
    if row is None:
        return unsubscribed()
    if day_limit is not None:
        connection.execute("UPDATE allowances SET remaining = remaining - 1 WHERE account_sid = ?", (account_sid,))
    url = message.callback_url if told else None
    _plan(connection, [_event(row, message, receipt, url) for receipt in receipts])
    digest = hashlib.sha256(message.body.encode()).hexdigest()
    connection.execute(_LEDGER, (account_sid, message.callback_url, message.to, digest, now))
    return row


def reply(
    connection: sqlite3.Connection,
    account_sid: str,
    *,
    phone: str,
    to: str,
    body: str,
    url: str,
    advanced_opt_out: bool,
    now: float,
) -> sqlite3.Row:
    """A text written on a handset: stored, its STOP or START obeyed, its webhook due at once."""
    words = {
        "sid": new_sid(),
        "account": account_sid,
        "direction": "inbound",
        "from_number": phone,
        "to_number": to,
        "phone": phone,
        "body": body,
        "parts": count_parts(body),
        "status": "received",
        "now": now,
        "landed_at": now,
    }
    row: sqlite3.Row = connection.execute(_INBOUND, words).fetchone()
    keyword = heard(body)
    if keyword == "STOP":
        connection.execute("INSERT OR IGNORE INTO stopped VALUES (?, ?, ?)", (account_sid, to, phone))
    elif keyword == "START":
        connection.execute(
            "DELETE FROM stopped WHERE account_sid = ? AND sender = ? AND phone = ?", (account_sid, to, phone)
        )
    form = json.dumps(inbound_form(row, opt_out=keyword if advanced_opt_out else None))
    _plan(connection, [(account_sid, row["sid"], "received", None, url, form, now, now)])
    return row


def _is_spent(connection: sqlite3.Connection, account_sid: str) -> bool:
    """Whether the day's messages are all gone. Acts are made one after another: nobody counts at the same time."""
    found = connection.execute("SELECT remaining FROM allowances WHERE account_sid = ?", (account_sid,)).fetchone()
    return found is not None and found["remaining"] <= 0


def _plan(connection: sqlite3.Connection, events: Sequence[tuple[object, ...]]) -> None:
    """One statement for all: each gives up the interpreter to the other threads, and must wait to get it back."""
    values = ", ".join(_EVENT_VALUES for _ in events)
    connection.execute(" ".join([_EVENT, values]), list(chain.from_iterable(events)))


def _event(row: sqlite3.Row, message: Message, receipt: Receipt, url: str | None) -> tuple[object, ...]:
    account_sid, sid, due_at = row["account_sid"], row["sid"], row["created_at"] + receipt.after_s
    form = json.dumps(status_form(account_sid, sid, message, receipt, due_at)) if url else "{}"
    return (account_sid, sid, receipt.status, receipt.error_code, url, form, due_at, due_at)
