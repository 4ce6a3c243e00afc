"""The people of a workshop at work: a trainer who opens it, participants who join, import, send and look around."""

import asyncio
import random
import re
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from app.accounts.models import Space
from bench.browser import Browser
from bench.reading import Page

THINKS_S = (2.0, 5.0)
"""How long somebody looks at a page, at least and at most."""
LISTS = 5
"""Participants write in turn to so many of the lists that follow « everybody »: 30 to 150 people each."""
SLOW = "06"
"""The simulator reports late on these, on purpose."""
MARK = re.compile(r"réf\. ([0-9]+)")
_PHONE = re.compile(r'id="phone-([0-9]+)-([0-9]+)"')
_CODE = re.compile(r'class="join-code[^"]*">\s*([A-Z]{6})')
Key = tuple[int, str, str]
"""A text on a phone: its copy, the number in E.164, the mark in its words."""


@dataclass
class Wall:
    """What the projector has shown, and when each text was first there (Unix time)."""

    seen: dict[Key, float] = field(default_factory=dict)

    def look(self, text: str, at: float) -> None:
        pieces = _PHONE.split(text)
        for space_id, digits, words in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
            for mark in MARK.findall(words):
                self.seen.setdefault((int(space_id), f"+{digits}", mark), at)


class Trainer:
    """Signs in, opens a workshop, then leaves the room and the wall open, each in its tab."""

    def __init__(self, browser: Browser, wall: Wall) -> None:
        self._room, self._projector = browser.tab(), browser.tab(wall.look)
        self.code = ""
        self._path = ""

    async def sign_in(self, email: str, password: str) -> None:
        page = await self._room.open("/connexion")
        await self._room.send(page.form("/connexion"), email=email, password=password)

    async def open_workshop(self, association: str) -> None:
        page = await self._room.open("/ateliers/nouveau")
        page = await self._room.send(page.form("/nouveau"), association=association, then="now")
        found = _CODE.search(page.text)
        if found is None:
            raise RuntimeError("the room shows no code")
        self.code, self._path = found[1], page.path.removesuffix("/salle")
        page = await self._projector.open(f"{self._path}/mur")
        await self._projector.send(page.form("/mur"), copy="")  # « Tout le monde »

    async def close_workshop(self) -> None:
        self._projector.rest()
        page = await self._room.open(f"{self._path}/salle")
        await self._room.send(page.form("/terminer"))


class Participant:
    """One seat: ``number`` is the mark of its texts and the seed of its ways."""

    def __init__(self, browser: Browser, number: int) -> None:
        self.number = number
        self.joined_s = 0.0
        self.held = ""
        self._tabs = [browser.tab(), browser.tab()]
        self._tab, self._phone_tab = self._tabs
        self._dice = random.Random(number)
        self._sent: str = ""
        self._space = ""

    async def join(self, code: str, together: asyncio.Barrier) -> None:
        """Scan the code, type a name, and press « Entrer » in one instant with everybody."""
        page = await self._tab.open(f"/rejoindre/{code}")
        await together.wait()
        begun = time.monotonic()
        page = await self._tab.send(page.form("/rejoindre"), nickname=f"Personne {self.number}")
        self.joined_s = time.monotonic() - begun
        self._space = page.path.rstrip("/")
        if 'id="path"' not in page.text:
            raise RuntimeError(f"joining led to {page.path}")

    def space_id(self, spaces: Iterable[Space]) -> int:
        """Its copy's, among these."""
        return next(space.id for space in spaces if self._space.endswith(f"/{space.slug}"))

    async def hold(self) -> None:
        """Take a phone of the wall in hand, in a tab that stays open."""
        tab = self._phone_tab
        page = await tab.open(f"{self._space}/telephones/tenir")
        offered = [one for form in page.forms for one in form.choices.get("phone", [])]
        phone = next(one for one in offered if not one.endswith(SLOW))
        await tab.send(page.form("/tenir"), phone=phone)
        self.held = phone

    async def work(self, until: float) -> None:
        """Half of the room imports first and half sends first; then everybody looks around. ``until`` is monotonic."""
        acts = [self._import, self._write] if self.number % 2 else [self._write, self._import]
        with suppress(RuntimeError):  # it is in the diary, and ends the bench
            for act in acts:
                await act()
            while time.monotonic() < until:
                await self._look_around()

    def leave(self) -> None:
        """Close every tab."""
        for tab in self._tabs:
            tab.rest()

    async def _look_around(self) -> None:
        paths = ["/", "/benevoles", "/listes", "/reponses", "/telephones", "/imports", "/envoyer", self._sent]
        await self._think()
        await self._tab.open(f"{self._space}{self._dice.choice(paths)}")

    async def _import(self) -> None:
        """« Le tableau de l'atelier », from its download to the end of the import."""
        await self._open("/imports")
        table = await self._tab.download("/atelier/tableau.csv")
        page = await self._open("/imports")
        page = await self._press(page, "/imports", file=("tableau.csv", table))
        page = await self._press(page, "/confirmer", list_name="Les nouveaux du tableau")
        await self._think()
        await self._think()

    async def _write(self) -> None:
        """A text typed in three breaths to one list, read over, sent « maintenant », and followed."""
        page = await self._open("/envoyer")
        page = await self._press(page, "/envoyer")
        form = page.form("/ecrire")
        chosen = sorted(form.choices["lists"], key=int)[1 + self.number % LISTS]
        body = f"Bonjour {{prénom}}, il nous manque des bras samedi à 9 h. Les Amis, réf. {self.number}"
        for characters in (25, 60, len(body)):
            await self._think()
            await self._tab.keep(form, body=body[:characters], lists=chosen)
        page = await self._press(page, "/ecrire", body=body, lists=chosen, then="review")
        page = await self._press(page, "/programmer", when="now")
        self._sent = page.path.removeprefix(self._space)
        await self._think()
        await self._think()

    async def _open(self, path: str) -> Page:
        await self._think()
        return await self._tab.open(f"{self._space}{path}")

    async def _press(self, page: Page, action: str, *, file: tuple[str, bytes] | None = None, **typed: str) -> Page:
        await self._think()
        return await self._tab.send(page.form(action), file=file, **typed)

    async def _think(self) -> None:
        await asyncio.sleep(self._dice.uniform(*THINKS_S))
