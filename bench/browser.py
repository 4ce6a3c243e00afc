"""Somebody's browser: its cookies, the files it keeps, its tabs, each asking again for the parts that live."""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import aiohttp
from yarl import URL

from bench import reading
from bench.reading import Form, Live, Page

CONNECTIONS = 6
"""What a browser opens to one server."""
PATIENCE_S = 60
PAGE, POST, POLL, FILE = "page", "post", "poll", "file"
OnPart = Callable[[str, float], None]


@dataclass(frozen=True)
class Asked:
    """One request: what for, when (monotonic), and until its whole answer was there."""

    kind: str
    at: float
    seconds: float


@dataclass
class Diary:
    """What all browsers asked for. ``clicks`` are seconds until the page, ``shown`` until its files too."""

    asked: list[Asked] = field(default_factory=list)
    clicks: list[tuple[float, float]] = field(default_factory=list)
    shown: list[tuple[float, float]] = field(default_factory=list)
    wrong: Counter[str] = field(default_factory=Counter)

    def times(self, kind: str, since: float) -> list[float]:
        return [one.seconds for one in self.asked if one.kind == kind and one.at >= since]


class Browser:
    """One person's. It keeps files as their headers allow: « no-cache » asks whether they changed, at each page."""

    def __init__(self, address: str, diary: Diary) -> None:
        self._address, self._diary = address, diary
        self._http = aiohttp.ClientSession(
            cookie_jar=aiohttp.CookieJar(unsafe=True),  # a numeric address has cookies too
            connector=aiohttp.TCPConnector(limit=CONNECTIONS),
            timeout=aiohttp.ClientTimeout(total=PATIENCE_S),
        )
        self._kept: dict[str, tuple[str, float, str]] = {}
        self._tabs: list[Tab] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        for tab in self._tabs:
            tab.rest()
        await self._http.close()

    def tab(self, on_part: OnPart = lambda _text, _at: None) -> "Tab":
        """Another one; ``on_part`` hears each page and each part that comes, and when (Unix time)."""
        self._tabs.append(Tab(self, self._diary, on_part))
        return self._tabs[-1]

    async def ask(
        self, kind: str, path: str, *, data: object = None, headers: Mapping[str, str] | None = None
    ) -> tuple[aiohttp.ClientResponse, bytes]:
        """One request and its answer, in the diary. Raises RuntimeError for what is no right answer."""
        begun = time.monotonic()
        method = "GET" if data is None else "POST"
        address = URL(f"{self._address}{path}", encoded=True)
        try:
            async with self._http.request(method, address, data=data, headers=headers, allow_redirects=False) as answer:
                content = await answer.read()
                status = str(answer.status)
        except (aiohttp.ClientError, TimeoutError) as error:
            status = type(error).__name__
        self._diary.asked.append(Asked(kind, begun, time.monotonic() - begun))
        if status not in ("200", "204", "302", "303", "304"):
            said = f"{status} {method} {re.sub(r'/e/[^/]+|[0-9]+', '#', path.partition('?')[0])}"
            self._diary.wrong[said] += 1
            raise RuntimeError(said)
        return answer, content

    async def load(self, files: list[str]) -> None:
        """What a page is shown with, and what that asks for in its turn."""
        further = await asyncio.gather(*(self._load(path) for path in dict.fromkeys(files)))
        if deeper := [path for paths in further for path in paths]:
            await self.load(deeper)

    async def _load(self, path: str) -> list[str]:
        tag, fresh_until, script = self._kept.get(path, ("", 0.0, ""))
        if time.monotonic() >= fresh_until:
            answer, content = await self.ask(FILE, path, headers={"If-None-Match": tag} if tag else {})
            if answer.status != 304 and path.partition("?")[0].endswith(".js"):
                script = content.decode()
            lasts = re.search(r"max-age=([0-9]+)", answer.headers.get("Cache-Control", ""))
            fresh_until = time.monotonic() + int(lasts[1]) if lasts else 0.0
            self._kept[path] = (answer.headers.get("ETag", tag), fresh_until, script)
        return reading.imported(path, script)


class Tab:
    """One page at a time; the parts of it that live are asked for until the next."""

    def __init__(self, browser: Browser, diary: Diary, on_part: OnPart) -> None:
        self._browser, self._diary, self._on_part = browser, diary, on_part
        self._beats: list[asyncio.Task[None]] = []

    async def open(self, path: str) -> Page:
        """Press a link."""
        return await self._click(PAGE, path, None)

    async def send(self, form: Form, *, file: tuple[str, bytes] | None = None, **typed: str) -> Page:
        """Press a button, and read the page it leads to."""
        if file is None:
            return await self._click(POST, form.action, form.filled(typed))
        sent = aiohttp.FormData(form.filled(typed))
        sent.add_field("file", file[1], filename=file[0], content_type="text/csv")
        return await self._click(POST, form.action, sent)

    async def keep(self, form: Form, **typed: str) -> None:
        """What the page keeps by itself while one types."""
        await self._browser.ask(POST, form.keep, data=form.filled(typed), headers={"HX-Request": "true"})

    async def download(self, path: str) -> bytes:
        """A file to keep."""
        return (await self._browser.ask(PAGE, path))[1]

    def rest(self) -> None:
        """Ask for nothing any more."""
        for beat in self._beats:
            beat.cancel()
        self._beats.clear()

    async def _click(self, kind: str, path: str, data: object) -> Page:
        self.rest()
        begun = time.monotonic()
        answer, content = await self._browser.ask(kind, path, data=data)
        while answer.status in (302, 303):
            path = URL(answer.headers["Location"]).raw_path_qs
            answer, content = await self._browser.ask(PAGE, path)
        text = content.decode()
        self._diary.clicks.append((begun, time.monotonic() - begun))
        self._on_part(text, time.time())
        page = reading.read(path, text)
        await self._browser.load(page.files)
        self._diary.shown.append((begun, time.monotonic() - begun))
        self._beats = [asyncio.create_task(self._beat(part)) for part in page.live]
        return page

    async def _beat(self, part: Live) -> None:
        """As poll.js does: a part that comes back without its beat ends it."""
        with suppress(RuntimeError):  # it is in the diary
            while True:
                await asyncio.sleep(part.every_s)
                _answer, content = await self._browser.ask(POLL, part.address, headers={"HX-Request": "true"})
                if text := content.decode():
                    self._on_part(text, time.time())
                    found = [one for one in reading.read(part.address, text).live if one.id == part.id]
                    if not found:
                        return
                    part = found[0]
