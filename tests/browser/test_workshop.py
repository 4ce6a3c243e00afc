"""A whole mass-SMS workshop: a trainer, three participants on their phones, and the wall."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import Error as NetworkError

from tests.browser import steps
from tests.browser.conftest import PATIENCE_MS, House
from tests.browser.wifi import Wifi

CUT_S = 30
PHONE = {"width": 390, "height": 844}


@dataclass
class Room:
    """The people of one workshop, each before a screen, all on one Wi-Fi."""

    house: House
    browser: Browser
    is_poor: bool
    wifis: dict[Page, Wifi] = field(default_factory=dict)

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

    def join(self, code: str, name: str) -> Page:
        """As a QR code is scanned: the code in lower case."""
        page = self.open(PHONE)
        page.goto(f"{self.house.address}/rejoindre/{code.lower()}")
        page.get_by_label("Votre prénom").fill(name)
        page.get_by_role("button", name="Entrer").click()
        expect(page.locator("#path")).to_contain_text("Prendre un téléphone")
        return page

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


@pytest.fixture(
    params=[
        pytest.param("good Wi-Fi", marks=pytest.mark.xdist_group("workshop")),
        pytest.param("poor Wi-Fi", marks=[pytest.mark.xdist_group("workshop"), pytest.mark.slow]),
    ]
)
def room(request: pytest.FixtureRequest, house: House, browser: Browser) -> Iterator[Room]:
    expect.set_options(timeout=PATIENCE_MS)
    room = Room(house, browser, is_poor=request.param == "poor Wi-Fi")
    yield room
    room.leave()


def test_a_workshop_from_the_code_to_the_accounts(house: House, room: Room) -> None:
    trainer = room.open({"width": 1280, "height": 900})
    house.sign_in(trainer, "Formatrice")
    trainer.goto(f"{house.address}/ateliers/nouveau")
    trainer.get_by_label("Association", exact=True).fill("Les Petites Mains")
    trainer.get_by_role("button", name="Commencer maintenant").click()
    address = trainer.url
    code = trainer.locator(".join-code").first.inner_text().strip()
    amina, gerard, chloe = (room.join(code, name) for name in ("Amina", "Gérard", "Chloé"))
    expect(trainer.locator("#room")).to_contain_text("Chloé")
    wall = room.open({"width": 1920, "height": 1080})
    house.sign_in(wall, "Formatrice")
    wall.goto(address.replace("/salle", "/mur"))

    space = re.sub(r"(/e/[^/]+/).*", r"\1", amina.url)
    phone = steps.hold_a_phone(amina, space)
    steps.step(amina, "Importer un fichier")
    steps.import_the_file(amina, space)
    steps.step(amina, "Écrire un SMS")
    steps.compose(amina, space, steps.TEXT)
    if room.is_poor:
        gerard, chloe = _lose_the_network(room, code, amina=amina, gerard=gerard, chloe=chloe, wall=wall)
    steps.step(amina, "Relire : qui, combien")
    steps.stop_in_time(amina)
    steps.send(amina)
    expect(wall.locator("#wall")).to_contain_text("il nous manque des bras")
    steps.read_a_reply(amina, space)
    steps.say_no(amina, space, phone)
    steps.send_again(amina, space)
    steps.set_a_reminder(amina, space)
    trainer.goto(address)
    trainer.get_by_role("button", name=re.compile("Avancer jusqu")).click()
    steps.step(amina, "Et lundi")
    steps.tick_for_all(trainer, address, "Et lundi")
    expect(amina.locator("#path")).to_contain_text("Vous avez tout fait", timeout=PATIENCE_MS)
    expect(trainer.locator("#room")).to_contain_text("15/15")
    steps.step(gerard, "Prendre un téléphone")

    trainer.get_by_text("Remettre à zéro ou terminer").click()
    trainer.locator("summary", has_text="Terminer l").click()
    trainer.get_by_role("button", name=re.compile("Oui, terminer l")).click()
    expect(wall.locator("main")).to_contain_text("Merci à vous")
    expect(amina.locator("main")).to_contain_text("15 étapes faites sur 15")
    expect(amina.locator("main")).to_contain_text("il nous manque des bras")
    amina.get_by_label("Oui, tout à fait").first.check()
    amina.get_by_label("Plutôt oui").last.check()
    amina.get_by_role("button", name="Donner mon avis").click()
    expect(chloe.locator("main")).to_contain_text("2 étapes faites sur 15")
    trainer.goto(address)
    expect(trainer.locator("main")).to_contain_text("3 personnes y étaient")
    amina.goto(space)
    assert amina.url.endswith("/atelier/bilan")


def _lose_the_network(
    room: Room, code: str, *, amina: Page, gerard: Page, chloe: Page, wall: Page
) -> tuple[Page, Page]:
    """One goes on writing and presses, one reloads, one locks her phone; the two seats that had to be found again."""
    text = amina.get_by_label("Votre texte")
    seat = gerard.url
    with room.cut():
        text.fill(f"{steps.TEXT} Amina")
        amina.get_by_role("button", name="Relire avant").click()
        expect(amina.locator("#connection")).to_contain_text("tout ce que vous avez écrit est encore là")
        with pytest.raises(NetworkError):
            gerard.reload()
        chloes = chloe.context
        chloe.close()
        room.wifis.pop(chloe)
        expect(wall.locator("#connection")).to_contain_text("Connexion perdue")
    expect(text).to_have_value(f"{steps.TEXT} Amina")
    expect(amina.locator("#live")).to_contain_text("Brouillon enregistré")
    expect(amina.locator("#connection")).to_be_empty()
    gerard.goto(seat)
    steps.step(gerard, "Prendre un téléphone")
    chloe = room.carry(chloes.new_page())
    chloe.goto(f"{room.house.address}/rejoindre/{code}")
    steps.step(chloe, "Prendre un téléphone")
    expect(wall.locator("#connection")).to_be_empty()
    return gerard, chloe
