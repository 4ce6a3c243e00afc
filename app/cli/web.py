"""`tambour web`: the pages, the API and the webhooks."""

import click
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from app import assembly, logs
from app.cli.start import ready_settings, require_free_port

THREADS = 16
"""A worker's requests at once; below what its pool of database connections holds."""

_LOADED_BEFORE_THE_FORK = assembly
"""A second of imports, once for all the workers."""

_LOGGERS = {
    "_granian": {"level": "WARNING", "propagate": True},
    "granian.access": {"level": "WARNING", "propagate": True},
}


@click.command("web")
def web() -> None:
    """Servir les pages, l'API et les retours de l'opérateur."""
    logs.set_up()
    settings = ready_settings()
    require_free_port(settings.bind, settings.port, mend="Choisissez-en un autre avec TAMBOUR_PORT.")
    Granian(
        "wsgi:app",
        address=settings.bind,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.web_workers,
        blocking_threads=THREADS,
        websockets=False,
        log_level=LogLevels.error,
        log_dictconfig={"loggers": _LOGGERS},
        respawn_failed_workers=True,
    ).serve()
