"""The people of one workshop, each before a screen, and what each has done of its path."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from playwright.sync_api import Browser, Page, expect

from app.assembly import STEP_KINDS
from app.clock import utc_now
from app.workshops.kits import mass_sms
from tests.browser.conftest import PATIENCE_MS, House
from tests.browser.wifi import Wifi

KEYS = tuple(mass_sms.KIT.steps)
WELCOME = "welcome"
CUT_S = 30
COMPUTER, PHONE, PROJECTOR = ({"width": w, "height": h} for w, h in ((1280, 900), (390, 844), (1280, 720)))
OWN_PATH = "() => [...document.querySelectorAll('#path .path-dots li')].map(one => one.classList.contains('done'))"
COUNTS = "() => [...document.querySelectorAll('#room .path-list li > .number')].map(one => one.textContent.trim())"
PEOPLE = """() => Object.fromEntries([...document.querySelectorAll('#room tbody tr')].map(
  one => [one.querySelector('th a').innerText, one.querySelector('.number').innerText]))"""
STEP = "() => document.querySelector('.screen-all p').innerText.split(' ')[0]"
HEIGHT = "() => document.documentElement.scrollHeight"
ASK = "() => document.querySelectorAll('[data-poll]').forEach(one => one.dispatchEvent(new CustomEvent('poll')))"
"""What the page itself does every few seconds: its live parts ask whether anything is new."""


def becomes(page: Page, ask: str, expected: object) -> None:
    """The page says so by itself, without a press of anybody; ``ask`` is a function of the page, in JavaScript."""
    end = time.monotonic() + PATIENCE_MS / 1000
    while (found := page.evaluate(ask)) != expected:
        assert time.monotonic() < end, f"{found} stays, and not {expected}"
        page.evaluate(ASK)
        page.wait_for_timeout(100)


@dataclass
class Room:
    """``trainer`` and ``screen`` are the pages of whoever leads, ``pages`` those of the participants, by nickname.

    The first of them goes through the whole path, and each of her steps lasts as long as it is planned to.
    """

    house: House
    browser: Browser
    is_poor: bool = False
    minute: int = 0
    """Of the path, as planned."""
    wifis: dict[Page, Wifi] = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)
    done: dict[str, set[str]] = field(default_factory=dict)
    """What each has really done."""

    def begin(self, association: str) -> None:
        """The doors open, the screen is on."""
        self.trainer, self.screen = self.open(COMPUTER), self.open(PROJECTOR)
        self.house.sign_in(self.trainer, "Formatrice")
        self.trainer.goto(f"{self.house.address}/ateliers/nouveau")
        self.trainer.get_by_label("Association", exact=True).fill(association)
        self.trainer.get_by_role("button", name="Commencer maintenant").click()
        self.address, self.begun_at = self.trainer.url, self.now
        self.code = self.trainer.locator(".join-code").first.inner_text().strip()
        self.house.sign_in(self.screen, "Formatrice")
        self.screen.goto(self.address.replace("/salle", "/mur"))

    def open(self, viewport: dict[str, int]) -> Page:
        context = self.browser.new_context(viewport=viewport, locale="fr-FR", accept_downloads=True)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_MS)
        return self.carry(context.new_page())

    def carry(self, page: Page) -> Page:
        """Put a new page on the Wi-Fi."""
        if self.is_poor:
            self.wifis[page] = Wifi(page)
            self.wifis[page].slow()
        return page

    def join(self, name: str) -> Page:
        """As a QR code is scanned: the code in lower case."""
        page = self.open(PHONE)
        page.goto(f"{self.house.address}/rejoindre/{self.code.lower()}")
        page.get_by_label("Votre prénom").fill(name)
        page.get_by_role("button", name="Entrer").click()
        expect(page.locator("#path")).to_contain_text("Prendre un téléphone")
        self.pages[name], self.done[name] = page, {WELCOME}
        return page

    @contextmanager
    def ticks(self, name: str, *keys: str) -> Iterator[Page]:
        """What is done inside, on the page of ``name``, ticks these steps of theirs and nothing else of anybody.

        The trainer's page and the room's screen count it; nobody reloads a page.
        """
        if name == next(iter(self.pages)):
            self.later(sum(STEP_KINDS[key].minutes for key in keys))
        self.untouched(name)
        yield self.pages[name]
        self.done[name].update(keys)
        self.check()

    def untouched(self, name: str) -> None:
        """What came before ticks nothing of ``name``."""
        assert self.pages[name].evaluate(OWN_PATH) == [key in self.done[name] for key in KEYS]

    def check(self) -> None:
        """Each participant's path, and what the trainer and the room see of them all."""
        for name, page in self.pages.items():
            becomes(page, OWN_PATH, [key in self.done[name] for key in KEYS])
        count = [sum(key in done for done in self.done.values()) for key in KEYS]
        becomes(self.trainer, COUNTS, [f"{one} sur {len(self.done)}" for one in count])
        becomes(self.trainer, PEOPLE, {name: f"{len(done)}/{len(KEYS)}" for name, done in self.done.items()})
        self._check_screen(count)

    def _check_screen(self, count: list[int]) -> None:
        """The first step that half of the room has not done, once phones have rung; it never scrolls."""
        if self.screen.locator(".screen-all").count():
            behind = [at for at, one in enumerate(count, 1) if one < max(len(self.done) / 2, 1)]
            at = f"{behind[0]}/{len(KEYS)}" if behind else "Tout"
            becomes(self.screen, STEP, at)
        assert self.screen.evaluate(HEIGHT) <= PROJECTOR["height"]

    @property
    def now(self) -> datetime:
        """What every clock here shows."""
        return self.house.clock.now if self.house.clock else utc_now()

    def later(self, minutes: int) -> None:
        """So many minutes of the path pass for everybody, those that it took on this machine included."""
        self.minute += minutes
        left = self.begun_at + timedelta(minutes=self.minute) - self.now
        if self.house.clock and left > timedelta():
            self.house.clock.forward(left)

    def press(self, button: str) -> None:
        """The trainer, on the page of the room."""
        self.trainer.get_by_role("button", name=re.compile(button)).first.click()

    @contextmanager
    def cut(self) -> Iterator[None]:
        """Nobody has a network for as long as ``with`` lasts, and 30 seconds in all."""
        for wifi in self.wifis.values():
            wifi.cut()
        begun = time.monotonic()
        yield
        time.sleep(max(0, CUT_S - (time.monotonic() - begun)))
        for wifi in self.wifis.values():
            wifi.slow()

    def leave(self) -> None:
        for context in self.browser.contexts:
            context.close()
