"""What the application answers: whole, or piece by piece where it is too long to be held."""

import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Protocol

log = logging.getLogger(__name__)

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Headers = list[tuple[str, str]]

STREAMED = "tambour.streamed"
"""In the environment of a request whose answer leaves in pieces; any other is held whole."""


class Pieces(Protocol):
    """Where an answer goes piece by piece. The server keeps what a slow network has not taken yet, outside Python."""

    async def send_bytes(self, piece: bytes) -> None: ...


def make(app: WsgiApp, environ: dict[str, Any]) -> tuple[int, Headers, bytes | Iterable[bytes]]:
    """What the application says: whole, or still to be made where it says that it leaves in pieces."""
    begun: list[tuple[int, Headers]] = []

    def start_response(status: str, headers: Headers, _exc_info: object = None) -> None:
        begun.append((int(status.split(" ", 1)[0]), headers))

    try:
        parts = app(environ, start_response)
        if environ.get(STREAMED):
            return (*begun[-1], parts)
        try:
            content = b"".join(parts)
        finally:
            if close := getattr(parts, "close", None):
                close()
        return (*begun[-1], content)
    except Exception:
        log.exception("request_failed")
        return 500, [("Content-Type", "text/plain")], b""
    finally:
        environ["wsgi.input"].close()


async def send(content: Iterable[bytes], pieces: Pieces, *, run: Callable[..., Awaitable[Any]]) -> None:
    """``run`` makes each piece in a thread, which is free while the network takes it."""
    rest = iter(content)
    try:
        while (piece := await run(next, rest, None)) is not None:
            await pieces.send_bytes(piece)
    except Exception:
        log.exception("stream_failed")
        raise
    finally:
        if close := getattr(content, "close", None):
            await run(close)
