"""What each of those who follow the path has done of it, on their own pages, by a clock that the test moves."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from playwright.sync_api import Browser, Page

from app.assembly import STEP_KINDS
from app.clock import utc_now
from app.workshops.kits import mass_sms
from tests.browser.conftest import PATIENCE_MS, House

KEYS = tuple(mass_sms.KIT.steps)
WELCOME = "welcome"
OWN_PATH = "() => [...document.querySelectorAll('#path .path-dots li')].map(one => one.classList.contains('done'))"
ASK = "() => document.querySelectorAll('[data-poll]').forEach(one => one.dispatchEvent(new CustomEvent('poll')))"
"""What the page itself does every few seconds: its live parts ask whether anything is new."""
COMPUTER, PHONE, PROJECTOR = ({"width": w, "height": h} for w, h in ((1280, 900), (390, 844), (1280, 720)))


def becomes(page: Page, ask: str, expected: object) -> None:
    """The page says so by itself, without a press of anybody; ``ask`` is a function of the page, in JavaScript."""
    end = time.monotonic() + PATIENCE_MS / 1000
    while (found := page.evaluate(ask)) != expected:
        assert time.monotonic() < end, f"{found} stays, and not {expected}"
        page.evaluate(ASK)
        page.wait_for_timeout(100)


@dataclass
class Walk:
    """``pages`` are those of the people on the path, by name, and ``done`` what each has really done.

    The first of them goes through all of it, and each of her steps lasts as long as it is planned to.
    """

    house: House
    browser: Browser
    minute: int = 0
    """Of the path, as planned."""
    pages: dict[str, Page] = field(default_factory=dict)
    done: dict[str, set[str]] = field(default_factory=dict)

    def open(self, viewport: dict[str, int]) -> Page:
        context = self.browser.new_context(viewport=viewport, locale="fr-FR", accept_downloads=True)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_MS)
        return context.new_page()

    def begin(self) -> None:
        """The first minute is now."""
        self.begun_at = self.now

    @contextmanager
    def ticks(self, name: str, *keys: str) -> Iterator[Page]:
        """What is done inside, on the page of ``name``, ticks these steps of theirs and nothing else of anybody.

        Nobody reloads a page.
        """
        if name == next(iter(self.pages)):
            self.later(sum(STEP_KINDS[key].minutes for key in keys))
        self.untouched(name)
        yield self.pages[name]
        self.done[name].update(keys)
        self.check()

    def untouched(self, name: str) -> None:
        """What came before ticks nothing of ``name``."""
        self.pages[name].wait_for_load_state("domcontentloaded")
        becomes(self.pages[name], OWN_PATH, [key in self.done[name] for key in KEYS])

    def check(self) -> None:
        """Each one's path, as their own page shows it."""
        for name, page in self.pages.items():
            becomes(page, OWN_PATH, [key in self.done[name] for key in KEYS])

    @property
    def now(self) -> datetime:
        """What every clock here shows."""
        return self.house.clock.now if self.house.clock else utc_now()

    def later(self, minutes: int) -> None:
        """So many minutes of the path pass for everybody, those that it took on this machine included.

        Not while an SMS is being handed over: minutes old at once, it would be in doubt.
        """
        self.minute += minutes
        while self.house.is_handing_over():
            next(iter(self.pages.values())).wait_for_timeout(50)
        left = self.begun_at + timedelta(minutes=self.minute) - self.now
        if self.house.clock and left > timedelta():
            self.house.clock.forward(left)

    def leave(self) -> None:
        for context in self.browser.contexts:
            context.close()
