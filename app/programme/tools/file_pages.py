"""The catalogue as a file, in the programme's one way: French names of columns, days as they are written by hand."""

from datetime import date

from app.french.language import _
from app.programme.tools.reading_pages import Card
from app.programme.tools.words import FACTS, FactKind


def _columns(kind: FactKind) -> tuple[str, ...]:
    fact = FACTS[kind]
    return (
        fact, _("%(fact)s, détail", fact=fact), _("%(fact)s, source", fact=fact), _("%(fact)s, lu le", fact=fact),
        _("%(fact)s, doute", fact=fact),
    )  # fmt: skip


COLUMNS = (
    _("Outil"), _("Site"), _("C'est pour"), _("Ce que ça fait"),
    *(name for kind in FactKind for name in _columns(kind)), _("Essayé par"), _("Fiche"),
    _("Site, source"), _("Site, lu le"), _("Site, doute"),
)  # fmt: skip
"""Stable; a new one goes to the end."""


def line(card: Card) -> list[str]:
    """One tool, a cell a column."""
    tool = card.sheet.tool
    cells = [tool.name, tool.address, card.purposes, tool.does]
    for kind in FactKind:
        fact = card.facts[kind]
        cells += [fact.words, fact.beside, fact.source, _day(fact.read_on), fact.mark]
    site = card.site
    return [*cells, card.tried, tool.slug, site.source, _day(site.read_on), site.mark]


def _day(on: date | None) -> str:
    return on.strftime("%d/%m/%Y") if on else ""
