"""« S'entraîner seul »: the whole path without a trainer, from an association's own space to the summary."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from app.assembly import STEP_KINDS
from tests.browser import steps
from tests.browser.conftest import MOVED, PATIENCE_MS, House
from tests.browser.walk import COMPUTER, WELCOME, Walk

pytestmark = MOVED
ODILE = "Odile"


@pytest.fixture
def walk(monday: House, browser: Browser) -> Iterator[Walk]:
    expect.set_options(timeout=PATIENCE_MS)
    walk = Walk(monday, browser)
    yield walk
    walk.leave()


def test_somebody_practises_alone_from_their_own_space_to_the_summary(walk: Walk) -> None:
    page = walk.pages[ODILE] = walk.open(COMPUTER)
    walk.house.sign_in(page, "Référente")
    page.goto(f"{walk.house.address}/e/pont/")
    page.get_by_text("Plus", exact=True).click()
    page.get_by_role("link", name="S’entraîner seul").click()
    page.get_by_role("button", name="Commencer l’entraînement").click()
    walk.begin()
    walk.done[ODILE] = {WELCOME}
    walk.later(STEP_KINDS[WELCOME].minutes)
    walk.check()
    steps.take_phones(walk)
    steps.import_the_file(walk, ODILE)
    beside = page.locator(".phone-beside")
    expect(beside).to_contain_text("Aucun message pour l’instant.")
    steps.write(walk, ODILE)
    steps.read_again(walk, ODILE, "")
    steps.stop_in_time(walk, ODILE)
    steps.send(walk, ODILE)
    expect(beside).to_be_visible()
    expect(beside).to_contain_text("il nous manque des bras")
    steps.follow(walk, ODILE)
    steps.read_what_waits(walk, ODILE)
    steps.say_no(walk, ODILE)
    steps.thank(walk, ODILE)
    steps.set_a_reminder(walk, ODILE)
    steps.do_in_a_trainer_s_stead(walk, ODILE, "reminder_leaves", "Avancer jusqu’au prochain rappel")
    steps.do_in_a_trainer_s_stead(walk, ODILE, "monday", "C’est fait")
    expect(page.get_by_role("heading", name="Mon bilan")).to_be_visible()
    expect(page.locator("main")).to_contain_text("15 étapes faites sur 15.")
    expect(page.locator("main")).to_contain_text("Merci {prénom}, nous sommes assez nombreux")
    expect(page.get_by_role("button", name="Imprimer mon bilan")).to_be_visible()
    page.get_by_role("link", name="Épicerie solidaire du Pont").click()
    expect(page.locator("aside", has_text="Démonstration")).to_be_visible()
    page.get_by_role("link", name="Bénévoles", exact=True).click()
    expect(page.locator("main")).not_to_contain_text("Nicole")
