"""The phones: what each has shown, and what was written on it. A text in flight is on no phone yet."""

import sqlite3
from datetime import UTC, datetime
from typing import Any

# The newest row of each phone comes along with max(landed_at): SQLite defines bare columns so, for one such max alone.
_LIST = (
    "SELECT phone, max(landed_at) AS last_at, direction, from_number, to_number, body, status, parts, sid, created_at,"
    " landed_at, sum(direction <> 'inbound') AS received, sum(direction = 'inbound') AS replies"
    " FROM messages WHERE account_sid = ? AND landed_at IS NOT NULL GROUP BY phone ORDER BY last_at DESC LIMIT ?"
)
_ONE = (
    "SELECT * FROM messages WHERE account_sid = ? AND phone = ? AND landed_at IS NOT NULL"
    " ORDER BY landed_at DESC, id DESC LIMIT ?"
)


def all_handsets(connection: sqlite3.Connection, account_sid: str, *, limit: int) -> list[dict[str, Any]]:
    """Each phone with its last text and its counts, the latest to ring first."""
    rows = connection.execute(_LIST, (account_sid, limit)).fetchall()
    return [
        {"number": row["phone"], "received": row["received"], "replies": row["replies"], "last": as_text(row)}
        for row in rows
    ]


def one_handset(connection: sqlite3.Connection, account_sid: str, phone: str, *, limit: int) -> dict[str, Any]:
    """What one phone shows, newest first, and the senders it has stopped."""
    rows = connection.execute(_ONE, (account_sid, phone, limit)).fetchall()
    stopped = connection.execute(
        "SELECT sender FROM stopped WHERE account_sid = ? AND phone = ? ORDER BY sender", (account_sid, phone)
    ).fetchall()
    return {"number": phone, "items": [as_text(row) for row in rows], "stopped": [row["sender"] for row in stopped]}


def as_text(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "sid": row["sid"],
        "direction": "reply" if row["direction"] == "inbound" else "received",
        "from": row["from_number"],
        "to": row["to_number"],
        "body": row["body"],
        "parts": row["parts"],
        "status": row["status"],
        "created_at": instant(row["created_at"]),
        "landed_at": instant(row["landed_at"]),
    }


def instant(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
