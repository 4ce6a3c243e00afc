"""What the commands need before they start: a database of the right version, a free port."""

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager

from sqlalchemy.exc import DBAPIError

from app.database.engine import Database, does_not_answer
from app.database.labels import require_fit
from app.database.private import keep_private
from app.settings import Settings, read_settings


class CannotStart(Exception):
    """One sentence: what stops the start, and how to mend it."""


@contextmanager
def opened_database() -> Iterator[Database]:
    """The database of the settings, closed at the end."""
    settings = read_settings()
    keep_private(settings)
    with closing(Database(settings.database_url)) as database:
        yield database


def ready_settings() -> Settings:
    """The settings, once the database is known to have today's schema and this installation's key."""
    settings = read_settings()
    keep_private(settings)
    with closing(Database(settings.database_url)) as database:
        require_fit(database, settings.fingerprint_key)
    return settings


def no_answer(error: DBAPIError) -> str:
    """What its driver says of a database that cannot be used, in one sentence."""
    reason = str(error.orig).strip().partition("\n")[0]
    what = "ne répond pas" if does_not_answer(error) else "refuse ce qui lui est demandé"
    return f"la base de données {what} ({reason})."


def require_free_port(host: str, port: int, *, mend: str) -> None:
    """Raises CannotStart, ending with the ``mend`` sentence, when somebody listens there already."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CannotStart(f"le port {port} de {host} n'est pas libre ({error.strerror}). {mend}") from None
