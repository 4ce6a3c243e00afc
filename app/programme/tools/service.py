"""The catalogue as it is read: each tool with what is known of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database.ids import ToolId
from app.errors import NotFound
from app.french.folding import without_accents
from app.french.language import _
from app.programme.tools import words
from app.programme.tools.models import Tool, ToolChange, ToolFact
from app.programme.tools.rules import Choice, Traits, fits
from app.programme.tools.words import FactKind, Hosting, Licence, Price, Purpose


@dataclass(frozen=True)
class Sheet:
    """A tool and its facts by kind; every tool has one of each."""

    tool: Tool
    facts: Mapping[FactKind, ToolFact]

    @property
    def purposes(self) -> list[Purpose]:
        """In the order of the axes; a word that is no axis any more is left out."""
        return [one for one in Purpose if one.value in self.tool.purposes]

    @property
    def traits(self) -> Traits:
        """What filters read; a fact that is missing or odd counts as what promises least."""
        word = {kind: fact.word for kind, fact in self.facts.items()}
        price, hosting = word.get(FactKind.PRICE, ""), word.get(FactKind.HOSTING, "")
        is_free = word.get(FactKind.LICENCE) == Licence.FREE
        return Traits(
            purposes=frozenset(self.purposes),
            licence=Licence.FREE if is_free else Licence.PROPRIETARY,
            price=Price(price) if price in set(Price) else Price.UNKNOWN,
            hosting=Hosting(hosting) if hosting in set(Hosting) else Hosting.ONLINE,
            effort=words.effort_of(word.get(FactKind.EFFORT, "")),
        )

    @property
    def is_withdrawn(self) -> bool:
        """Whether it is recommended no more."""
        return self.tool.withdrawn_at is not None


def everything(session: Session) -> Sequence[Sheet]:
    """Every tool, withdrawn ones too, by name."""
    return _sheets(session, session.scalars(select(Tool)).all())


def offered(session: Session) -> Sequence[Sheet]:
    """The tools that the catalogue shows, by name."""
    return _sheets(session, session.scalars(select(Tool).where(Tool.withdrawn_at.is_(None))).all())


def names(session: Session) -> Sequence[Tool]:
    """The tools that are offered without their facts, by name: for a list to choose from."""
    return _by_name(session.scalars(select(Tool).where(Tool.withdrawn_at.is_(None))).all())


def search(session: Session, choice: Choice) -> Sequence[Sheet]:
    """Those of them that pass the filters."""
    return [one for one in offered(session) if fits(one.traits, choice)]


def get(session: Session, tool_id: ToolId, *, lock: bool = False) -> Tool:
    """One tool, withdrawn or not. Raises NotFound."""
    query = select(Tool).where(Tool.id == tool_id)
    tool = session.scalar(query.with_for_update() if lock else query)
    if tool is None:
        raise _unknown()
    return tool


def sheet_of(session: Session, tool: Tool) -> Sheet:
    """The tool with its facts."""
    return _sheets(session, [tool])[0]


def find_by_slug(session: Session, slug: str) -> Sheet:
    """The tool of an address, withdrawn or not. Raises NotFound."""
    found = by_slugs(session, [slug])
    if not found:
        raise _unknown()
    return found[0]


def by_slugs(session: Session, slugs: Sequence[str]) -> Sequence[Sheet]:
    """The tools of these addresses in the order in which they are asked; what is none is left out."""
    asked = list(dict.fromkeys(one for one in slugs if one.isprintable()))  # PostgreSQL takes no NUL in a text
    rows = session.scalars(select(Tool).where(Tool.slug.in_(asked))).all()
    found = {one.tool.slug: one for one in _sheets(session, rows)}
    return [found[slug] for slug in asked if slug in found]


def by_ids(session: Session, tool_ids: Collection[ToolId]) -> Mapping[ToolId, Tool]:
    """{id: tool} of these."""
    return {one.id: one for one in session.scalars(select(Tool).where(Tool.id.in_(tool_ids)))}


def history(session: Session, tool_id: ToolId) -> Sequence[ToolChange]:
    """What was changed in it, the latest first."""
    query = select(ToolChange).where(ToolChange.tool_id == tool_id).order_by(ToolChange.id.desc())
    return session.scalars(query.limit(200)).all()


def _sheets(session: Session, tools: Sequence[Tool]) -> Sequence[Sheet]:
    facts: dict[ToolId, dict[FactKind, ToolFact]] = {one.id: {} for one in tools}
    for fact in session.scalars(select(ToolFact).where(ToolFact.tool_id.in_(list(facts)))):
        facts[fact.tool_id][fact.kind] = fact
    return [Sheet(one, facts[one.id]) for one in _by_name(tools)]


def _by_name(tools: Sequence[Tool]) -> Sequence[Tool]:
    return sorted(tools, key=lambda one: (without_accents(one.name.lower()), one.id))


def _unknown() -> NotFound:
    return NotFound("tool_unknown", _("Cet outil n'est pas au catalogue."))
