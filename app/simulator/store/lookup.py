"""The API's view of the messages: one, a page of them, and what may be done to them afterwards."""

import sqlite3
from dataclasses import dataclass

REDACTED, DELETED = 1, 2


@dataclass(frozen=True, slots=True)
class Search:
    """Which messages to list: ``since`` and ``until`` are inclusive seconds.

    ``before_id`` continues a listing, ``after_id`` goes back.
    """

    to: str | None = None
    sender: str | None = None
    since: int | None = None
    until: int | None = None
    before_id: int | None = None
    after_id: int | None = None


def find(connection: sqlite3.Connection, account_sid: str, sid: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = connection.execute(
        "SELECT * FROM messages WHERE sid = ? AND account_sid = ? AND hidden < 2", (sid, account_sid)
    ).fetchone()
    return row


def listed(connection: sqlite3.Connection, account_sid: str, search: Search, *, limit: int) -> list[sqlite3.Row]:
    """Newest first. A message not sent yet is dated by its creation, so that a look-up never misses a fresh one."""
    dated = "CAST(coalesce(sent_at, created_at) AS INTEGER)"
    asked: list[tuple[str, object]] = [
        ("account_sid = ?", account_sid),
        ("hidden < ?", DELETED),
        ("to_number = ?", search.to),
        ("from_number = ?", search.sender),
        (f"{dated} >= ?", search.since),
        (f"{dated} <= ?", search.until),
        ("id < ?", search.before_id),
        ("id > ?", search.after_id),
    ]
    kept = [(condition, value) for condition, value in asked if value is not None]
    conditions = " AND ".join(condition for condition, _ in kept)
    order = "ORDER BY id DESC LIMIT ?" if search.after_id is None else "ORDER BY id LIMIT ?"
    query = " ".join(["SELECT * FROM messages WHERE", conditions, order])
    rows = connection.execute(query, [*(value for _, value in kept), limit]).fetchall()
    return rows if search.after_id is None else rows[::-1]


def hide(connection: sqlite3.Connection, row: sqlite3.Row, how: int) -> None:
    """Redact or delete for the API's eyes; the phone that received the text keeps it."""
    connection.execute("UPDATE messages SET hidden = max(hidden, ?) WHERE id = ?", (how, row["id"]))
