"""`tambour web`: the pages, the API and the webhooks."""

import resource

import click
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from app import assembly, logs
from app.cli.start import ready_settings, require_free_port

BACKLOG = 4096
"""Connections that wait to be taken in, and as many that the workers keep open: a silent one costs little."""
FILES = 16_384
"""Files and sockets a worker may hold, where the machine lets it: its usual 1,024 are soon taken."""

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
    raise_file_limit()
    Granian(
        "wsgi:front",
        address=settings.bind,
        port=settings.port,
        interface=Interfaces.RSGI,
        http=HTTPModes.http1,
        workers=settings.web_workers,
        backlog=BACKLOG,
        websockets=False,
        log_level=LogLevels.error,
        log_dictconfig={"loggers": _LOGGERS},
        respawn_failed_workers=True,
    ).serve()


def raise_file_limit() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
