"""What a participant does at each step of the workshop's path, on the pages where it is done."""

import re
from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect

from app.clock import PARIS, utc_now
from tests.browser.conftest import PATIENCE_MS

TEXT = "{prénom}, il nous manque des bras samedi à 8h30. Les Petites Mains"
THANKS = "Merci {prénom}, nous sommes assez nombreux. Les Petites Mains"


def step(page: Page, title: str, *, timeout: int = PATIENCE_MS) -> None:
    """The strip says so by itself, without a press of anybody."""
    expect(page.locator("#path .path-step")).to_contain_text(title, timeout=timeout)


def hold_a_phone(page: Page, space: str) -> str:
    """The address of the phone that is now in her hand."""
    page.goto(f"{space}telephones/tenir")
    page.locator(".hold-list button").first.click()
    expect(page.locator("#screen")).to_be_visible()
    return page.url


def import_the_file(page: Page, space: str) -> None:
    page.goto(f"{space}imports")
    page.get_by_role("button", name="Utiliser le fichier").click()
    page.get_by_label("Mettre ces personnes sur la liste").fill("Les nouveaux du fichier")
    page.get_by_role("button", name=re.compile("Importer .* lignes")).click()
    expect(page.locator("main")).to_contain_text("rien n’est perdu")


def compose(page: Page, space: str, text: str) -> None:
    page.goto(f"{space}envoyer")
    page.get_by_role("button", name="Écrire un SMS").first.click()
    page.get_by_label("Votre texte").fill(text)
    page.get_by_label("Collecte", exact=False).first.check()
    expect(page.locator("#live")).to_contain_text("Brouillon enregistré")


def stop_in_time(page: Page) -> None:
    confirm(page)
    page.get_by_role("button", name="Arrêter").first.click()
    expect(page.locator("main")).to_contain_text("aucun SMS n’est parti")
    step(page, "Envoyer")


def send(page: Page) -> None:
    """Send for good, then look at who did not get it."""
    confirm(page)
    following = page.url
    step(page, "Suivre l’envoi", timeout=2 * PATIENCE_MS)
    page.goto(f"{following}?etat=pas-arrives")
    step(page, "Lire les réponses")


def confirm(page: Page) -> None:
    page.get_by_role("button", name="Relire avant").click()
    page.get_by_role("button", name=re.compile("Envoyer à")).click()
    expect(page.locator("main")).to_contain_text("Le premier SMS part dans")


def read_a_reply(page: Page, space: str) -> None:
    page.goto(f"{space}reponses")
    page.get_by_role("button", name=re.compile("C.est lu")).first.click()
    step(page, "Ne plus recevoir de SMS")


def say_no(page: Page, space: str, phone: str) -> None:
    """By the link of the text, as volunteers will: a name cannot be answered."""
    page.goto(phone)
    links = page.locator("#screen a")
    until(page, lambda: links.count() > 0)
    page.goto(links.last.get_attribute("href") or "")
    page.get_by_role("button", name=re.compile("[Pp]lus (recevoir )?de SMS")).click()
    page.goto(space)
    step(page, "Vérifier que c’est respecté")


def send_again(page: Page, space: str) -> None:
    compose(page, space, THANKS)
    page.get_by_role("button", name="Relire avant").click()
    expect(page.locator("main")).to_contain_text("ne le recevr")
    page.get_by_role("button", name=re.compile("Envoyer à")).click()
    expect(page.locator("main")).to_contain_text("Le premier SMS part dans")
    step(page, "Préparer un rappel")


def tick_for_all(page: Page, address: str, title: str) -> None:
    """The trainer ticks for the whole room, under « Les étapes »."""
    page.goto(address)
    for folded in page.locator("#room details:not([open]) > summary").all():
        folded.click()
    page.get_by_role("button", name=re.compile(f"Cocher pour tous.*{title}")).click()


def set_a_reminder(page: Page, space: str) -> None:
    """Tomorrow, a little later than now: its reminder of the day before is due in three hours, and leaves tomorrow."""
    at = (utc_now() + timedelta(days=1, hours=3)).astimezone(PARIS)
    page.goto(f"{space}dates/nouvelle")
    page.get_by_label("Quoi").fill("Collecte du samedi")
    page.get_by_label("Jour").fill(at.strftime("%Y-%m-%d"))
    page.get_by_label("Heure").fill(at.strftime("%H:%M"))
    page.get_by_label("Où").fill("place Gambetta")
    page.get_by_role("button", name="Ajouter").click()
    page.get_by_role("button", name="Relire ce rappel").click()
    page.get_by_role("button", name="Préparer ce rappel").click()
    expect(page.locator("main")).to_contain_text("Rappel prêt")
    step(page, "Voir le rappel partir")


def until(page: Page, true: Callable[[], bool]) -> None:
    for _try in range(60):
        if true():
            return
        page.wait_for_timeout(500)
        page.reload()
    raise AssertionError("it did not become true in time")
