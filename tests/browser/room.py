"""The people of one workshop, each before a screen: who leads, who takes part, and what they all look at."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Page, expect

from tests.browser.walk import COMPUTER, KEYS, PHONE, PROJECTOR, WELCOME, Walk, becomes
from tests.browser.wifi import Wifi

CUT_S = 30
COUNTS = "() => [...document.querySelectorAll('#room .path-list li > .number')].map(one => one.textContent.trim())"
PEOPLE = """() => Object.fromEntries([...document.querySelectorAll('#room tbody tr')].map(
  one => [one.querySelector('th a').innerText, one.querySelector('.number').innerText]))"""
PLACES = "() => [...document.querySelectorAll('#room tbody td:nth-child(2)')].map(one => one.innerText)"
STEP = "() => document.querySelector('.screen-all p').innerText.split(' ')[0]"
HEIGHT = "() => document.documentElement.scrollHeight"


@dataclass
class Room(Walk):
    """``trainer`` and ``screen`` are the pages of whoever leads."""

    is_poor: bool = False
    wifis: dict[Page, Wifi] = field(default_factory=dict)

    def open_doors(self, association: str) -> None:
        """The doors open, the screen is on."""
        self.trainer, self.screen = self.open(COMPUTER), self.open(PROJECTOR)
        self.house.sign_in(self.trainer, "Formatrice")
        self.trainer.goto(f"{self.house.address}/ateliers/nouveau")
        self.trainer.get_by_label("Association", exact=True).fill(association)
        self.trainer.get_by_role("button", name="Commencer maintenant").click()
        self.begin()
        self.address = self.trainer.url
        self.code = self.trainer.locator(".join-code").first.inner_text().strip()
        self.house.sign_in(self.screen, "Formatrice")
        self.screen.goto(self.address.replace("/salle", "/mur"))

    def open(self, viewport: dict[str, int]) -> Page:
        return self.carry(super().open(viewport))

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

    def check(self) -> None:
        """And what the trainer and the room see of them all."""
        super().check()
        count = [sum(key in done for done in self.done.values()) for key in KEYS]
        assert "–" not in self.trainer.evaluate(PLACES), "somebody is on a page without a name"
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
