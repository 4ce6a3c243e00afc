"""A selection as its page shows it: lines with what remains after each, and somebody held against them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.audiences import counting, people
from app.audiences.book import Book
from app.audiences.counting import Count
from app.audiences.lines import Joint, Line, Lines
from app.audiences.membership import membership
from app.audiences.models import Segment
from app.audiences.net import Net
from app.audiences.rules import Condition, Rule
from app.audiences.segments import NAME_CHARACTERS, free_name
from app.audiences.sentences import parts_of, phrase_of, sentence_of, shortened
from app.audiences.web.facts import facts_of
from app.consent.families import Family
from app.contacts import service as contacts
from app.contacts.models import Contact
from app.database.ids import ContactId
from app.french.language import _, ngettext
from app.web.schemas import LAST_ROW

MAX_ASIDE = 50
"""An address carries them."""
_NUMBERED = re.compile(r" \(\d+\)$")
JOINT_WORDS = {Joint.AND: _("et"), Joint.OR: _("ou"), Joint.EXCEPT: _("sauf ceux")}


@dataclass(frozen=True)
class ChoiceShown:
    """One condition of a line: words, its value in bold, words; ``hole`` says what is missing from it."""

    parts: tuple[str, str, str]
    is_editable: bool
    hole: str = ""


@dataclass(frozen=True)
class LineShown:
    """One numbered line. ``share`` is in percent of everybody, for its ruler; None where nobody counted so far."""

    joint: Joint
    choices: Sequence[ChoiceShown]
    left: Count
    share: float | None

    @property
    def word(self) -> str:
        """« et », « ou », « sauf ceux »."""
        return JOINT_WORDS[self.joint]

    @property
    def is_broken(self) -> bool:
        """Whether something is missing from it."""
        return any(one.hole for one in self.choices)


@dataclass(frozen=True)
class Aside:
    """The people left aside for one sending alone, and how many texts that takes off."""

    people: Sequence[Contact]
    fewer: int

    @property
    def ids(self) -> list[ContactId]:
        """Theirs, as addresses and forms carry them."""
        return [one.id for one in self.people]

    def but(self, contact_id: ContactId) -> list[ContactId]:
        """The others' ids."""
        return [one for one in self.ids if one != contact_id]


@dataclass(frozen=True)
class Verdict:
    """Somebody against each line: its words, whether it lets them in, and what is known of them that decides.

    ``unreached`` ends « Il y est, mais … ».
    """

    contact: Contact
    is_in: bool
    lines: Sequence[tuple[str, bool, Sequence[str]]]
    unreached: str = ""


def show_lines(session: Session, book: Book, lines: Lines, *, everybody: Count, now: datetime) -> list[LineShown]:
    """The lines of a rule, each with the people that remain."""
    steps = [lines.until(count + 1).rule() for count in range(len(lines.lines))]
    left = counting.remaining(session, book, steps, now=now)
    return [
        LineShown(
            one.joint,
            [_choice(book, choice) for choice in one.choices],
            count,
            None if everybody.is_capped else min(100.0, 100 * count.people / max(1, everybody.people)),
        )
        for one, count in zip(lines.lines, left, strict=True)
    ]


def start_words(count: Count, *, from_nobody: bool) -> str:
    """What became of a rule once its lines start elsewhere."""
    people = ngettext("%(n)s personne", "%(n)s personnes", count.people)
    if count.is_capped:
        people = _("plus de %(people)s", people=people)
    if from_nobody:
        return _("On part de personne, et chaque ligne ajoute les siens : %(people)s en tout.", people=people)
    return _("On part de tous les bénévoles, et chaque ligne en écarte : %(people)s en tout.", people=people)


def line_words(book: Book, line: Line) -> str:
    """« disponibles le soir, ou adhérents », without its link."""
    return _(", ou ").join(phrase_of(one, book.fields) for one in line.choices)


def name_of(rule: Rule, book: Book) -> str:
    """What a selection is called until somebody names it: « De moins de 35 ans, adhérents »."""
    words = sentence_of(rule, book.fields).removeprefix(_("Bénévoles "))
    return words[0].upper() + words[1:]


def name_after(segment: Segment, before: Rule, after: Rule, book: Book) -> str | None:
    """The name that says the new rule, where the old one was only what its rule said; None where somebody chose it."""
    told, tells = name_of(before, book), name_of(after, book)
    is_told = _NUMBERED.sub("", segment.name) == shortened(told, NAME_CHARACTERS)
    return free_name(book, tells) if is_told and tells != told else None


def verdict(session: Session, space: Space, book: Book, lines: Lines, contact: Contact, *, now: datetime) -> Verdict:
    """« Dedans, ou pas ? » of one person, line by line."""
    each = [Lines((one,)).rule() for one in lines.lines]
    found = membership(session, book, lines.rule(), contact, now=now, lines=each)
    told = [
        (
            _("sauf ceux %(words)s", words=words) if one.joint is Joint.EXCEPT else words,
            lets_in,
            facts_of(session, book, one.choices, contact, now=now),
        )
        for one, (_rule, lets_in) in zip(lines.lines, found.lines, strict=True)
        for words in (line_words(book, one),)
    ]
    return Verdict(contact, found.is_in, told, _unreached(session, space, contact, now) if found.is_in else "")


def find_people(
    session: Session, space: Space, words: str, contact_id: ContactId | None, *, limit: int
) -> Sequence[Contact]:
    """Whom a search for a name or a number finds; the one chosen among homonyms alone."""
    if contact_id:
        return contacts.of_ids(session, space.id, [contact_id])
    return contacts.search(session, space.id, words=words, limit=limit).items if words else []


def left_aside(session: Session, space: Space, figure: Net, ids: Sequence[int]) -> Aside:
    """Those of these contacts that the space has; fifty at most."""
    found = contacts.of_ids(session, space.id, [one for one in ids if 0 < one <= LAST_ROW][:MAX_ASIDE])
    return Aside(found, sum(1 for one in found if one.id in figure.ids))


def _choice(book: Book, rule: Rule) -> ChoiceShown:
    hole = next(iter(book.fields.holes(rule).values()), "")
    if isinstance(rule, Condition):
        return ChoiceShown(parts_of(rule, book.fields), rule.field in book.fields, hole)
    return ChoiceShown((phrase_of(rule, book.fields), "", ""), is_editable=False, hole=hole)


def _unreached(session: Session, space: Space, contact: Contact, now: datetime) -> str:
    alone = {"contacts": [contact.id]}
    batch = people.select_batch(session, space, alone, Family.CHARITABLE, after_id=0, limit=1, now=now)
    return next((people.LEFT_OUT_WORDS[reason] for _person, reason in batch.left_out), "")
