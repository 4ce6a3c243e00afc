"""Copies of a SQLite database, by SQLite's own backup: one instant, whoever writes meanwhile."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL

from app.database.backups.archive import programs_run
from app.errors import RuleBroken

WAIT_S = 30.0
_UNDER_WAY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def copy_out(url: URL, target: Path) -> None:
    """The database as of one instant, found sound. Raises RuleBroken when it is not."""
    with closing(_open(url)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
    if not is_sound(target):
        raise RuleBroken(
            "database_damaged", "La base de données est abîmée : gardez vos sauvegardes d'avant. Rien n'a été écrit."
        )


def is_sound(copy: Path) -> bool:
    try:
        with closing(sqlite3.connect(copy)) as connection:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except sqlite3.DatabaseError:
        return False


def finish(copy: Path, statements: Sequence[str]) -> None:
    """Say what is to be true of the copy before anybody reads it."""
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def copy_in(copy: Path, url: URL, *, wait_s: float = WAIT_S) -> None:
    """Put the copy in the database's place, all or nothing; whoever has it open reads the copy from then on.

    Raises RuleBroken, with nothing changed, when a program has been writing for ``wait_s`` seconds.
    """
    with closing(sqlite3.connect(copy)) as source, closing(_open(url, wait_s)) as target:
        source.backup(target, progress=_give_up)


def _give_up(status: int, _remaining: int, _pages: int) -> None:
    """Asked after each step: the library would wait for the other program without end, and without a word."""
    if status & 0xFF in _UNDER_WAY:
        raise programs_run()


def _open(url: URL, wait_s: float = WAIT_S) -> sqlite3.Connection:
    return sqlite3.connect(url.database or "", timeout=wait_s)
