"""What a participant does at each step of the workshop's path, by the buttons that its hints name."""

import re
from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, Route, expect

from app.clock import PARIS
from tests.browser.conftest import PATIENCE_MS
from tests.browser.room import Room
from tests.browser.walk import Walk

LONG = "Bonjour {prénom}, il nous manque des bras samedi, place Gambetta, pour la collecte. " * 2
TEXT = "{prénom}, il nous manque des bras samedi à 8h30. Les Petites Mains"
THANKS = "Merci {prénom}, nous sommes assez nombreux. Les Petites Mains"
LATE = "Oui, mais pas avant 10 h"
REMINDER = "place Gambetta : Collecte du samedi"
REFUSED_ROWS = "3 lignes"


def step(page: Page, title: str, *, timeout: int = PATIENCE_MS) -> None:
    """The strip says so by itself, without a press of anybody."""
    expect(page.locator("#path .path-step")).to_contain_text(title, timeout=timeout)


def open_step(page: Page, button: str) -> None:
    """By the button that the strip has for the step under way."""
    page.locator("#path-line > summary").click()
    page.locator("#path-line").get_by_role("link", name=button).first.click()


def take_phones(walk: Walk) -> None:
    """The first two, if there are two: theirs will ring, and the others look on."""
    for at, name in enumerate(list(walk.pages)[:2]):
        with walk.ticks(name, "hold_a_phone") as page:
            open_step(page, "Prendre un téléphone")
            page.locator(".hold-list button", has_text="Prendre").nth(at).click()
            expect(page.locator("#screen")).to_be_visible()


def import_the_file(walk: Walk, name: str) -> None:
    """The page of the result never comes: the import is done, and its bad rows are found by the file's name."""
    page = walk.pages[name]
    open_step(page, "Ouvrir la page « Importer »")
    page.get_by_role("button", name="Utiliser le fichier").click()
    page.get_by_label("Mettre ces personnes sur la liste").fill("Les nouveaux du fichier")
    with walk.ticks(name, "import_list"):
        page.route("**/confirmer", _lose_the_answer)
        page.get_by_role("button", name=re.compile("Importer .* lignes")).click()
    page.unroute("**/confirmer")
    with walk.ticks(name, "spot_bad_numbers"):
        open_step(page, "Retrouver l’import")
        page.get_by_role("link", name=re.compile("atelier.*csv")).first.click()
        expect(page.locator("main")).to_contain_text(REFUSED_ROWS)


def _lose_the_answer(route: Route) -> None:
    route.fetch(max_redirects=0)
    route.fulfill(status=204)


def write(walk: Walk, name: str) -> None:
    """Two SMS are one too many."""
    page = walk.pages[name]
    open_step(page, "Ouvrir « Envoyer »")
    page.get_by_role("button", name="Écrire un SMS").first.click()
    page.get_by_label("Votre texte").fill(LONG)
    expect(page.locator("#live")).to_contain_text("2 SMS")
    with walk.ticks(name, "write_one_sms"):
        page.get_by_label("Votre texte").fill(TEXT)
        expect(page.locator("#live")).to_contain_text("Brouillon enregistré")
    page.get_by_label("Collecte", exact=False).first.check()


def read_again(walk: Walk, name: str, hours: str) -> None:
    """``hours`` is what the page says of them, if anything."""
    with walk.ticks(name, "see_the_price") as page:
        page.get_by_role("button", name="Relire avant").click()
        expect(page.get_by_role("button", name=re.compile("Envoyer à"))).to_be_visible()
    if hours:
        expect(page.locator("main")).to_contain_text(hours)
    else:
        expect(page.locator("main")).not_to_contain_text("Hors des heures")


def stop_in_time(walk: Walk, name: str) -> None:
    with walk.ticks(name, "stop_in_time") as page:
        page.get_by_role("button", name=re.compile("Envoyer à")).click()
        expect(page.locator("main")).to_contain_text("Le premier SMS part dans")
        walk.untouched(name)
        page.get_by_role("button", name="Arrêter").first.click()
        expect(page.locator("main")).to_contain_text("aucun SMS n’est parti")


def send(walk: Walk, name: str) -> None:
    """For good: it has left thirty seconds later."""
    page = walk.pages[name]
    page.get_by_role("button", name="Relire avant").click()
    page.get_by_role("button", name=re.compile("Envoyer à")).click()
    expect(page.locator("main")).to_contain_text("Le premier SMS part dans")
    with walk.ticks(name, "send"):
        expect(page.locator("#progress")).to_contain_text("SMS arrivés", timeout=2 * PATIENCE_MS)


def follow(walk: Walk, name: str) -> None:
    with walk.ticks(name, "follow") as page:
        page.get_by_role("link", name="Pas arrivés").click()


def read_a_reply(room: Room, name: str, *, by: str) -> None:
    """A name cannot be answered: the trainer lets people answer, and a neighbour's phone does."""
    neighbour, page = room.pages[by], room.pages[name]
    room.press("Autoriser les réponses par SMS")
    open_step(neighbour, "Mon téléphone")
    expect(neighbour.locator("#screen")).to_contain_text("il nous manque des bras")
    neighbour.get_by_label("Votre réponse").fill(LATE)
    neighbour.get_by_role("button", name="Répondre", exact=True).click()
    expect(neighbour.locator("#screen")).to_contain_text(LATE)
    expect(room.screen.locator("#wall")).to_contain_text(LATE)
    open_step(page, "Ouvrir « Réponses »")
    reply = page.locator("article", has_text=LATE)
    until(page, lambda: reply.count() > 0)
    with room.ticks(name, "read_reply"):
        reply.get_by_role("button", name=re.compile("C.est lu")).click()
        expect(page.locator("main")).to_be_visible()


def say_no(walk: Walk, name: str) -> None:
    """By the link of the text, as volunteers will."""
    with walk.ticks(name, "handle_stop") as page:
        open_step(page, "Mon téléphone")
        with page.context.expect_page() as opened:
            page.locator("#screen a").last.click()
        volunteer = opened.value
        volunteer.get_by_role("button", name="Ne plus recevoir de SMS").click()
        expect(volunteer.locator("main")).to_contain_text("vous ne recevrez plus de SMS")
        volunteer.close()


def thank(walk: Walk, name: str) -> None:
    """To the same list; who said no is left out by name."""
    page = walk.pages[name]
    open_step(page, "Ouvrir « Envoyer »")
    page.get_by_role("link", name=re.compile("il nous manque des bras")).first.click()
    page.get_by_role("button", name="Refaire cet envoi").click()
    page.get_by_label("Votre texte").fill(THANKS)
    page.get_by_label("Collecte", exact=False).first.check()
    page.get_by_role("button", name="Relire avant").click()
    page.locator("main summary", has_text="ne le recevr").click()
    expect(page.locator("main")).to_contain_text("ne veut plus de SMS")
    with walk.ticks(name, "send_again"):
        page.get_by_role("button", name=re.compile("Envoyer à")).click()
        expect(page.locator("main")).to_contain_text("Le premier SMS part dans")


def set_a_reminder(walk: Walk, name: str) -> None:
    """For a mission in two days at 9 h, to a list: the mission is not the reminder."""
    at, page = walk.now.astimezone(PARIS) + timedelta(days=2), walk.pages[name]
    open_step(page, "Ouvrir « Missions »")
    page.get_by_role("link", name="Ajouter une mission").first.click()
    page.get_by_label("Quoi").fill("Collecte du samedi")
    page.get_by_label("Jour").fill(at.strftime("%Y-%m-%d"))
    page.get_by_label("Heure").fill("09:00")
    page.get_by_label("Où").fill("place Gambetta")
    page.get_by_role("button", name="Ajouter").click()
    page.get_by_label("À qui").select_option(page.locator("#rappel option", has_text="Collecte").get_attribute("value"))
    page.get_by_role("button", name="Relire ce rappel").click()
    with walk.ticks(name, "set_reminder"):
        page.get_by_role("button", name="Préparer ce rappel").click()
        expect(page.locator("main")).to_contain_text("Rappel prêt")


def see_it_leave(room: Room, name: str) -> None:
    """At the first press of the trainer, who sees the two others stuck. The phone that said no does not ring."""
    with room.ticks(name, "reminder_leaves") as page:
        open_step(page, "Mon téléphone")
        room.press("Avancer jusqu")
        expect(room.trainer.locator("main")).to_contain_text("Le rappel de « Collecte du samedi » part")
    expect(room.pages["Gérard"].locator("#screen")).to_contain_text(REMINDER)
    expect(page.locator("#screen")).to_contain_text("il nous manque des bras")
    expect(page.locator("#screen")).not_to_contain_text(REMINDER)
    expect(room.trainer.locator("#room")).to_contain_text("3 personnes, 2 bloquées")


def say_monday(room: Room) -> None:
    """The trainer ticks it for the whole room, under « Les étapes »."""
    with room.ticks(next(iter(room.pages)), "monday"):
        for folded in room.trainer.locator("#room details:not([open]) > summary").all():
            folded.click()
        room.trainer.get_by_role("button", name=re.compile("Cocher pour tous.*Et lundi")).click()
        for done in room.done.values():
            done.add("monday")


def read_what_waits(walk: Walk, name: str) -> None:
    """Alone, there is nobody to answer: two volunteers have."""
    page = walk.pages[name]
    open_step(page, "Ouvrir « Réponses »")
    expect(page.get_by_role("button", name=re.compile("C.est lu"))).to_have_count(2)
    with walk.ticks(name, "read_reply"):
        page.get_by_role("button", name=re.compile("C.est lu")).first.click()
        expect(page.get_by_role("button", name=re.compile("C.est lu"))).to_have_count(1)


def do_in_a_trainer_s_stead(walk: Walk, name: str, key: str, button: str) -> None:
    """By the strip's own button."""
    page = walk.pages[name]
    page.locator("#path-line > summary").click()
    with walk.ticks(name, key):
        page.locator("#path-line").get_by_role("button", name=button).click()


def until(page: Page, true: Callable[[], bool]) -> None:
    for _try in range(60):
        if true():
            return
        page.wait_for_timeout(500)
        page.reload()
    raise AssertionError("it did not become true in time")
