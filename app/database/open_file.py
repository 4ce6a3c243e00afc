"""Which file a process has open as its SQLite database, and whether that is still the one at its path.

A file deleted or replaced under a process stays open without a name: all that is read there looks right, and all that
is written goes with the process.
"""

import sqlite3
from pathlib import Path

from sqlalchemy.exc import OperationalError


class FileLost(sqlite3.OperationalError):
    """Nothing may be read or written any more: what the path leads to is not what this process has open."""


class OpenFile:
    """The file at ``path`` as it was at the first connection. SQLite compares the same two numbers before it writes."""

    def __init__(self, path: str) -> None:
        self._path = Path(path)
        self._known: tuple[int, int] | None = None

    def note(self) -> None:
        """A connection has just been opened."""
        self._known = self._known or self._at_path()

    def forget(self) -> None:
        """Nobody has it open any more."""
        self._known = None

    def require_same(self) -> None:
        """Raises OperationalError, as for a database that is away: it comes back if the file is put back."""
        if self._known is not None and self._at_path() != self._known:
            why = f"le fichier {self._path} a été effacé ou remplacé sous ce programme : relancez-le"
            raise OperationalError(None, None, FileLost(why))

    def _at_path(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return None
        return found.st_dev, found.st_ino


def is_lost(error: BaseException) -> bool:
    """Whether the file went from under this process."""
    return isinstance(getattr(error, "orig", None), FileLost)
