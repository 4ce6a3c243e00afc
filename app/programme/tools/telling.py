"""What is known of a tool in words, for its page, its history and files. Pure but for the rows it is given."""

from datetime import datetime

from babel.dates import format_date

from app.clock import PARIS
from app.french.language import _
from app.programme.tools import words
from app.programme.tools.models import ToolFact
from app.programme.tools.words import FactKind, Licence


def fact(one: ToolFact | None) -> str:
    """« Libre (AGPL-3.0-only) », « Gratuit », « Léger : ouvrir un compte »; « – » for what nobody wrote down."""
    if one is None:
        return "–"
    return told(one.kind, one.word, one.detail)


def told(kind: FactKind, word: str, detail: str) -> str:
    """The same of a word and its detail; the detail of a price is long, and stands beside."""
    if kind is FactKind.LICENCE:
        free = word == Licence.FREE
        name = words.LICENCES[Licence.FREE if free else Licence.PROPRIETARY]
        return _("%(name)s (%(licence)s)", name=name, licence=detail) if detail else name
    if kind is FactKind.EFFORT:
        size = words.EFFORTS[words.effort_of(word)]
        return _("%(size)s : %(what)s", size=size, what=detail) if detail else size
    known = words.FACT_WORDS.get(kind, {}).get(word, "")
    return known or detail or "–"


def beside(one: ToolFact | None) -> str:
    """The sentence that the word leaves out: the detail of a price, of where it runs."""
    return one.detail if one is not None and one.kind in (FactKind.PRICE, FactKind.HOSTING) else ""


def since(at: datetime, *, now: datetime) -> str:
    """« mars », « mars 2025 » where another year has begun since."""
    on, today = at.astimezone(PARIS).date(), now.astimezone(PARIS).date()
    return format_date(on, "MMMM" if on.year == today.year else "MMMM yyyy", locale="fr")
