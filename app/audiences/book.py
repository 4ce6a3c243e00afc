"""All the segments of a space, read at once: which are whole, which are to be mended and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.audiences.compiling import compile_rule
from app.audiences.fields import Context, Fields, Question, SegmentField
from app.audiences.models import Segment
from app.audiences.named import NamedIn
from app.audiences.operators import FieldType
from app.audiences.rules import SEGMENTS, Rule, named_segments
from app.audiences.sources.declared import fields_of
from app.audiences.values import Choice
from app.database.ids import SegmentId
from app.french.language import _


@dataclass(frozen=True)
class Book:
    """What a rule of the space may speak of, its segments among them.

    ``rules`` are the segments that are whole, ``faults`` what is wrong with the others: {id: {place: sentence}}.
    """

    space: Space
    fields: Fields
    names: Mapping[int, str]
    rules: Mapping[int, Rule]
    faults: Mapping[int, Mapping[str, str]]

    def context(self, now: datetime) -> Context:
        """Where and when its rules are asked."""
        return Context(self.space.id, ZoneInfo(self.space.zone), now, self.rules)

    def keeps(self, ids: list[int], now: datetime) -> ColumnElement[bool]:
        """Whom one of these segments keeps; one that is to be mended, or gone, keeps nobody."""
        whole = [self.rules[one] for one in ids if one in self.rules]
        return or_(false(), *(compile_rule(rule, self.fields, self.context(now)) for rule in whole))

    def fault(self, segment_id: SegmentId) -> str:
        """Why a segment keeps nobody, in a sentence; empty while it is whole."""
        if segment_id in self.rules:
            return ""
        if segment_id not in self.names:
            return _("Une sélection utilisée ici n'existe plus.")
        return _broken(self.names[segment_id])


def open_book(session: Session, space: Space) -> Book:
    """The segments of a space, and everything that its rules may speak of."""
    basic = fields_of(session, space.id)
    rows = session.execute(
        select(Segment.id, Segment.name, Segment.rule).where(Segment.space_id == space.id).order_by(Segment.folded)
    ).all()
    names = {row.id: row.name for row in rows}
    named = _with_segments(basic, {one: Choice(one, name) for one, name in names.items()})
    rules = {row.id: named.load(row.rule) for row in rows}
    faults: dict[int, Mapping[str, str]] = {one: holes for one in rules if (holes := named.holes(rules[one]))}
    for one in _leaning(rules, set(faults)) - set(faults):
        faults[one] = {"rule": _("Une sélection utilisée dans celle-ci est à réparer.")}
    choices = {one: Choice(one, name, fault=_broken(name) if one in faults else "") for one, name in names.items()}
    whole = {one: rule for one, rule in rules.items() if one not in faults}
    return Book(space, _with_segments(basic, choices), names, whole, faults)


def _with_segments(fields: Fields, choices: Mapping[int, Choice]) -> Fields:
    entry = SegmentField(
        SEGMENTS,
        _("sélection"),
        Question.WHO,
        FieldType.CHOICES,
        NamedIn(),
        choices=tuple(choices.values()),
        only=("has", "has_not"),
    )
    return Fields((*fields.values(), entry))


def _leaning(rules: Mapping[int, Rule], broken: set[int]) -> set[int]:
    """The broken, those that name them however far, and those that name themselves in a circle."""
    whole: set[int] = set()
    while True:
        more = {
            one
            for one, rule in rules.items()
            if one not in broken and one not in whole and whole.issuperset(named_segments(rule))
        }
        if not more:
            return set(rules) - whole
        whole |= more


def _broken(name: str) -> str:
    return _("La sélection « %(name)s » est à réparer : elle ne choisit personne.", name=name)
