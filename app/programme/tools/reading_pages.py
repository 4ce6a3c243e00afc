"""What every page of the catalogue shows of a tool."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import url_for
from sqlalchemy.orm import Session

from app.database.ids import ToolId
from app.french.language import _
from app.programme.partners import service as partners
from app.programme.partners.models import Partner, Subject
from app.programme.partners.rules import Named
from app.programme.sharing.rules import LEAST
from app.programme.tools import rules, service, sources, telling, words
from app.programme.tools.models import Tool, ToolFact
from app.programme.tools.service import Sheet
from app.programme.tools.words import FactKind
from app.web.seams import Seam

TRIED: Seam[Callable[[Session], Mapping[ToolId, int]]] = Seam("associations that deployed a tool")
"""{tool: how many associations of the programme use it}, from the room of recommendations."""
NO_LONGER: Seam[Callable[[Session, ToolId, datetime], None]] = Seam("what follows a tool withdrawn")
"""What waits to ask about a tool that is recommended no more is taken back, by the room of recommendations."""
CARD = (FactKind.LICENCE, FactKind.PRICE, FactKind.HOSTING, FactKind.EFFORT)
"""The facts of a card; who tried it is the fifth, where somebody did."""
NOBODY = "–"


@dataclass(frozen=True)
class Shown:
    """A fact in words. ``mark`` is « à vérifier », « à revérifier », or empty; ``beside`` the sentence that goes on."""

    name: str
    words: str
    beside: str = ""
    mark: str = ""
    source: str = ""
    read_on: date | None = None

    @property
    def source_parts(self) -> list[tuple[str, str]]:
        """Its source as (words, the address that they link to or "")."""
        return list(sources.parts(self.source))


@dataclass(frozen=True)
class Card:
    """A tool as pages show it. ``tried`` is « 6 associations », « moins de 5 » or « – »."""

    sheet: Sheet
    facts: Mapping[FactKind, Shown]
    tried: str
    since: str
    partners: Sequence[Partner]
    site: Shown
    """Its site as a link says it, with who says so; « – » where nobody wrote it down."""

    @property
    def is_tried(self) -> bool:
        """Whether an association of the programme has it deployed."""
        return self.tried != NOBODY

    @property
    def is_site_told_apart(self) -> bool:
        """Whether who names its site is not already among the sources that all its facts have."""
        common = self.common
        told = common is not None and common.read_on == self.site.read_on and self.site.source in common.source
        return bool(self.site.source) and not told

    @property
    def is_doubted(self) -> bool:
        """Whether anything on its page is marked to be checked."""
        return bool(self.site.mark) or any(one.mark for one in self.facts.values())

    @property
    def on_card(self) -> list[Shown]:
        """The same facts for every tool of the list."""
        return [self.facts[kind] for kind in CARD]

    @property
    def common(self) -> Shown | None:
        """The one whose source and day are those of all of them; None where they differ."""
        first, *others = self.facts.values()
        same = all((one.source, one.read_on) == (first.source, first.read_on) for one in others)
        return first if same and first.read_on else None

    @property
    def purposes(self) -> str:
        """« Former, Gouverner »."""
        return ", ".join(words.PURPOSES[one] for one in self.sheet.purposes)


def named(session: Session, tool_ids: Collection[int]) -> Mapping[int, Named]:
    """{tool: its name and its public page} of those that are still recommended."""
    found = service.by_ids(session, [ToolId(one) for one in tool_ids])
    return {
        one.id: Named(one.name, url_for("tools.show", slug=one.slug))
        for one in found.values()
        if one.withdrawn_at is None
    }


def cards(session: Session, sheets: Sequence[Sheet], *, today: date, now: datetime) -> list[Card]:
    """The tools as pages show them, in the order given."""
    tried = TRIED.read()(session)
    with_them = partners.of_subjects(session, Subject.TOOL, [one.tool.id for one in sheets])
    return [
        Card(
            sheet=one,
            facts={kind: _shown(kind, one.facts.get(kind), today) for kind in FactKind},
            tried=tried_by(tried.get(one.tool.id, 0)),
            since=telling.since(one.tool.withdrawn_at, now=now) if one.tool.withdrawn_at else "",
            partners=with_them.get(one.tool.id, []),
            site=_site(one.tool, today),
        )
        for one in sheets
    ]


def tried_by(count: int) -> str:
    """How many associations use it, a few of them never told apart."""
    if not count:
        return NOBODY
    return _("%(n)s associations", n=count) if count >= LEAST else _("moins de %(n)s", n=LEAST)


def compared(found: Sequence[Card]) -> tuple[dict[str, str], dict[str, Sequence[str]]]:
    """What the tools have alike, {criterion: word}, and {criterion: each one's word} of what differs."""
    rows: dict[str, Sequence[str]] = {_("C'est pour"): [one.purposes for one in found]}
    for kind in FactKind:
        rows[words.FACTS[kind]] = [_in_full(one.facts[kind]) for one in found]
    if any(one.is_tried for one in found):
        rows[_("Essayé par")] = [one.tried for one in found]
    return rules.parted(rows)


def _in_full(fact: Shown) -> str:
    """« Gratuit. Payé par les dons. (à vérifier) »."""
    whole = f"{fact.words}. {fact.beside}" if fact.beside else fact.words
    return f"{whole} ({fact.mark})" if fact.mark else whole


def _shown(kind: FactKind, fact: ToolFact | None, today: date) -> Shown:
    name = words.FACTS[kind]
    if fact is None:
        return Shown(name, "–")
    mark = _mark(fact.read_on if fact.is_sure else None, today)
    return Shown(name, telling.fact(fact), telling.beside(fact), mark, fact.source, fact.read_on)


def _site(tool: Tool, today: date) -> Shown:
    host = sources.host(tool.address) or NOBODY
    mark = _mark(tool.address_read_on, today)
    return Shown(_("Site"), host, mark=mark, source=tool.address_source, read_on=tool.address_read_on)


def _mark(sure_on: date | None, today: date) -> str:
    """The doubt about what a sure source said on that day; None is of what no sure source says."""
    if sure_on is None:
        return _("à vérifier")
    return _("à revérifier") if rules.is_stale(sure_on, today=today) else ""
