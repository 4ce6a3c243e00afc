"""Accounts: learnt at first use, then held to the token they came with. Kept in memory, for every request asks."""

import hmac
import json
import re
import sqlite3
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from app.simulator.faults import Faults
from app.simulator.store.database import Database

_SID = re.compile(r"AC[0-9a-fA-F]{32}")


@dataclass(slots=True)
class Account:
    """A tenant of the carrier. ``token`` opens its door and signs its webhooks; ``changes`` grows with what happens.

    The counter starts from the clock, in milliseconds: it still grows across a restart, and when an account is
    forgotten and comes back, without a write of its own for each change.
    """

    sid: str
    token: str
    faults: Faults
    changes: int = field(default_factory=lambda: int(time.time() * 1000))


class Accounts:
    """Every account this carrier knows."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._counting = threading.Lock()
        with database.read() as connection:
            rows = connection.execute("SELECT sid, token, weather FROM accounts").fetchall()
        self._known = {
            row["sid"]: Account(row["sid"], row["token"], Faults(**json.loads(row["weather"]))) for row in rows
        }

    def admit(self, sid: str, token: str) -> Account | None:
        """The account, if the token is its own or nobody has used this sid before."""
        account = self._known.get(sid)
        if account is None:
            if _SID.fullmatch(sid) is None or not token:
                return None
            account = self._learn(sid, token)
        return account if hmac.compare_digest(account.token.encode(), token.encode()) else None

    def repeats_callbacks(self, sid: str) -> bool:
        """Whether this account's weather posts again what nobody answers."""
        account = self._known.get(sid)
        return account is not None and account.faults.repeat_callbacks

    def set_faults(self, account: Account, faults: Faults) -> None:
        """Another weather from now on, with its day's messages whole."""

        def keep(connection: sqlite3.Connection) -> None:
            words = (json.dumps(faults.to_json()), account.sid)
            connection.execute("UPDATE accounts SET weather = ? WHERE sid = ?", words)
            connection.execute("DELETE FROM allowances WHERE account_sid = ?", (account.sid,))
            if faults.day_limit is not None:
                connection.execute("INSERT INTO allowances VALUES (?, ?)", (account.sid, faults.day_limit))

        self._database.do(keep)
        account.faults = faults
        self.note_change([account.sid])

    def note_change(self, sids: Iterable[str]) -> None:
        """Something of these accounts is now otherwise on the disk."""
        with self._counting:
            for sid in sids:
                account = self._known.get(sid)
                if account is not None:
                    account.changes += 1

    def forget(self, account: Account) -> None:
        """Everything of this account, its token included: the next to come with this sid is a stranger."""

        def erase(connection: sqlite3.Connection) -> None:
            words = (account.sid,)
            connection.execute("DELETE FROM messages WHERE account_sid = ?", words)
            connection.execute("DELETE FROM events WHERE account_sid = ?", words)
            connection.execute("DELETE FROM ledger WHERE account_sid = ?", words)
            connection.execute("DELETE FROM stopped WHERE account_sid = ?", words)
            connection.execute("DELETE FROM allowances WHERE account_sid = ?", words)
            connection.execute("DELETE FROM accounts WHERE sid = ?", words)

        with self._lock:
            self._database.do(erase)
            self._known.pop(account.sid, None)

    def _learn(self, sid: str, token: str) -> Account:
        words = (sid, token, json.dumps(Faults().to_json()))
        with self._lock:
            if sid not in self._known:
                self._database.do(lambda c: c.execute("INSERT INTO accounts VALUES (?, ?, ?)", words))
                self._known[sid] = Account(sid, token, Faults())
            return self._known[sid]
