"""The whole product as its users meet it: real processes, a real Chromium."""

import os
import shutil
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as clock_time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from app.cli import sign_ins
from app.clock import PARIS, utc_now
from app.consent.hours import public_holidays
from tests.browser.moved import Clock
from tests.programs import running
from tests.sockets import two_free_ports

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PROGRAMS = {"web": "app.cli web", "jobs": "jobs", "simulator": "app.cli simulator"}
MORNING, EVENING = (0, clock_time(10)), (5, clock_time(19, 30))
"""(weekday, hour in Paris), 0 is Monday."""
ONE_WORKER = pytest.mark.xdist_group("browser")
"""For tests that share one house."""
MOVED = pytest.mark.xdist_group("workshop")
"""For those that share one whose clock they move."""
PATIENCE_MS = 30_000
"""How long a page may take on a machine that does many things at once."""


def chromium_path() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@dataclass(frozen=True)
class House:
    """A demonstration under way at ``address``."""

    address: str
    data_dir: Path
    clock: Clock | None = None
    """None where it is the time of this machine."""

    def is_handing_over(self) -> bool:
        """Whether an SMS is between this house and its carrier."""
        with closing(sqlite3.connect(self.data_dir / "tambour.sqlite3", timeout=10)) as database:
            return bool(database.execute("SELECT count(*) FROM messages WHERE status = 'sending'").fetchone()[0])

    def sign_in(self, page: Page, who: str) -> None:
        """Sign in as « Référente », « Formatrice » or « Programme »."""
        one = next(one for one in sign_ins.read(self.data_dir) if one.who == who)
        page.goto(f"{self.address}/connexion")
        page.get_by_label("Adresse").fill(one.email)
        page.get_by_label("Mot de passe", exact=True).fill(one.password)
        page.get_by_role("button", name="Se connecter").click()
        page.wait_for_url(lambda url: "connexion" not in url)


@pytest.fixture(scope="package")
def chromium() -> str:
    """Debian's Chromium; without one the tests say so, or fail where it is required. Whoever starts asks it first."""
    path = chromium_path()
    if path is None:
        if os.environ.get("TAMBOUR_REQUIRE_BROWSER") == "1":
            pytest.fail("no Chromium on this machine, and TAMBOUR_REQUIRE_BROWSER=1")
        pytest.skip("no Chromium on this machine: browser tests are left out")
    return path


@pytest.fixture(scope="package")
def house(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The demonstration, as ``make run`` starts it, on free ports."""
    with standing_house(tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest.fixture(scope="package")
def monday(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A demonstration on a Monday morning among others."""
    with standing_house(tmp_path_factory.mktemp("monday"), at=next_one(*MORNING)) as house:
        yield house


@pytest.fixture(scope="package")
def saturday(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Another on a Saturday: who sends there forty minutes later does so past 20 h, before a day closed to calls."""
    with standing_house(tmp_path_factory.mktemp("saturday"), at=next_one(*EVENING)) as house:
        yield house


def next_one(weekday: int, hour: clock_time) -> datetime:
    """The next such instant that is not of today, with no holiday near: cookies last by the browser's own clock."""
    found = datetime.combine(utc_now().astimezone(PARIS).date() + timedelta(days=1), hour, PARIS)
    closed = {day for year in (found.year, found.year + 1) for day in public_holidays("Europe/Paris", year)}
    while found.weekday() != weekday or {found.date() + timedelta(days=n) for n in range(3)} & closed:
        found += timedelta(days=1)
    return found


@contextmanager
def standing_house(data_dir: Path, *, at: datetime | None = None) -> Iterator[House]:
    """A demonstration begun ``at`` an instant that a test chooses; its clock goes on from there."""
    port, clock = two_free_ports(), Clock(data_dir / "ahead", at) if at else None
    hurry = {"TAMBOUR_PRACTICE_RATE_PER_S": "200", "TAMBOUR_PRACTICE_TOGETHER_PER_S": "200"}
    environment = {**os.environ, "TAMBOUR_DATA_DIR": str(data_dir), **hurry}
    environment.pop("PORT", None)
    python = ["-m", "tests.browser.moved", str(clock.file)] if clock else ["-m"]
    subprocess.run([sys.executable, *python, "app.cli", "demo", "--port", str(port)], env=environment, check=True)
    address = f"http://127.0.0.1:{port}"
    programs = {name: [*python, *words.split()] for name, words in PROGRAMS.items()}
    with running(programs, environment=environment, folder=data_dir):
        _wait_for(f"{address}/healthz")
        _wait_for(f"http://127.0.0.1:{port + 1}/healthz")
        yield House(address, data_dir, clock)


@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport={"width": 1280, "height": 900}, locale="fr-FR")
    opened.set_default_timeout(PATIENCE_MS)
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page whose console must stay silent."""
    complaints: list[str] = []
    opened = context.new_page()
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    assert complaints == []


def _wait_for(address: str) -> None:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            with direct.open(address, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"nothing answers at {address}")
