"""An HTTP/1.1 door on this machine alone, for a WSGI application.

aiohttp parses and keeps connections open, threads run the application. Werkzeug's own server closes every
connection after one answer, which costs the sender more than the whole of the simulator's work.
"""

import asyncio
import io
import ipaddress
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from aiohttp import web

from app.simulator.desk import HANG_UP

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

THREADS = 128  # each may be asleep, when the weather is slow


class Listener:
    """Open from ``start``, which returns the port, to ``stop``."""

    def __init__(self, wsgi: "WSGIApplication", *, host: str = "127.0.0.1", port: int = 0) -> None:
        if not is_loopback(host):
            raise ValueError(f"the simulator listens on this machine alone, not on {host}")
        self._wsgi = wsgi
        self._host = host
        self._port = port
        self._loop = asyncio.new_event_loop()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="simulator-http")
        self._runner: web.ServerRunner | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, name="simulator-listener", daemon=True)

    def start(self) -> int:
        self._thread.start()
        return asyncio.run_coroutine_threadsafe(self._open(), self._loop).result()

    def stop(self) -> None:
        if self._thread.is_alive():
            asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
        self._threads.shutdown()
        self._loop.close()

    async def _open(self) -> int:
        self._runner = web.ServerRunner(web.Server(self._answer, access_log=None), shutdown_timeout=2)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port, backlog=1024).start()
        return int(self._runner.addresses[0][1])

    async def _close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _answer(self, request: web.BaseRequest) -> web.Response:
        environ = _environ(request, await request.read())
        environ[HANG_UP] = lambda: self._loop.call_soon_threadsafe(_cut, request)
        return await self._loop.run_in_executor(self._threads, _run, self._wsgi, environ)


def is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _cut(request: web.BaseRequest) -> None:
    if request.transport is not None:
        request.transport.abort()


def _environ(request: web.BaseRequest, body: bytes) -> "WSGIEnvironment":
    path, _, query = request.raw_path.partition("?")
    environ: WSGIEnvironment = {
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "0",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": request.headers.get("Content-Type", ""),
    }
    for name, value in request.headers.items():
        if name.lower() not in {"content-length", "content-type", "transfer-encoding"}:
            environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
    return environ


def _run(wsgi: "WSGIApplication", environ: "WSGIEnvironment") -> web.Response:
    """The application's whole answer; ours are small and never streamed."""
    begun: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], _: Any = None) -> Callable[[bytes], object]:
        begun[:] = [(status, headers)]
        return io.BytesIO().write

    body = b"".join(wsgi(environ, start_response))
    status, headers = begun[0]
    kept = [(name, value) for name, value in headers if name.lower() != "content-length"]
    return web.Response(status=int(status.split(" ", 1)[0]), headers=kept, body=body)
