"""The web server as the product starts it, around an application that does next to nothing."""

from granian import Granian
from granian.constants import HTTPModes, Interfaces

from app.cli.web import BACKLOG
from app.settings import Settings


def serve(target: str, settings: Settings) -> None:
    """``target`` is « module:front »; it listens where the settings say."""
    Granian(
        target,
        address=settings.bind,
        port=settings.port,
        interface=Interfaces.RSGI,
        http=HTTPModes.http1,
        workers=settings.web_workers,
        backlog=BACKLOG,
        websockets=False,
        log_enabled=False,
    ).serve()
