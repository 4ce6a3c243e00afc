"""The same way, from the first diagnostic to the last."""

import re
from collections.abc import Mapping

from playwright.sync_api import Page, expect

from tests.browser.programme import ASSOCIATION, COHORT, PHONE_OF_HERS, REFERENTE, Said, Way, _words, respond

KARIM, ROSE = ("Karim Sahli", "director"), ("Rose Petit", "board")


def open_last_diagnostic(way: Way) -> None:
    """The staff alone open it."""
    page = way.desk
    way.member()
    page.get_by_role("link", name="Son diagnostic").click()
    page.locator("summary", has_text="Ouvrir le diagnostic de fin").click()
    page.get_by_role("button", name="Ouvrir le diagnostic de fin").click()
    expect(page.get_by_role("heading", name="Qui va répondre ?")).to_be_visible()


def answer(way: Way, moment: str, by: Mapping[tuple[str, str], Said]) -> None:
    """Each by the link that the référente gives them."""
    page = way.phone
    for (name, function), said in by.items():
        way.own("diagnostic")
        if name == REFERENTE:
            page.get_by_role("button", name=REFERENTE).click()
            expect(page.get_by_role("status").first).to_contain_text(f"Le lien part par SMS à {REFERENTE}")
            page.locator("summary").filter(has_text=re.compile(f"Que faire.*{REFERENTE}")).click()
            page.get_by_role("button", name=f"Lien à donner : {REFERENTE}").click()
        else:
            page.get_by_text("Ajouter quelqu’un", exact=True).click()
            page.get_by_label("Nom", exact=True).fill(name)
            page.get_by_label("Fonction").select_option(function)
            page.get_by_role("button", name="Ajouter et donner le lien").click()
        respond(way, page.get_by_label("Voici le lien à donner").input_value(), said)
    way.own("diagnostic")
    expect(page.get_by_role("heading", name=f"{len(by)} personnes sur {len(by)} ont répondu")).to_be_visible()
    expect(page.locator("main")).to_contain_text(f"diagnostic de {moment}")


def agree(way: Way, on: Mapping[str, int]) -> None:
    """``on``: {how a question begins on which they differ: what they agree on}."""
    page = way.phone
    page.get_by_role("link", name="La réponse commune").click()
    for question, value in on.items():
        page.get_by_role("group", name=question).get_by_label(_words(value), exact=True).check()
    page.get_by_text("Arrêter la réponse commune…").click()
    page.get_by_role("button", name="Arrêter la réponse commune", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("La réponse commune est arrêtée")


def plan_training(way: Way, title: str, *, day: int, minutes: int) -> None:
    page = way.desk
    way.visit(page, "/programme/formations/nouvelle")
    page.get_by_label("Cohorte").select_option(label=COHORT)
    page.get_by_label("Titre").fill(title)
    page.get_by_label("Jour").fill(way.day(day).isoformat())
    page.get_by_label("Heure", exact=True).fill("14:00")
    page.get_by_label("Durée").fill(str(minutes))
    page.get_by_role("button", name="Prévoir la formation").click()
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    way.addresses[title] = page.url.removeprefix(way.house.address)


def register(way: Way, title: str) -> None:
    """The référente puts herself down."""
    way.own("formations")
    way.phone.get_by_role("button", name=f"Inscrire : {title}").click()
    expect(way.phone.get_by_role("status").first).to_contain_text("Inscription notée.")


def note_training(way: Way, title: str) -> None:
    way.visit(way.desk, way.addresses[title])
    way.desk.get_by_role("button", name="Noter venu 1 qui a dit oui").click()
    expect(way.desk.locator("main")).to_contain_text("1 venu")


def plan_workshop(way: Way, *, day: int, minutes: int) -> None:
    """From the association's page; it has two people on its list."""
    page = way.desk
    way.member()
    page.get_by_role("link", name=f"Prévoir un atelier : {ASSOCIATION}").click()
    page.get_by_label("Jour").fill(way.day(day).isoformat())
    page.get_by_label("Heure", exact=True).fill("10:00")
    page.get_by_label("Durée").fill(str(minutes))
    page.get_by_role("button", name="Prévoir cet atelier").click()
    way.addresses["workshop"] = page.url.removeprefix(way.house.address)
    page.get_by_role("link", name="Participants").click()
    people = f"{REFERENTE} {PHONE_OF_HERS}\n{ROSE[0]} 06 12 34 56 13"
    page.get_by_label("Des personnes nouvelles, une par ligne").fill(people)
    page.get_by_role("button", name="Ajouter ces personnes").click()
    expect(page.get_by_role("status").first).to_contain_text("2 personnes ajoutées")


def open_workshop(way: Way) -> None:
    way.visit(way.desk, way.addresses["workshop"])
    way.desk.get_by_role("button", name="Démarrer l’atelier").click()
    expect(way.desk.get_by_role("heading", name="Pour entrer")).to_be_visible()


def note_workshop(way: Way) -> None:
    """Both came."""
    page = way.desk
    way.visit(page, way.addresses["workshop"])
    page.get_by_role("link", name="Participants").click()
    for name in (REFERENTE, ROSE[0]):
        page.get_by_role("radiogroup", name=name).get_by_label("Venu", exact=True).check()
    page.get_by_role("button", name="Enregistrer les présences").last.click()
    expect(page.locator("main")).to_contain_text("2 venus")


def propose(way: Way) -> str:
    """The first tool that the diagnostic calls for, and no other; its name."""
    page = way.desk
    way.member()
    page.get_by_role("link", name="Ses outils recommandés").click()
    called = page.get_by_role("group", name=re.compile("Axes sous 50 : Mobiliser et informer, Recruter"))
    for other in called.get_by_role("checkbox").all()[1:]:
        other.uncheck()
    page.get_by_role("button", name="Proposer les outils cochés").click()
    expect(page.get_by_role("status").first).to_contain_text("Proposé : l’association le voit dans son espace.")
    return page.get_by_role("region", name="Recommandations").get_by_role("heading", level=3).inner_text()


def move(way: Way, verb: str, tool: str) -> None:
    """The référente, from her space."""
    way.own("recommandations")
    button = way.phone.get_by_role("button", name=f"{verb} : {tool}")
    button.click()
    expect(button).to_have_count(0)


def figures(way: Way) -> Page:
    """The impact page of the cohort, for the staff."""
    way.visit(way.desk, way.addresses["cohort"].replace("cohortes/", "impact?cohorte="))
    expect(way.desk.get_by_role("heading", name="Ce que le programme a changé")).to_be_visible()
    return way.desk
