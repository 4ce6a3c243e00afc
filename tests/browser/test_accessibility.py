"""Every page can be used by everybody: axe finds nothing, light, dark, wide and narrow; each control has a name."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.conftest import ONE_WORKER, House

pytestmark = ONE_WORKER

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
FIND = "async (only) => (await axe.run({ resultTypes: ['violations'], ...only })).violations"
"""Every rule or ``only`` some; what passes is not described, which takes most of the time."""
TWO_WEIGHTS = """() => [...document.querySelectorAll("body *")].filter((one) => {
  const { fontFamily, fontVariantNumeric } = getComputedStyle(one);
  const own = [...one.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.data).join("");
  return own.includes("0") && fontFamily.startsWith("Besley") && fontVariantNumeric.includes("tabular-nums");
}).map((one) => one.outerHTML.slice(0, 80))"""
"""Besley's figures of one width: their zero is thin beside a bold one."""
STUBS = """() => [...document.querySelectorAll("main a:has(> .icon:first-child)")].filter((one) => {
  const { display, textDecorationLine } = getComputedStyle(one);
  return display === "inline" && textDecorationLine.includes("underline") && one.firstElementChild.nextSibling;
}).map((one) => one.outerHTML.slice(0, 80))"""
"""Links whose line runs under the space between an icon and its words."""
WIDTHS = (1280, 390)
SCHEMES: dict[str, dict[str, list[str]]] = {
    "light": {},
    "dark": {"runOnly": ["color-contrast", "link-in-text-block"]},
}
"""{colour scheme: which rules}. The dark one changes colours alone, as tests/test_markup.py holds."""

CONTROLS = frozenset(
    {
        "button",
        "checkbox",
        "combobox",
        "link",
        "menuitem",
        "radio",
        "searchbox",
        "slider",
        "spinbutton",
        "switch",
        "tab",
    }
    | {"DisclosureTriangle", "listbox", "textbox"}
)
"""Roles of the accessibility tree that somebody acts on."""
DATES = frozenset({"Date", "DateTime", "InputTime"})
"""Fields whose parts are the browser's own."""

OUTSIDE = (
    "/outils",
    "/outils/proposer",
    "/outils/brevo",
    "/outils/comparer?outil=brevo&outil=tambour&outil=signal",
    "/outils/nope",
    "/candidature",
    "/partenaires",
    "/connexion",
    "/mot-de-passe-oublie",
    "/bienvenue/inconnu",
    "/aide",
    "/accessibilite",
    "/confidentialite",
    "/r/inconnu23456789",
    "/rejoindre",
    "/ressources",
    "/ressources/ecrire-un-bon-sms",
    "/rejoindre/ABCDEF",
    "/api/docs",
    "/cette-page-n-existe-pas",
)
INSIDE = (
    "",
    "envoyer",
    "benevoles",
    "benevoles?q=zzzz",
    "listes",
    "selections",
    "imports",
    "dates",
    "dates/nouvelle",
    "reponses",
    "telephones",
    "telephones/33639980042",
    "equipe",
    "ouvertures",
    "reglages",
    "cles",
    "abonnements",
    "journal",
    "recommandations",
)
OF_TOOLS = (
    "/outils", "/outils/nouveau", "/outils/par-question", "/partenaires", "/partenaires/nouveau",
    "/cohortes/1/recommandations", "/associations/1/recommandations",
)  # fmt: skip
SCENARIOS = ("/scenarios", "/scenarios/1")
PROGRAMME = (
    *("", "/cohortes", "/cohortes/1", "/cohortes/1/modifier", "/cohortes/1/associations/1", "/cohortes/nouvelle"),
    *("/ressources", "/ressources/nouvelle"),
    *("/formations", "/formations/1", "/candidatures", "/candidatures/1", "/associations/1/diagnostic"),
)
GOING_REAL = ("", "envoyer", "benevoles", "reponses", "dates", "en-vrai", "en-vrai/avis")
IN_THE_PROGRAMME = ("diagnostic", "formations", "programme")


@pytest.fixture
def reader(context: BrowserContext) -> Page:
    return context.new_page()


def unheard(page: Page) -> Iterator[str]:
    """What the browser's own accessibility tree holds that a screen reader or a keyboard cannot use.

    A control without a name, two buttons of one name, and a control that no focus reaches.
    """
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    within = {node["nodeId"]: node for node in tree}
    controls = [
        node
        for node in tree
        if not node["ignored"] and node["role"]["value"] in CONTROLS and not _is_of_a_date(node, within)
    ]
    names: Counter[str] = Counter()
    for node in controls:
        role = node["role"]["value"]
        name = " ".join(node.get("name", {}).get("value", "").split())
        can = {each["name"]: each["value"].get("value") for each in node.get("properties", [])}
        if not name:
            yield f"{page.url}: a {role} without a name"
        if not can.get("focusable") and not can.get("disabled"):
            yield f"{page.url}: no key reaches the {role} « {name} »"
        names[name] += role == "button"
    yield from (f"{page.url}: {times} buttons « {name} »" for name, times in names.items() if times > 1)


def _is_of_a_date(node: dict[str, Any], within: dict[str, dict[str, Any]]) -> bool:
    """Whether it is a part of a field for a day or an hour."""
    above = within.get(node.get("parentId", ""))
    return above is not None and (above["role"]["value"] in DATES or _is_of_a_date(above, within))


def violations(page: Page) -> Iterator[str]:
    """What axe finds on the page as it stands, in each colour scheme and at each width; and type that is badly set."""
    yield from unheard(page)
    page.evaluate(AXE)
    for odd in (*page.evaluate(TWO_WEIGHTS), *page.evaluate(STUBS)):
        yield f"{page.url}: {odd}"
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for scheme, only in SCHEMES.items():
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            found: list[dict[str, Any]] = page.evaluate(FIND, only)
            for violation in found:
                where = "; ".join(str(node["target"]) for node in violation["nodes"][:3])
                yield f"{page.url} at {width} px, {scheme}: {violation['id']} ({where})"
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if overflow > 1:
            yield f"{page.url} at {width} px overflows by {overflow} px"


def visit(page: Page, addresses: Iterator[str] | list[str]) -> list[str]:
    found: list[str] = []
    for address in addresses:
        page.goto(address)
        found += violations(page)
    return found


def test_pages_for_anyone(house: House, reader: Page) -> None:
    assert visit(reader, [f"{house.address}{path}" for path in OUTSIDE]) == []


def test_pages_of_a_space(house: House, reader: Page) -> None:
    house.sign_in(reader, "Référente")
    addresses = [f"{house.address}{path}" for path in ("/espaces", "/profil")]
    addresses += [f"{house.address}/e/demo/{path}" for path in INSIDE]
    addresses += [f"{house.address}/e/pont/{path}" for path in (*GOING_REAL, *IN_THE_PROGRAMME)]
    assert visit(reader, addresses) == []


def test_pages_of_one_text(house: House, reader: Page) -> None:
    house.sign_in(reader, "Référente")
    found: list[str] = []
    reader.goto(f"{house.address}/e/demo/envoyer")
    reader.get_by_role("link", name="Collecte de samedi").click()
    found += violations(reader)
    reader.locator("#progress tbody a").first.click()
    found += violations(reader)
    reader.goto(f"{house.address}/e/demo/envoyer")
    reader.get_by_role("link", name="Maraude de jeudi").click()
    found += violations(reader)
    reader.get_by_role("button", name="Relire avant").click()
    found += violations(reader)
    reader.goto(f"{house.address}/e/demo/benevoles")
    reader.locator("main tbody a").first.click()
    found += violations(reader)
    assert found == []


def test_pages_of_a_workshop(house: House, reader: Page, context: BrowserContext) -> None:
    house.sign_in(reader, "Formatrice")
    found = visit(reader, [f"{house.address}/ateliers{path}" for path in ("", "/resultats", *SCENARIOS, "/nouveau")])
    reader.get_by_label("Association", exact=True).fill("Les Petites Mains")
    reader.get_by_role("button", name="Commencer maintenant").click()
    found += violations(reader)
    room = reader.url
    code = re.search(r"[A-Z]{6}", reader.locator(".join-code").first.inner_text())
    assert code is not None
    beside = [room.replace("/salle", path) for path in ("/participants", "/participants/choisir", "/date", "/mur")]
    found += visit(reader, [*beside, f"{house.address}/ateliers/resultats", f"{house.address}/rejoindre/{code[0]}"])
    reader.get_by_label("Votre prénom").fill("Amina")
    reader.get_by_role("button", name="Entrer").click()
    found += violations(reader)
    space = re.sub(r"(/e/[^/]+/).*", r"\1", reader.url)
    path = ("telephones/tenir", "imports", "envoyer", "reponses", "dates/nouvelle", "telephones")
    found += visit(reader, [*(f"{space}{one}" for one in path), f"{house.address}/atelier/bilan"])
    assert found == []


def test_pages_of_the_programme(house: House, reader: Page) -> None:
    house.sign_in(reader, "Programme")
    assert visit(reader, [f"{house.address}/programme{path}" for path in (*PROGRAMME, *OF_TOOLS)]) == []
