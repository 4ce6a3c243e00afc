"""What was accepted, counted: the witness that crash tests compare the product's own account with."""

import sqlite3
from typing import Any

from app.simulator.store.handsets import instant


def entries(connection: sqlite3.Connection, account_sid: str, *, after: int, limit: int) -> list[dict[str, Any]]:
    """One row a callback URL, oldest first; ``count`` above one means the same message was accepted again."""
    rows = connection.execute(
        "SELECT * FROM ledger WHERE account_sid = ? AND id > ? ORDER BY id LIMIT ?", (account_sid, after, limit)
    ).fetchall()
    return [
        {
            "id": row["id"],
            "to": row["to_number"],
            "body_digest": row["body_digest"],
            "count": row["count"],
            "first_at": instant(row["first_at"]),
            "callback_url": row["callback_url"],
        }
        for row in rows
    ]
