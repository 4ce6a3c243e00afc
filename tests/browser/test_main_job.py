"""What a référente does, by hand: import, write, confirm, watch, and lose nobody who said no."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import ONE_WORKER, House

pytestmark = ONE_WORKER

SHEET = "Prénom;Nom;Téléphone;Ville\n" + "\n".join(
    ["Zoé;Lefèvre;06 39 98 60 42;Amiens", "Noël;Maçon;0639986043;Abbeville", "Inès;Bîle;06 39 98 60;Amiens"]
)
"""Two people who can be reached, and a number cut short."""


def test_the_main_job_from_a_spreadsheet_to_somebody_left_out(house: House, page: Page, tmp_path: Path) -> None:
    house.sign_in(page, "Référente")
    _import(house, page, tmp_path)
    follow = _write_and_send(house, page, people=2)
    expect(page.locator("#progress")).to_contain_text("Terminé", timeout=60_000)
    expect(page.get_by_role("row", name=re.compile("Zoé Lefèvre"))).to_contain_text("Arrivé (pas forcément lu)")
    _opt_out_from_the_handset(house, page)
    page.goto(follow)
    page.get_by_role("button", name="Refaire cet envoi").click()
    page.get_by_label("Essai de la collecte").check()
    page.get_by_role("button", name="Relire avant").click()
    expect(page.get_by_role("button", name="Envoyer à 1 personne")).to_be_visible()
    page.get_by_text("1 personne ne le recevra pas").click()
    expect(page.locator("main")).to_contain_text("ne veut plus de SMS")


def test_a_second_tab_never_sends_twice(house: House, page: Page) -> None:
    house.sign_in(page, "Référente")
    page.goto(f"{house.address}/e/demo/envoyer")
    page.get_by_role("button", name="Écrire un SMS").first.click()
    page.get_by_label("Votre texte").fill("Bonjour {prénom}, la collecte est déplacée à 10h. Les Amis du Quai")
    page.get_by_label("Nouveaux").check()
    page.get_by_role("button", name="Relire avant").click()
    review = page.url
    other = page.context.new_page()
    other.goto(review)
    page.get_by_role("button", name=re.compile("Envoyer à")).click()
    expect(page.get_by_role("button", name="Arrêter")).to_be_visible()
    other.get_by_role("button", name=re.compile("Envoyer à")).click()
    expect(other.locator("main")).to_contain_text("rien n’a été envoyé deux fois")
    page.get_by_role("button", name="Arrêter").click()
    expect(page.locator("main")).to_contain_text("aucun SMS n’est parti")
    expect(page.get_by_label("Votre texte")).to_have_value(re.compile("la collecte est déplacée"))


def _import(house: House, page: Page, folder: Path) -> None:
    sheet = folder / "bénévoles.csv"
    sheet.write_bytes(SHEET.encode("cp1252"))
    page.goto(f"{house.address}/e/demo/imports")
    page.locator("input[type=file]").set_input_files(sheet)
    page.get_by_role("button", name="Continuer").click()
    expect(page.locator("main")).to_contain_text("Lefèvre")
    page.get_by_label("Mettre ces personnes sur la liste").fill("Essai de la collecte")
    page.get_by_role("button", name="Importer 3 lignes").click()
    expect(page.locator("main")).to_contain_text("rien n’est perdu", timeout=60_000)


def _write_and_send(house: House, page: Page, *, people: int) -> str:
    page.goto(f"{house.address}/e/demo/envoyer")
    page.get_by_role("button", name="Écrire un SMS").first.click()
    page.get_by_label("Votre texte").fill("Bonjour {prénom}, il nous manque des bras samedi à 9h. Les Amis du Quai")
    expect(page.locator("#live")).to_contain_text("Brouillon enregistré")
    page.get_by_label("Essai de la collecte").check()
    page.get_by_role("button", name="Relire avant").click()
    expect(page.locator("main")).to_contain_text("Un SMS parti ne se rattrape pas.")
    page.get_by_role("button", name=f"Envoyer à {people} personnes").click()
    expect(page.locator("main")).to_contain_text("Le premier SMS part dans")
    return page.url


def _opt_out_from_the_handset(house: House, page: Page) -> None:
    page.goto(f"{house.address}/e/demo/telephones/33639986042")
    with page.context.expect_page() as opened:
        page.locator("a[href*='/r/']").last.click()
    volunteer = opened.value
    volunteer.get_by_role("button", name="Ne plus recevoir de SMS").click()
    expect(volunteer.locator("main")).to_contain_text("vous ne recevrez plus de SMS")
