"""The catalogue as a file: stable names of columns."""

from app.programme.tools.reading_pages import Card
from app.programme.tools.words import FactKind

_FACTS = {
    FactKind.LICENCE: "licence",
    FactKind.PRICE: "prix",
    FactKind.HOSTING: "hebergement",
    FactKind.LANGUAGES: "langues",
    FactKind.PREREQUISITES: "prerequis",
    FactKind.EFFORT: "effort",
}
COLUMNS = (
    "outil",
    "adresse",
    "usages",
    "ce_que_ca_fait",
    "libre",
    *(f"{name}{part}" for name in _FACTS.values() for part in ("", "_detail", "_source", "_lu_le", "_marque")),
    "essaye_par",
)


def line(card: Card) -> list[str]:
    """One tool, a cell a column."""
    tool = card.sheet.tool
    cells = [tool.name, tool.slug, card.purposes, tool.does, card.sheet.traits.licence.value]
    for kind in _FACTS:
        fact = card.facts[kind]
        cells += [fact.words, fact.beside, fact.source, fact.read_on.isoformat() if fact.read_on else "", fact.mark]
    return [*cells, card.tried]
