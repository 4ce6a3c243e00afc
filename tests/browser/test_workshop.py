"""A whole mass-SMS workshop: a trainer, three participants on their phones, and the wall."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, expect

from app.clock import PARIS, utc_now
from tests.browser.conftest import PATIENCE_MS, House

PHONE = {"width": 390, "height": 844}
TEXT = "Bonjour {prénom}, il nous manque des bras samedi à 8h30. Vous venez ? Les Petites Mains"


def test_a_workshop_from_the_code_to_the_accounts(house: House, browser: Browser, tmp_path: Path) -> None:
    trainer = _open(browser, {"width": 1280, "height": 900})
    house.sign_in(trainer, "Formatrice")
    trainer.goto(f"{house.address}/ateliers/nouveau")
    trainer.get_by_label("Association", exact=True).fill("Les Petites Mains")
    trainer.get_by_role("button", name="Commencer maintenant").click()
    room = trainer.url
    code = trainer.locator(".join-code").first.inner_text().strip()
    amina, gerard, chloe = (_join(house, browser, code, name) for name in ("Amina", "Gérard", "Chloé"))
    expect(trainer.locator("#room")).to_contain_text("Chloé")
    wall = _open(browser, {"width": 1920, "height": 1080})
    house.sign_in(wall, "Formatrice")
    wall.goto(room.replace("/salle", "/mur"))
    wall.get_by_label("Quel espace montrer").select_option(label="Amina")
    wall.get_by_role("button", name="Montrer").click()

    space = re.sub(r"(/e/[^/]+/).*", r"\1", amina.url)
    _import_the_table(amina, space, tmp_path)
    _step(amina, "Écrire en un seul SMS")
    phone = _send(amina, space)
    expect(wall.locator("#wall")).to_contain_text("il nous manque des bras")
    _say_stop(amina, space, phone)
    expect(wall.locator("#wall")).to_contain_text("STOP")
    _send_again(amina, space)
    _step(amina, "Préparer un rappel")
    _set_a_reminder(amina, space)
    _step(amina, "Le voir partir")
    trainer.goto(room)
    trainer.get_by_role("button", name="Passer à demain").click()
    expect(amina.locator("#path")).to_contain_text("Vous avez tout fait", timeout=PATIENCE_MS)
    expect(trainer.locator("#room")).to_contain_text("10/10")
    _step(gerard, "Importer une liste")

    trainer.get_by_text("Remettre à zéro ou terminer").click()
    trainer.get_by_role("button", name=re.compile("Terminer l")).click()
    amina.goto(f"{house.address}/atelier")
    expect(amina.locator("main")).to_contain_text("10 étapes faites sur 10")
    expect(amina.locator("main")).to_contain_text("il nous manque des bras")
    amina.get_by_label("Oui, tout à fait").first.check()
    amina.get_by_label("Plutôt oui").last.check()
    amina.get_by_role("button", name="Donner mon avis").click()
    chloe.goto(f"{house.address}/atelier")
    expect(chloe.locator("main")).to_contain_text("0 étape faite sur 10")
    trainer.goto(room)
    expect(trainer.locator("main")).to_contain_text("3 personnes y étaient")
    assert amina.goto(space).url.endswith("/connexion") or "connexion" in amina.url
    for page in (trainer, wall, amina, gerard, chloe):
        page.context.close()


def _open(browser: Browser, viewport: dict[str, int]) -> Page:
    context: BrowserContext = browser.new_context(viewport=viewport, locale="fr-FR", accept_downloads=True)  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    return context.new_page()


def _join(house: House, browser: Browser, code: str, name: str) -> Page:
    """As a QR code is scanned: the code typed badly on purpose by one of them."""
    page = _open(browser, PHONE)
    page.goto(f"{house.address}/rejoindre/{code.lower()}")
    page.get_by_label("Votre prénom").fill(name)
    page.get_by_role("button", name="Entrer").click()
    expect(page.locator("#path")).to_contain_text("Importer une liste")
    return page


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


def _send(page: Page, space: str) -> str:
    """Write, reread, send and follow; the number of somebody whom the text reached."""
    _compose(page, space)
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
