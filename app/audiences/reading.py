"""A sentence as people type it, « moins de 35 ans et permis B », read to a rule. Pure.

What ``sentences`` writes comes back as the same rule; what people write besides is forgiving on case, accents, order
and link words. What was understood is shown before anything uses it. Every reading of every place is kept until the
end, so that « ou » inside a value and « ou » between two conditions never hide each other.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from app.audiences.fields import Fields, SegmentField
from app.audiences.operators import FieldType, Operator, Takes
from app.audiences.phrases import PLACE, pattern_of, phrases_of, read_value
from app.audiences.rules import Fault, Group, GroupKind, Rule, canonical
from app.contacts.naming import tidy
from app.errors import RuleBroken
from app.french.folding import in_place
from app.french.language import _

MAX_CHARACTERS = 2_000
"""Of a sentence, when typed: enough for some thirty conditions."""
_MAX_NESTED = 8
_START = re.compile(r"(?:(?:tous |toutes )?(?:les |mes |nos )?benevoles?(?: qui sont)? ?,? ?|(?:tous|toutes) ?,? ?)?")
_BEFORE = re.compile(
    r"(?:(?:ceux|celles|celles et ceux|les gens|les personnes)(?: qui (?:sont|ont)| ayant)? |qui (?:sont|ont) |ayant )?"
    r"(?:le |la |les |un |une |des |l')?"
)
"""What may stand before a condition without saying anything."""
_AND = re.compile(r" ?, ?(?:et )?| et ")
_OR = re.compile(r" ou ")
_INNER_AND = re.compile(r" et ")
_EXCEPT = re.compile(r" ?,? ?(?:sauf|hormis|mais pas|excepte)(?: ceux| celles)?(?= )")
_OPENS_EXCEPT = re.compile(r"(?:sauf|hormis|mais pas|excepte)(?: ceux| celles)?(?= )")

Ends = dict[int, Rule]
"""What stands at a place, by where it ends."""


def read_sentence(typed: str, fields: Fields) -> Rule:
    """The rule that ``typed`` says, simplified.

    Raises RuleBroken ``sentence_unread`` with the words that were not understood, or the fault of a value.
    """
    text = tidy(typed).rstrip(" .")
    if len(text) > MAX_CHARACTERS:
        sentence = _("La phrase est trop longue : %(n)s signes au plus.", n=MAX_CHARACTERS)
        raise RuleBroken("sentence_unread", sentence, fields={"sentence": sentence})
    return _Reading(text, fields).whole()


@dataclass(frozen=True)
class _Form:
    """One phrase of one operator of one field, as an expression; the value is its group."""

    field: SegmentField
    operator: Operator
    expression: re.Pattern[str]


def _forms(fields: Fields, plain: str) -> Iterator[_Form]:
    """Every form of which ``plain`` holds the words."""
    every = [(one, operator) for one in fields.values() for operator in one.operators]
    for one, operator in sorted(every, key=lambda both: both[1].takes is not Takes.NOTHING):
        for phrase in phrases_of(one, operator):
            before, _place, after = _plain(phrase).partition(PLACE)
            if before not in plain or after not in plain:
                continue
            value = f"({pattern_of(one, operator, plain)})" if PLACE in phrase else "()"
            yield _Form(one, operator, re.compile(rf"{re.escape(before)}{value}{re.escape(after)}(?!\w)"))
    for one in fields.values():  # « permis B » alone, last: what has a phrase of its own is said by it
        if one.type is FieldType.CHOICES and (has := one.operator("has")) and has.takes is Takes.CHOICES:
            yield _Form(one, has, re.compile(rf"({pattern_of(one, has, plain)})(?!\w)"))


def _plain(text: str) -> str:
    return in_place(text.replace("’", "'").replace("\u00a0", " "))


@dataclass
class _Reading:
    text: str
    fields: Fields
    furthest: int = 0
    fault: tuple[int, str] = (-1, "")
    known: dict[tuple[str, int, int], Ends] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.plain = _plain(self.text)
        self.forms = list(_forms(self.fields, self.plain))

    def whole(self) -> Rule:
        start = _START.match(self.plain)
        for at in dict.fromkeys((start.end() if start else 0, 0)):
            found = self._items(at).get(len(self.text))
            if found is not None:
                return canonical(found)
        raise self._unread()

    def _items(self, at: int) -> Ends:
        """« a, b ou c, sauf d »: every way to read it from ``at``."""
        done: Ends = {}
        begun: dict[int, tuple[Rule, ...]] = {at: ()}
        while begun:
            here, items = begun.popitem()
            if not items or _OPENS_EXCEPT.match(self.plain, here):
                self._except(here, items, begun, done)
            for link in self._links(_AND, here) if items else (here,):
                for end, one in self._either(link, 0).items():
                    self._go_on(end, (*items, one), begun, done)
            if items:
                self._except(here, items, begun, done)
        return done

    def _except(self, here: int, items: tuple[Rule, ...], begun: dict[int, tuple[Rule, ...]], done: Ends) -> None:
        match = _EXCEPT.match(self.plain, here)
        if match:
            for end, one in self._either(match.end() + 1, 0).items():
                inside = one.rules if isinstance(one, Group) and one.kind is GroupKind.ANY else (one,)
                self._go_on(end, (*items, Group(GroupKind.NONE, inside)), begun, done)

    def _go_on(self, end: int, items: tuple[Rule, ...], begun: dict[int, tuple[Rule, ...]], done: Ends) -> None:
        if end not in done:
            done[end] = items[0] if len(items) == 1 else Group(GroupKind.ALL, items)
            begun[end] = items

    def _either(self, at: int, depth: int) -> Ends:
        """« a ou b »."""
        return self._joined(at, depth, GroupKind.ANY, _OR)

    def _joined(self, at: int, depth: int, kind: GroupKind, link: re.Pattern[str]) -> Ends:
        key = (kind.value, at, depth)
        if key not in self.known:
            done: dict[int, tuple[Rule, ...]] = {end: (one,) for end, one in self._one(at, depth).items()}
            todo = list(done)
            while todo:
                here = todo.pop()
                for after in self._links(link, here):
                    for end, one in self._one(after, depth).items():
                        if end not in done:
                            done[end] = (*done[here], one)
                            todo.append(end)
            self.known[key] = {end: it[0] if len(it) == 1 else Group(kind, it) for end, it in done.items()}
        return self.known[key]

    def _links(self, link: re.Pattern[str], at: int) -> tuple[int, ...]:
        match = link.match(self.plain, at)
        return (match.end(),) if match else ()

    def _one(self, at: int, depth: int) -> Ends:
        """A condition, or what stands in brackets."""
        self.furthest = max(self.furthest, at)
        if self.plain.startswith("(", at) and depth < _MAX_NESTED:
            return self._bracketed(at + 1, depth + 1)
        found: Ends = {}
        before = _BEFORE.match(self.plain, at)
        for start in dict.fromkeys((at, before.end() if before else at)):
            for form in self.forms:
                match = form.expression.match(self.plain, start)
                if match and match.end() not in found:
                    self._condition(form, match, found)
        return found

    def _condition(self, form: _Form, match: re.Match[str], found: Ends) -> None:
        data: dict[str, Any] = {"field": form.field.name, "is": form.operator.name}
        value = read_value(form.field, form.operator, self.text[match.start(1) : match.end(1)])
        try:
            found[match.end()] = self.fields.read(data if value is None else {**data, "value": value})
        except Fault as fault:
            self.fault = max(self.fault, (match.end(), fault.sentence))

    def _bracketed(self, at: int, depth: int) -> Ends:
        found: Ends = {}
        readers: tuple[Callable[[], Ends], ...] = (
            lambda: self._joined(at, depth, GroupKind.ANY, _OR),
            lambda: self._joined(at, depth, GroupKind.ALL, _INNER_AND),
            lambda: self._none(at, depth),
        )
        for read in readers:
            for end, one in read().items():
                if self.plain.startswith(")", end):
                    found.setdefault(end + 1, one)
        return found

    def _none(self, at: int, depth: int) -> Ends:
        match = _OPENS_EXCEPT.match(self.plain, at)
        if match is None:
            return {}
        inside = self._joined(match.end() + 1, depth, GroupKind.ANY, _OR)
        return {
            end: Group(GroupKind.NONE, one.rules if isinstance(one, Group) and one.kind is GroupKind.ANY else (one,))
            for end, one in inside.items()
        }

    def _unread(self) -> RuleBroken:
        at, sentence = self.fault
        if at < self.furthest or not sentence:
            rest = self.text[self.furthest :]
            piece = re.split(r", | sauf | et | ou ", rest)[0].strip() or self.text.strip()
            sentence = (
                _("Nous ne comprenons pas « %(words)s ». Dites-le autrement, ou choisissez une condition.", words=piece)
                if piece
                else _("Écrivez qui vous cherchez : « moins de 35 ans et disponibles le soir ».")
            )
        return RuleBroken("sentence_unread", sentence, fields={"sentence": sentence})
