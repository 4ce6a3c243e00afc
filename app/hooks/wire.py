"""The one way out: a signed POST to the address that was checked, and nowhere else. Knows no table."""

import asyncio
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from app.errors import RuleBroken
from app.french.language import _
from app.hooks import addresses
from app.hooks.addresses import Bounds

TIMEOUT_S = 10.0
"""For the name, the connection, the request and the answer's first line together."""
AT_ONCE = 64
AGENT = "Tambour (+webhooks)"


class Problem(StrEnum):
    """Why an attempt met no answer."""

    REFUSED = "refused"
    NO_NAME = "no_name"
    NO_CONNECTION = "no_connection"
    CERTIFICATE = "certificate"
    TOO_SLOW = "too_slow"
    UNREADABLE = "unreadable"


_SENTENCES = {
    Problem.REFUSED: _("L'adresse mène à un réseau privé : rien n'y part."),
    Problem.NO_NAME: _("Le nom de cette adresse n'existe pas, ou ne répond pas."),
    Problem.NO_CONNECTION: _("Personne ne répond à cette adresse."),
    Problem.CERTIFICATE: _("Le certificat https de cette adresse n'est pas valable."),
    Problem.TOO_SLOW: _("Pas de réponse en dix secondes."),
    Problem.UNREADABLE: _("La réponse n'est pas du HTTP."),
}


def sentence(problem: str) -> str:
    """What a référente reads of it; empty for no problem."""
    return _SENTENCES[Problem(problem)] if problem else ""


@dataclass(frozen=True)
class Post:
    """One attempt to make."""

    url: str
    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True)
class Answer:
    """What came of it: the receiver's status, or why there is none."""

    status: int | None = None
    problem: Problem | None = None

    @property
    def is_yes(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class _NotThere(OSError):
    """The system was about to connect to an address that no delivery may go to."""


@dataclass(frozen=True)
class Wire:
    """Posts many at once. ``resolver`` is the system's own where none is given."""

    bounds: Bounds = addresses.STRICT
    resolver: type[AbstractResolver] | None = None
    timeout_s: float = TIMEOUT_S
    at_once: int = AT_ONCE

    def send(self, posts: Sequence[Post]) -> list[Answer]:
        """The answers, in their order."""
        return asyncio.run(self._send(posts)) if posts else []

    async def _send(self, posts: Sequence[Post]) -> list[Answer]:
        # Nothing ends a look-up that no name server answers: of a few threads, one receiver's would take them all.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(self.at_once, "hooks-names"))
        turns = asyncio.Semaphore(self.at_once)
        connector = aiohttp.TCPConnector(
            resolver=self.resolver() if self.resolver else aiohttp.ThreadedResolver(),
            use_dns_cache=False,
            limit=self.at_once,
            force_close=True,
            socket_factory=self._socket,
        )
        async with aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=self.timeout_s),
            auto_decompress=False,
            trust_env=False,  # a proxy would look the name up itself, unchecked
        ) as session:
            return list(await asyncio.gather(*(self._post(session, one, turns) for one in posts)))

    def _socket(self, info: Any) -> socket.socket:
        """Every connection is born here with the address it goes to: checked now, it cannot be another a moment later.

        Names are looked up once, by whoever calls this: no second answer is ever asked for.
        """
        family, kind, protocol, _name, address = info
        if not self.bounds.allows(str(address[0])):
            raise _NotThere(str(address[0]))
        return socket.socket(family, kind, protocol)

    async def _post(self, session: aiohttp.ClientSession, post: Post, turns: asyncio.Semaphore) -> Answer:
        """Its time begins with its turn: waiting for others is no slowness of its receiver's."""
        try:
            url: URL = addresses.read(post.url, bounds=self.bounds)
            headers = {**post.headers, "Content-Type": "application/json", "User-Agent": AGENT}
            async with turns, session.post(url, data=post.body, headers=headers, allow_redirects=False) as answer:
                return Answer(answer.status)
        except (RuleBroken, aiohttp.ClientError, OSError, ValueError) as error:
            return Answer(problem=_problem(error))


_PROBLEMS: tuple[tuple[type[BaseException], Problem], ...] = (
    (RuleBroken, Problem.REFUSED),
    (TimeoutError, Problem.TOO_SLOW),
    (aiohttp.ClientConnectorDNSError, Problem.NO_NAME),
    (aiohttp.ClientSSLError, Problem.CERTIFICATE),
    (aiohttp.ClientConnectionError, Problem.NO_CONNECTION),
    (OSError, Problem.NO_CONNECTION),
    (BaseException, Problem.UNREADABLE),
)
"""The first that fits: the library's errors are each other's children."""


def _problem(error: BaseException) -> Problem:
    if _is_not_there(error):
        return Problem.REFUSED
    return next(problem for kind, problem in _PROBLEMS if isinstance(error, kind))


def _is_not_there(error: BaseException | None) -> bool:
    """Whether ours is at the bottom of what the library says, alone or among others."""
    while error is not None:
        if isinstance(error, _NotThere):
            return True
        inner = getattr(error, "os_error", None) or error.__cause__
        error = inner if inner is not error else None
    return False
