"""The front of the web server: a request is read whole, on one event loop, before it takes a thread.

A thread costs a connection to the database and there are few of them; a body on its way costs a socket and a file.
So a sender who is slow, or who never sends what it announced, keeps nobody waiting.
"""

import asyncio
import io
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Protocol

from app.web import answers
from app.web.answers import Headers, Pieces, WsgiApp

MEMORY_BYTES = 256 * 1024
"""A body up to this size stays in memory, a larger one waits in a temporary file."""


@dataclass(frozen=True)
class Limits:
    """How a body may come."""

    max_bytes: int
    """What is kept of a body; the application refuses a longer one, by its announced length."""
    max_drained_bytes: int = 1 << 30
    """What is read of a body too long, so that its sender sees the answer: nobody sends a gigabyte in earnest."""
    silence_s: float = 15.0
    """Without a single byte."""
    grace_s: float = 30.0
    """Before the rate counts."""
    min_bytes_per_s: int = 2048
    """On the whole, after the grace: a phone at the edge of its network sends ten times that."""
    max_unfinished: int = 64
    """Bodies on their way at once from one address, a worker. One more, and the longest silent of them is given up:
    a newcomer is never refused, who may stand behind the same box or the same proxy."""


class Scope(Protocol):
    """What granian tells of a request, by its RSGI interface."""

    http_version: str
    server: str
    client: str
    scheme: str
    method: str
    path: str
    query_string: str
    authority: str | None
    headers: Any


class Ends(Protocol):
    """The two ends of a request: its body comes in, its answer goes out."""

    def __aiter__(self) -> AsyncIterator[bytes]: ...
    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None: ...
    def response_stream(self, status: int, headers: Headers) -> Pieces: ...


Ahead = Callable[[dict[str, Any]], Awaitable[tuple[int, Headers] | None] | None]
"""Answers some requests on the loop itself, without a thread and without a body; what it says None to is left to the
application, as it came."""


class TooSlow(Exception):
    """The body stopped coming, or comes too slowly."""


@dataclass
class Body:
    """A body that has come, and the length it has (its announced one, where it was too long to keep)."""

    stream: IO[bytes]
    length: int | None


class Front:
    """A WSGI application behind its door, as granian's RSGI workers call it."""

    def __init__(
        self,
        app: WsgiApp,
        *,
        threads: int,
        limits: Limits,
        address: Callable[[str, str], str] = lambda peer, _: peer,
        ahead: Ahead | None = None,
    ) -> None:
        """``address(peer, forwarded_for)`` tells whose request it is, for those who come through a proxy."""
        self.app = app
        self.ahead = ahead
        self.limits = limits
        self.address = address
        self.unfinished: dict[str, set[Reading]] = {}
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="request")

    async def __rsgi__(self, scope: Scope, protocol: Ends) -> None:
        headers = _headers(scope)
        try:
            body = await self._body(scope, headers, protocol)
        except TooSlow:
            protocol.response_bytes(408, [("Connection", "close")], b"")
        else:
            await self.answer(_environ(scope, headers, body), protocol)

    async def answer(self, environ: dict[str, Any], protocol: Ends) -> None:
        """Answer a request that has come whole."""
        asked = self.ahead(environ) if self.ahead is not None else None
        if asked is not None and (said := await asked) is not None:
            environ["wsgi.input"].close()
            protocol.response_bytes(*said, b"")
            return
        status, headers, content = await self._run(answers.make, self.app, environ)
        if isinstance(content, bytes):
            protocol.response_bytes(status, headers, content)
        else:
            await answers.send(content, protocol.response_stream(status, headers), run=self._run)

    async def _run(self, work: Callable[..., Any], *words: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self.pool, work, *words)

    async def _body(self, scope: Scope, headers: dict[str, str], protocol: Ends) -> Body:
        announced = headers.get("content-length")
        if "transfer-encoding" not in headers and announced in (None, "0"):
            return Body(io.BytesIO(), None if announced is None else 0)
        address = self.address(scope.client.rpartition(":")[0], headers.get("x-forwarded-for", ""))
        reading = Reading(protocol, int(announced) if announced else None, self.limits)
        beside = self.unfinished.setdefault(address, set())
        if len(beside) >= self.limits.max_unfinished:
            longest_silent = min(beside, key=lambda one: one.heard_at)
            beside.discard(longest_silent)
            longest_silent.give_up()
        beside.add(reading)
        try:
            return await reading.whole()
        finally:
            beside.discard(reading)
            if not beside:
                self.unfinished.pop(address, None)


class Reading:
    """One body on its way."""

    def __init__(self, protocol: Ends, announced: int | None, limits: Limits) -> None:
        self.protocol = protocol
        self.announced = announced
        self.limits = limits
        self.began_at = self.heard_at = asyncio.get_running_loop().time()
        self.patience = asyncio.timeout(limits.silence_s)

    def give_up(self) -> None:
        if not self.patience.expired():
            self.patience.reschedule(self.began_at)

    async def whole(self) -> Body:
        """Raises TooSlow for one that stops, that creeps, or that ends before its length."""
        if self.announced is not None and self.announced > self.limits.max_drained_bytes:
            return Body(io.BytesIO(), self.announced)
        kept = SpooledTemporaryFile(MEMORY_BYTES)  # noqa: SIM115 - the thread that reads it closes it
        try:
            async with self.patience:
                received = await self._receive(kept)
            if received < (self.announced or 0):
                raise TooSlow
        except BaseException as error:
            kept.close()
            if isinstance(error, TimeoutError):
                raise TooSlow from None
            raise
        kept.seek(0)
        return Body(kept, received)

    async def _receive(self, kept: IO[bytes]) -> int:
        loop, limits, received = asyncio.get_running_loop(), self.limits, 0
        keep = limits.max_bytes if (self.announced or 0) <= limits.max_bytes else 0
        async for chunk in self.protocol:
            if not chunk:
                continue
            received += len(chunk)
            if received > limits.max_drained_bytes:
                break
            if received <= keep:
                kept.write(chunk)
            self.heard_at = loop.time()
            latest = self.began_at + limits.grace_s + received / limits.min_bytes_per_s
            self.patience.reschedule(min(self.heard_at + limits.silence_s, latest))
        return received


def _headers(scope: Scope) -> dict[str, str]:
    """By lower-case name; a name with an underscore could pass for another's and is left out."""
    found: dict[str, str] = {}
    for name, value in scope.headers.items():
        if "_" not in name:
            join = "; " if name == "cookie" else ","
            found[name] = f"{found[name]}{join}{value}" if name in found else value
    if scope.authority:
        found.setdefault("host", scope.authority)
    return found


def _environ(scope: Scope, headers: dict[str, str], body: Body) -> dict[str, Any]:
    """The request as WSGI tells it (PEP 3333)."""
    host, _colon, port = scope.server.rpartition(":")
    environ = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string.encode().decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": body.stream,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in headers.items():
        environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
    environ["CONTENT_TYPE"] = environ.pop("HTTP_CONTENT_TYPE", "")
    environ.pop("HTTP_CONTENT_LENGTH", None)
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    environ["CONTENT_LENGTH"] = "" if body.length is None else str(body.length)
    return environ
