"""What is due: statuses that messages take and callbacks to deliver. A row goes away once its callback is heard."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_DUE = (
    "UPDATE events SET claimed = 1, attempts = attempts + 1 WHERE id IN"
    " (SELECT id FROM events WHERE claimed = 0 AND due_at <= ? ORDER BY due_at, id LIMIT ?)"
    " RETURNING *, (SELECT token FROM accounts WHERE sid = account_sid) AS token"
)
_NEXT = "SELECT min(due_at) AS due_at FROM events WHERE claimed = 0"
# A late « sent » changes nothing, and the first final status stays.
_SENT = "UPDATE messages SET status = 'sent', sent_at = :now, updated_at = :now WHERE sid = :sid AND status = 'queued'"
_FINAL = (
    "UPDATE messages SET status = :status, error_code = :error, sent_at = coalesce(sent_at, :now), updated_at = :now,"
    " landed_at = CASE WHEN :status = 'delivered' THEN :now END WHERE sid = :sid AND status IN ('queued', 'sent')"
)


@dataclass(frozen=True, slots=True)
class Due:
    """One callback in a courier's hands; ``attempts`` counts this one."""

    id: int
    account_sid: str
    message_sid: str
    token: str
    url: str
    form: str
    born_at: float
    attempts: int


@dataclass(frozen=True, slots=True)
class Claim:
    """What came due: callbacks to make, the accounts that see a change, and the next instant of interest."""

    due: list[Due]
    changed: set[str]
    next_at: float | None


def release_all(connection: sqlite3.Connection) -> None:
    """Give back what a courier that died had in hand."""
    connection.execute("UPDATE events SET claimed = 0 WHERE claimed = 1")


def settle(connection: sqlite3.Connection, *, ended: Iterable[int], later: Iterable[tuple[float, int]]) -> None:
    """Forget what was delivered; offer again, each at its instant, what nobody answered."""
    connection.executemany("DELETE FROM events WHERE id = ?", [(event_id,) for event_id in ended])
    connection.executemany("UPDATE events SET claimed = 0, due_at = ? WHERE id = ?", list(later))


def claim(connection: sqlite3.Connection, *, limit: int, now: float) -> Claim:
    """Let what is due happen, and hand over the callbacks to make, oldest first."""
    rows = connection.execute(_DUE, (now, limit)).fetchall()
    rows.sort(key=lambda row: (row["due_at"], row["id"]))
    changed = _happen(connection, [row for row in rows if row["attempts"] == 1], now)
    silent = [row["id"] for row in rows if row["url"] is None]
    settle(connection, ended=silent, later=())
    due = [_due(row) for row in rows if row["url"] is not None]
    return Claim(due=due, changed=changed, next_at=connection.execute(_NEXT).fetchone()["due_at"])


def _happen(connection: sqlite3.Connection, rows: Sequence[sqlite3.Row], now: float) -> set[str]:
    changed: set[str] = set()
    for row in rows:
        if row["status"] == "received":
            continue
        words = {"sid": row["message_sid"], "status": row["status"], "error": row["error_code"], "now": now}
        if connection.execute(_SENT if row["status"] == "sent" else _FINAL, words).rowcount:
            changed.add(row["account_sid"])
    return changed


def _due(row: sqlite3.Row) -> Due:
    return Due(
        id=row["id"],
        account_sid=row["account_sid"],
        message_sid=row["message_sid"],
        token=row["token"],
        url=row["url"],
        form=row["form"],
        born_at=row["born_at"],
        attempts=row["attempts"],
    )
