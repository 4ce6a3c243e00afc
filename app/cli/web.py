"""`tambour web`: the pages, the API and the webhooks."""

import os
import resource
import signal

import click
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from app import assembly, logs
from app.cli.start import ready_settings, require_free_port
from app.health.memory import keep_flat

BACKLOG = 4096
"""Connections that wait to be taken in, and as many that the workers keep open: a silent one costs little."""
FILES = 16_384
"""Files and sockets a worker may hold, where the machine lets it: its usual 1,024 are soon taken."""
KILL_AFTER_S = 8
"""What a worker is given to finish its requests once it is asked to stop."""

_LOADED_BEFORE_THE_FORK = assembly
"""A second of imports, once for all the workers."""

_STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_LOGGERS = {
    "_granian": {"level": "WARNING", "propagate": True},
    "granian.access": {"level": "WARNING", "propagate": True},
}


@click.command("web")
def web() -> None:
    """Servir les pages, l'API et les retours de l'opérateur."""
    logs.set_up()
    keep_flat()  # its workers inherit it
    settings = ready_settings()
    require_free_port(settings.bind, settings.port, mend="Choisissez-en un autre avec TAMBOUR_PORT.")
    raise_file_limit()
    os.register_at_fork(before=_hold_signals, after_in_parent=_take_signals, after_in_child=_end_at_once)
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
        workers_kill_timeout=KILL_AFTER_S,
    ).serve()


def raise_file_limit() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))


def _hold_signals() -> None:
    """What is sent meanwhile waits: a signal between the fork and the worker's first step would be lost."""
    signal.pthread_sigmask(signal.SIG_BLOCK, _STOP_SIGNALS)


def _take_signals() -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOP_SIGNALS)


def _end_at_once() -> None:
    """Until a worker has loaded and granian listens for it, SIGTERM ends it.

    The handlers that it inherits would only take note, and the server asks once: asked twice, a worker drops the
    requests it is finishing. For the same reason it never hears Ctrl-C, which a terminal tells the whole group.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
