"""The web server as the product starts it, around an application that does next to nothing."""

from granian import Granian
from granian.constants import Interfaces

from app.cli.web import THREADS
from app.settings import Settings


def serve(target: str, settings: Settings) -> None:
    """``target`` is « module:application »; it listens where the settings say."""
    Granian(
        target,
        address=settings.bind,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.web_workers,
        blocking_threads=THREADS,
        websockets=False,
        log_enabled=False,
    ).serve()
