"""Somebody's software that hears of events over real HTTP, and answers as a test wants."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from app.hooks.addresses import Bounds
from app.hooks.wire import Wire

HERE = Bounds(schemes=("http", "https"), ports=None, loopback=True)
"""What production never allows: a receiver of the tests listens on this machine."""


@dataclass
class Receiver:
    """``status`` is what it answers; ``meanwhile`` runs before it does."""

    url: str = ""
    status: int = 204
    location: str = ""
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    meanwhile: Callable[[], None] = lambda: None

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _headers, body in self.heard]


@contextmanager
def listening() -> Iterator[Receiver]:
    """Open on a free port."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
            receiver.meanwhile()
            self.send_response(receiver.status)
            if receiver.location:
                self.send_header("Location", receiver.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """The tests say what they want to know."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_port}/tambour"
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


WIRE = Wire(bounds=HERE, timeout_s=2)
