"""What the commands share: settings read once, and refusals said in one sentence."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.db import Database
from app.settings import read_settings


@contextmanager
def opened_database() -> Iterator[Database]:
    """The database of the settings, closed at the end."""
    database = Database(read_settings().database_url)
    try:
        yield database
    finally:
        database.close()
