"""An association's way through the programme: what its people and the staff do, each on the pages that they use."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from playwright.sync_api import Browser, Page, Route, expect

from app.clock import PARIS
from app.french.typography import show_day, show_time
from app.programme.diagnostic.axes import ANSWERS, UNKNOWN
from tests.browser.conftest import PATIENCE_MS, House
from tests.browser.steps import until
from tests.browser.walk import COMPUTER, PHONE

COHORT, ASSOCIATION, REFERENTE = "Cohorte du Vimeu", "Les Galets solidaires", "Jeanne Morel"
PHONE_OF_HERS = "06 12 34 56 12"
PDF = {
    "name": "pv.pdf",
    "mimeType": "application/pdf",
    "buffer": b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n",
}
UNSAID = "Répondre « Je ne sais pas » à celles-là, et terminer"
LOOKS, LOOKS_MAX = 4, 200
"""Of a house that has more than one process to answer."""
SCRIPTED = re.compile("scripted")
Said = Mapping[str, Sequence[int]]
"""{axis: what was answered to its first questions}; to the others « je ne sais pas »."""


@dataclass
class Way:
    """``desk`` is the page of the programme's staff, ``phone`` that of the référente."""

    house: House
    browser: Browser
    addresses: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.desk, self.phone = self.open(COMPUTER), self.open(PHONE)
        self.house.sign_in(self.desk, "Programme")
        self.first_day = self.now.date()

    def open(self, viewport: dict[str, int]) -> Page:
        context = self.browser.new_context(viewport=viewport, locale="fr-FR")  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_MS)
        return context.new_page()

    def leave(self) -> None:
        for context in self.browser.contexts:
            context.close()

    @property
    def now(self) -> datetime:
        assert self.house.clock is not None
        return self.house.clock.now.astimezone(PARIS)

    def day(self, number: int) -> date:
        """The day that is so many after the first."""
        return self.first_day + timedelta(days=number)

    def go_to(self, number: int, hour: int) -> None:
        """It is that hour of that day everywhere."""
        at = datetime.combine(self.day(number), time(hour), PARIS)
        self._forward(at.astimezone(UTC) - self.now.astimezone(UTC))  # a night between may change the hour

    def later(self) -> None:
        """A minute."""
        self._forward(timedelta(minutes=1))

    def _forward(self, by: timedelta) -> None:
        """Every process that answers has seen it: a page of figures says when it was counted, several times over."""
        assert self.house.clock is not None
        self.house.clock.forward(by)
        seen, asked = 0, 0
        while seen < LOOKS:
            told = _plain(f"Chiffres du {show_day(self.now, PARIS)} à {show_time(self.now, PARIS)}")
            answer = self.desk.request.get(f"{self.house.address}/programme/impact?cohorte=toutes")
            seen, asked = seen + 1 if told in _plain(answer.text()) else 0, asked + 1
            assert asked < LOOKS_MAX, told

    def visit(self, page: Page, path: str) -> None:
        page.goto(f"{self.house.address}{path}")

    def own(self, room: str) -> None:
        """The référente, in her space."""
        self.visit(self.phone, f"{self.addresses['space']}{room}")

    def member(self) -> None:
        """The staff, on the association's page of its cohort."""
        self.visit(self.desk, self.addresses["cohort"])
        self.desk.get_by_role("link", name=ASSOCIATION, exact=True).first.click()


def _plain(words: str) -> str:
    """The same without what French typography does to its spaces."""
    return words.replace("\xa0", " ").replace("\u202f", " ")


def make_cohort(way: Way) -> None:
    """Its applications are open for five days, those of the next year having closed; it begins a week from now."""
    page = way.desk
    way.visit(page, "/programme/cohortes/3/modifier")
    page.get_by_label("Ferment le").fill(way.day(-1).isoformat())
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("heading", name=re.compile(r"^Cohorte \d{4}$"))).to_be_visible()
    way.visit(page, "/programme/cohortes/nouvelle")
    page.get_by_label("Nom", exact=True).fill(COHORT)
    days = {"Premier jour": 7, "Dernier jour": 120, "Ouvrent le": 0, "Ferment le": 5}
    for label, number in days.items():
        page.get_by_label(label).fill(way.day(number).isoformat())
    page.get_by_role("button", name="Créer la cohorte").click()
    expect(page.get_by_role("heading", name=COHORT)).to_be_visible()
    way.addresses["cohort"] = page.url.removeprefix(way.house.address)


def begin_application(way: Way) -> None:
    page = way.phone
    way.visit(page, "/candidature")
    page.get_by_label("Nom de l’association").fill(ASSOCIATION)
    page.get_by_label("Numéro SIREN ou RNA").fill("784 257 164")
    page.get_by_label("Votre prénom et votre nom").fill(REFERENTE)
    page.get_by_label("Votre mobile").fill(PHONE_OF_HERS)
    way.later()
    page.get_by_role("button", name="Commencer, ou reprendre notre dossier").click()
    expect(page.get_by_role("heading", name="L’association")).to_be_visible()


def fill_application(way: Way) -> None:
    """Each answer is saved as it is left; she goes back once by the steps that stand above."""
    page = way.phone
    page.get_by_role("link", name="Continuer : les conditions").click()
    expect(page.get_by_role("heading", name="Les quatre conditions")).to_be_visible()
    expect(page.locator("html")).to_have_class(SCRIPTED)
    held: list[Route] = []
    page.route("**/js/application.js", lambda route: held.append(route))  # noqa: PLW0108 - playwright marks what it is given
    page.get_by_role("link", name="Association à compléter").click()
    expect(page.get_by_role("heading", name="L’association")).to_be_visible()
    town = page.get_by_label("Commune", exact=True)
    town.fill("Cayeux-sur-Mer")
    town.blur()
    with page.expect_response("**/champ") as saved:  # left before the script came, over a slow network
        held[0].continue_()
    assert saved.value.ok
    page.unroute("**/js/application.js")
    expect(page.locator("html")).to_have_class(SCRIPTED)
    _write(page, "Sa fonction", "Coordinatrice")
    _write(page, "Son adresse e-mail", "jeanne.morel@galets.example")
    _write(page, "Ce que fait l’association", "Aide alimentaire et accueil de jour.")
    _write(page, "Ce que vous attendez du programme", "Prévenir soixante bénévoles sans les appeler un à un.")
    page.get_by_role("link", name="Continuer : les conditions").click()
    expect(page.get_by_role("heading", name="Les quatre conditions")).to_be_visible()
    expect(page.locator("html")).to_have_class(SCRIPTED)
    _tick(page, "checkbox", "Solidarité")
    _write(page, "Combien de personnes salariées aujourd’hui ?", "7")
    _write(page, "Date de la décision", way.day(-10).isoformat())
    _tick(page, "radio", "Une demi-journée ou plus")
    _write(page, "Qui suivra le programme ?", "Jeanne Morel et Karim Sahli")
    page.get_by_label("Le procès-verbal, ou son extrait").set_input_files(PDF)  # type: ignore[arg-type]
    expect(page.get_by_role("link", name="La pièce reçue")).to_be_visible()


def _write(page: Page, label: str, words: str) -> None:
    answer = page.get_by_label(label, exact=True)
    with page.expect_response("**/champ") as saved:  # a date is saved as soon as it is whole, words when they are left
        answer.fill(words)
        answer.blur()
    assert saved.value.ok


def _tick(page: Page, role: str, words: str) -> None:
    with page.expect_response("**/champ") as saved:
        page.get_by_role(role, name=words).check()  # type: ignore[arg-type]
    assert saved.value.ok


def file_application(way: Way) -> None:
    page = way.phone
    page.get_by_role("link", name="Relire avant de déposer").click()
    page.get_by_role("button", name="Déposer la candidature").click()
    expect(page.get_by_role("heading", name="Candidature déposée")).to_be_visible()


def decide(way: Way) -> None:
    """Read by the staff, who say what they think, then prepare the decision."""
    page = way.desk
    way.visit(page, way.addresses["cohort"].replace("cohortes/", "candidatures?cohorte="))
    page.get_by_role("link", name=ASSOCIATION, exact=True).click()
    page.get_by_label("Plutôt retenir").check()
    page.get_by_label("En une phrase").fill("Une équipe prête, un besoin clair.")
    page.get_by_role("button", name="Donner mon avis").click()
    page.get_by_label("Retenue", exact=True).check()
    page.get_by_role("button", name="Préparer la décision").click()
    expect(page.get_by_role("link", name="Décision prête 1")).to_be_visible()


def publish(way: Way) -> None:
    """What was prepared leaves thirty seconds after the button."""
    page = way.desk
    way.visit(page, way.addresses["cohort"].replace("cohortes/", "candidatures?cohorte="))
    page.get_by_role("link", name="Publier 1 décision").click()
    page.get_by_role("button", name="Publier et prévenir 1 association").click()
    expect(page.get_by_text("Les décisions partent dans").first).to_be_visible()
    way.later()
    until(page, lambda: page.get_by_text("1 décision publiée").count() > 0)


def enter(way: Way) -> None:
    """The référente, by a link given since the decision: the one that she began with was given on trust."""
    page, desk = way.phone, way.desk
    page.reload()
    expect(page.get_by_text("Il s’ouvre par le lien du SMS de la décision")).to_be_visible()
    way.visit(desk, way.addresses["cohort"].replace("cohortes/", "candidatures?cohorte="))
    desk.get_by_role("link", name=ASSOCIATION, exact=True).click()
    desk.get_by_text("Qui contacter, et le lien du dossier").click()
    desk.get_by_role("button", name="Faire un lien à donner").first.click()
    page.goto(desk.locator(".to-copy").inner_text())
    page.get_by_role("button", name="Ouvrir notre espace").click()
    page.get_by_label("Choisissez un mot de passe").fill("trois galets bien ronds")
    page.get_by_role("button", name="Entrer").click()
    expect(page.get_by_role("heading", name=ASSOCIATION)).to_be_visible()
    way.addresses["space"] = page.url.removeprefix(way.house.address)


def respond(way: Way, link: str, said: Said) -> None:
    """Somebody alone on their phone; of the rest they do not know."""
    page = way.open(PHONE)
    page.goto(link)
    page.get_by_role("link", name="Commencer").click()
    for number, answers in enumerate(said.values(), 1):
        expect(page.get_by_text(f"Page {number} sur {len(said)}")).to_be_visible()
        for at, answer in enumerate(answers):
            page.get_by_role("group").nth(at).get_by_label(_words(answer), exact=True).check()
        page.get_by_role("button", name=re.compile("^Enregistrer et (continuer|finir)$")).click()
    page.get_by_role("button", name="J’ai terminé").click()
    page.get_by_role("button", name=UNSAID).click()
    expect(page.locator("main")).to_contain_text("Vous avez répondu, merci")
    page.context.close()


def _words(answer: int | None) -> str:
    return ANSWERS[UNKNOWN if answer is None else str(answer)].replace("'", "’")
