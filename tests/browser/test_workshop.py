"""A whole mass-SMS workshop: a trainer, three participants on their phones, and the wall."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import Error as NetworkError

from app.clock import PARIS, utc_now
from tests.browser.conftest import PATIENCE_MS, House
from tests.browser.wifi import Wifi

CUT_S = 30
PHONE = {"width": 390, "height": 844}
TEXT = "Bonjour {prénom}, il nous manque des bras samedi à 8h30. Vous venez ? Les Petites Mains"


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
        expect(page.locator("#path")).to_contain_text("Importer une liste")
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


def test_a_workshop_from_the_code_to_the_accounts(house: House, room: Room, tmp_path: Path) -> None:
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
    _import_the_table(amina, space, tmp_path)
    _step(amina, "Écrire en un seul SMS")
    _compose(amina, space)
    if room.is_poor:
        gerard, chloe = _lose_the_network(room, code, amina=amina, gerard=gerard, chloe=chloe, wall=wall)
    phone = _send(amina)
    expect(wall.locator("#wall")).to_contain_text("il nous manque des bras")
    _say_stop(amina, space, phone)
    expect(wall.locator("#wall")).to_contain_text("STOP")
    _send_again(amina, space)
    _step(amina, "Préparer un rappel")
    _set_a_reminder(amina, space)
    _step(amina, "Le voir partir")
    trainer.goto(address)
    trainer.get_by_role("button", name="Passer à demain").click()
    expect(amina.locator("#path")).to_contain_text("Vous avez tout fait", timeout=PATIENCE_MS)
    expect(trainer.locator("#room")).to_contain_text("10/10")
    _step(gerard, "Importer une liste")

    trainer.get_by_text("Remettre à zéro ou terminer").click()
    trainer.locator("summary", has_text="Terminer l").click()
    trainer.get_by_role("button", name=re.compile("Oui, terminer l")).click()
    expect(wall.locator("main")).to_contain_text("Merci à vous")
    expect(amina.locator("main")).to_contain_text("10 étapes faites sur 10")
    expect(amina.locator("main")).to_contain_text("il nous manque des bras")
    amina.get_by_label("Oui, tout à fait").first.check()
    amina.get_by_label("Plutôt oui").last.check()
    amina.get_by_role("button", name="Donner mon avis").click()
    expect(chloe.locator("main")).to_contain_text("0 étape faite sur 10")
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
        text.fill(f"{TEXT} Amina")
        amina.get_by_role("button", name="Relire avant").click()
        expect(amina.locator("#connection")).to_contain_text("tout ce que vous avez écrit est encore là")
        with pytest.raises(NetworkError):
            gerard.reload()
        chloes = chloe.context
        chloe.close()
        room.wifis.pop(chloe)
        expect(wall.locator("#connection")).to_contain_text("Connexion perdue")
    expect(text).to_have_value(f"{TEXT} Amina")
    expect(amina.locator("#live")).to_contain_text("Brouillon enregistré")
    expect(amina.locator("#connection")).to_be_empty()
    gerard.goto(seat)
    _step(gerard, "Importer une liste")
    chloe = room.carry(chloes.new_page())
    chloe.goto(f"{room.house.address}/rejoindre/{code}")
    _step(chloe, "Importer une liste")
    expect(wall.locator("#connection")).to_be_empty()
    return gerard, chloe


def _step(page: Page, title: str) -> None:
    """The strip says so by itself, without a press of anybody."""
    expect(page.locator("#path .path-step")).to_contain_text(title)


def _import_the_table(page: Page, space: str, folder: Path) -> None:
    with page.expect_download() as download:
        page.get_by_role("link", name="Prendre le tableau").click()
    sheet = folder / "tableau.csv"
    download.value.save_as(sheet)
    page.goto(f"{space}imports")
    page.locator("input[type=file]").set_input_files(sheet)
    page.get_by_role("button", name="Continuer").click()
    page.get_by_label("Mettre ces personnes sur la liste").fill("Les nouveaux du tableau")
    page.get_by_role("button", name=re.compile("Importer .* lignes")).click()
    expect(page.locator("main")).to_contain_text("rien n’est perdu")
    page.reload()


def _compose(page: Page, space: str) -> None:
    page.goto(f"{space}envoyer")
    page.get_by_role("button", name="Écrire un SMS").first.click()
    page.get_by_label("Votre texte").fill(TEXT)
    page.get_by_label("Nouveaux", exact=False).first.check()
    expect(page.locator("#live")).to_contain_text("Brouillon enregistré")


def _send(page: Page) -> str:
    """Reread what is written, send and follow; the number of somebody whom the text reached."""
    _confirm(page)
    expect(page.locator("#progress")).to_contain_text("arrivés sur", timeout=2 * PATIENCE_MS)
    page.goto(page.url + "?etat=arrives")
    _until(page, lambda: page.locator("#progress tbody tr").count() > 0)
    return re.sub(r"\D", "", page.locator("#progress tbody tr td").first.inner_text())


def _confirm(page: Page) -> None:
    page.get_by_role("button", name="Relire avant").click()
    page.get_by_role("button", name=re.compile("Envoyer à")).click()
    expect(page.locator("main")).to_contain_text("Le premier SMS part dans")


def _say_stop(page: Page, space: str, phone: str) -> None:
    page.goto(f"{space}telephones/33{phone[1:]}")
    page.get_by_role("button", name="STOP", exact=True).click()
    expect(page.locator("#screen")).to_contain_text("STOP")
    _step(page, "Envoyer de nouveau, sans elle")


def _send_again(page: Page, space: str) -> None:
    page.goto(f"{space}envoyer")
    page.locator("main tbody a").first.click()
    page.get_by_role("button", name="Réutiliser ce texte").click()
    page.get_by_role("button", name="Relire avant").click()
    expect(page.locator("main")).to_contain_text("ne le recevr")
    page.get_by_role("button", name=re.compile("Envoyer à")).click()
    expect(page.locator("main")).to_contain_text("Le premier SMS part dans")


def _set_a_reminder(page: Page, space: str) -> None:
    """Tomorrow, a little later than now: its reminder of the day before is due in three hours, and leaves tomorrow."""
    at = (utc_now() + timedelta(days=1, hours=3)).astimezone(PARIS)
    page.goto(f"{space}dates/nouvelle")
    page.get_by_label("Quoi").fill("Collecte du samedi")
    page.get_by_label("Jour").fill(at.strftime("%Y-%m-%d"))
    page.get_by_label("Heure").fill(at.strftime("%H:%M"))
    page.get_by_label("Où").fill("place Gambetta")
    page.get_by_role("button", name="Ajouter").click()
    page.get_by_role("button", name="Préparer ce rappel").click()
    expect(page.locator("main")).to_contain_text("il partira tout seul")


def _until(page: Page, true: Callable[[], bool]) -> None:
    for _try in range(60):
        if true():
            return
        page.wait_for_timeout(500)
        page.reload()
    raise AssertionError("it did not become true in time")
