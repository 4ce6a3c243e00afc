"""A tool as the tests type it, for its form and for its service."""

from datetime import date

from app.programme.tools import editing
from app.programme.tools import seed as tools
from app.programme.tools.terms import FactTerms, ToolTerms
from app.programme.tools.words import FactKind, Purpose
from tests.factories import NOON, SOMEBODY

WORDS = {"licence": "libre", "price": "gratuit", "hosting": "au-choix", "effort": "1"}


def tool_terms(**words):
    """A free tool to mobilise, every fact of it read on one day."""
    facts = {
        kind: FactTerms(WORDS.get(kind.value, ""), "", "exemple.fr", date(2026, 3, 1), is_sure=True)
        for kind in FactKind
    }
    return ToolTerms(
        **{
            "name": "Clairon",
            "purposes": (Purpose.MOBILISE,),
            "does": "Appeler les bénévoles.",
            "facts": facts,
            **words,
        }
    )


def make_tool(session, **words):
    return editing.make(session, tool_terms(**words), space_id=None, by=SOMEBODY, now=words.pop("now", NOON))


def tool_form(**words):
    """The same as its form sends it."""
    form = {"name": "Clairon", "purposes": ["mobiliser"], "does": "Appeler les bénévoles.", "version": "1"}
    for kind in FactKind:
        form |= {
            f"{kind.value}_word": WORDS.get(kind.value, ""),
            f"{kind.value}_source": "exemple.fr",
            f"{kind.value}_read_on": "2026-03-01",
            f"{kind.value}_sure": "1",
        }
    return {**form, **words}


def seeded(database):
    """The catalogue as the programme began."""
    with database.transaction() as session:
        return tools.seed(session, NOON)
