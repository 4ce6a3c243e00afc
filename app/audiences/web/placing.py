"""Where a condition goes among the lines of a selection."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.audiences import seen, segments
from app.audiences.book import Book, open_book
from app.audiences.lines import Joint, Lines, lines_of
from app.audiences.models import Segment
from app.audiences.rules import Condition, Rule
from app.audiences.web import gaps
from app.database.ids import SegmentId
from app.errors import Conflict, RuleBroken
from app.french.language import _

FROM_NOBODY = "personne"
"""What a page says of where the lines start; anything else is everybody."""


@dataclass
class Place:
    """Where a condition goes: the selection (None for a new one), its lines, and which one is being changed."""

    book: Book
    segment: Segment | None
    lines: Lines
    at: int | None = None
    choice: int = 0

    @property
    def held(self) -> Condition | None:
        """The condition that is being changed."""
        rule = self.lines.line(self.at).choices[self.choice] if self.at is not None else None
        return rule if isinstance(rule, Condition) else None

    @property
    def stamp(self) -> str:
        """What the page carries of the rule that it showed."""
        return seen.stamp(self.lines.rule()) if self.lines.lines else ""

    def with_condition(self, condition: Rule, typed: gaps.Typed) -> Lines:
        """The lines once the condition is in its place."""
        if self.at is not None:
            return self.lines.replacing(self.at, self.choice, condition)
        beside = read_number(typed.get("where", ""))
        if beside is not None:
            if typed.get("joint", "") == Joint.EXCEPT:
                sentence = _("« Sauf ceux » fait toujours une ligne à part : choisissez « une ligne de plus ».")
                raise RuleBroken("line_apart", sentence, fields={"where": sentence})
            return self.lines.adding(condition, Joint.AND, beside=beside - 1)
        joint = Joint(typed.get("joint", "")) if typed.get("joint", "") in list(Joint) else Joint.AND
        lines = self.lines.gathered() if joint is Joint.AND and self.lines.lines else self.lines
        return lines.adding(condition, Joint.AND if joint is Joint.OR and not lines.from_nobody else joint)


def check_stamp(rule: Rule, word: str) -> None:
    """Raises Conflict when the rule is not the one that a page showed."""
    if word != seen.stamp(rule):
        raise Conflict("segment_changed", _("La sélection a changé entre-temps. La voici comme elle est."))


def place_of(
    session: Session, space: Space, segment_id: SegmentId | None, typed: gaps.Typed, *, lock: bool = False
) -> Place:
    """What an address or a form speaks of; ``lock`` before a change. Raises NotFound."""
    segment = segments.get(session, space.id, segment_id, lock=lock) if segment_id else None
    book = open_book(session, space)
    if segment is None:
        return Place(book, None, Lines((), from_nobody=typed.get("depart", "") == FROM_NOBODY))
    place = Place(book, segment, lines_of(book.fields.load(segment.rule)))
    at = read_number(typed.get("ligne", ""))
    if at is not None and 0 < at <= len(place.lines.lines):
        place.at = at - 1
        choice = read_number(typed.get("choix", "")) or 0
        place.choice = choice if choice < len(place.lines.line(place.at).choices) else 0
    return place


def read_number(typed: str) -> int | None:
    """A small number that a page of ours wrote; None for anything else."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 5 else None
