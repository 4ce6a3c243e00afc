"""Copies of a SQLite database, by SQLite's own backup: one instant, whoever writes meanwhile."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL

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


def copy_in(copy: Path, url: URL) -> None:
    """Put the copy in the database's place, all or nothing; whoever has it open reads the copy from then on.

    Raises RuleBroken while a program writes.
    """
    with closing(sqlite3.connect(copy)) as source, closing(_open(url)) as target:
        try:
            source.backup(target)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in _UNDER_WAY:
                raise
            raise RuleBroken(
                "programs_run", "Un programme tient la base : arrêtez « web » et « jobs », puis recommencez."
            ) from None


def _open(url: URL) -> sqlite3.Connection:
    return sqlite3.connect(url.database or "", timeout=WAIT_S)
