"""A selection of three groups, made by keyboard alone and written to; and the same without JavaScript."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import ONE_WORKER, PATIENCE_MS, House
from tests.browser.test_accessibility import violations

pytestmark = ONE_WORKER

MEANT = (
    "Bénévoles de moins de 60 ans ou de la liste « Conducteurs », dont le code postal commence par « 80 », "
    "sauf ceux de la liste « Nouveaux »."
)


@pytest.mark.parametrize("with_scripts", [True, False], ids=["with scripts", "without"])
def test_three_groups_by_keyboard_alone_and_a_message_to_them(
    house: House, browser: Browser, with_scripts: bool
) -> None:
    context = browser.new_context(java_script_enabled=with_scripts, locale="fr-FR")
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    house.sign_in(page, "Référente")
    page.goto(f"{house.address}/e/demo/selections")
    press(page, "link", "Choisir plus finement")
    tick(page, "âge")
    press(page, "button", "Continuer")
    write(page, "de moins de … ans", "60")
    if with_scripts:
        expect(page.locator("#net")).to_contain_text("Bénévoles de moins de 60 ans.")
    else:
        press(page, "button", "Recompter")
        expect(page.locator("#net")).to_contain_text("Bénévoles de moins de 60 ans.")
    press(page, "button", "Ajouter cette ligne")
    press(page, "link", "Ajouter un « ou »")
    tick(page, "liste")
    press(page, "button", "Continuer")
    page.get_by_role("checkbox", name="Conducteurs").press("Space")
    press(page, "button", "Ajouter cette ligne")
    add(page, "code postal")
    tick(page, "dont le code postal commence par …")
    write(page, "dont le code postal commence par …", "80")
    page.get_by_label("Comment l’ajouter").press("e")
    press(page, "button", "Ajouter cette ligne")
    add(page, "liste")
    page.get_by_label("Comment l’ajouter").press("s")
    page.get_by_role("checkbox", name="Nouveaux").press("Space")
    press(page, "button", "Ajouter cette ligne")
    expect(page.locator(".lead")).to_have_text(MEANT)
    if with_scripts:
        assert list(violations(page)) == []
    send(page)
    context.close()


def send(page: Page) -> None:
    page.get_by_role("button", name=re.compile("Écrire à ces")).press("Enter")
    write(page, "Votre texte", "Bonjour {prénom}, rendez-vous samedi à 9h. Les Amis du Quai")
    press(page, "button", "Relire avant d’envoyer")
    expect(page.locator("main")).to_contain_text("sauf ceux de la liste « Nouveaux ») ")
    page.get_by_role("button", name=re.compile("Envoyer à")).press("Enter")
    expect(page.locator("main")).to_contain_text("Le premier SMS part dans")
    press(page, "button", "Arrêter")


def add(page: Page, about: str) -> None:
    press(page, "link", "Ajouter une condition")
    more = page.get_by_text(re.compile("et . autres?"))
    if not page.get_by_role("radio", name=about, exact=True).is_visible():
        more.press("Enter")
    tick(page, about)
    press(page, "button", "Continuer")


def press(page: Page, role: str, name: str) -> None:
    page.get_by_role(role, name=re.compile(f"^{re.escape(name)}")).first.press("Enter")  # type: ignore[arg-type]


def tick(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name, exact=True).press("Space")


def write(page: Page, name: str, text: str) -> None:
    box = page.get_by_role("textbox", name=name, exact=True)
    box.focus()
    page.keyboard.type(text)
