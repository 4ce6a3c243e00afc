"""« Dedans, ou pas, et à cause de quelle ligne ? »"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audiences.book import Book
from app.audiences.compiling import compile_rule
from app.audiences.rules import Group, GroupKind, Rule, canonical
from app.contacts.models import Contact


@dataclass(frozen=True)
class Membership:
    """Whether a rule keeps somebody, and line by line whether each lets them in."""

    is_in: bool
    lines: tuple[tuple[Rule, bool], ...]

    @property
    def against(self) -> list[Rule]:
        """The lines that keep them out."""
        return [rule for rule, lets_in in self.lines if not lets_in]


def membership(
    session: Session, book: Book, rule: Rule, contact: Contact, *, now: datetime, lines: Sequence[Rule] = ()
) -> Membership:
    """Asked of one person alone; without ``lines`` they are the members of the outer « and », or the whole rule."""
    rule = canonical(rule)
    if not lines:
        lines = rule.rules if isinstance(rule, Group) and rule.kind is GroupKind.ALL else (rule,)
    context = book.context(now)
    asked = [compile_rule(one, book.fields, context).label(f"line_{place}") for place, one in enumerate((rule, *lines))]
    query = select(*asked).where(Contact.space_id == book.space.id, Contact.id == contact.id)
    is_in, *each = (bool(one) for one in session.execute(query).one())
    return Membership(is_in, tuple(zip(lines, each, strict=True)))
