"""The people of a selection: page by page, ten of them at random, and those whom a text would leave out."""

import random
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.audiences import counting, people
from app.audiences.book import Book, open_book
from app.audiences.compiling import compile_rule
from app.audiences.counting import CAP
from app.audiences.models import Segment
from app.audiences.rules import Rule
from app.consent.families import Family
from app.contacts import service as contacts
from app.contacts.finding.cursors import cursor, place
from app.contacts.models import Contact
from app.errors import RuleBroken
from app.french.language import _


def page(session: Session, book: Book, rule: Rule, *, after: str, limit: int, now: datetime) -> contacts.Page:
    """Whom the rule keeps, by name; nobody while it has a hole."""
    kept = compile_rule(rule, book.fields, book.context(now))
    query = contacts.matching(select(Contact), book.space.id, {}).where(kept)
    if after:
        start = place(after)
        query = query.where(tuple_(Contact.sort_key, Contact.id) > tuple_(start.sort_key, start.id))
    found = session.scalars(query.order_by(Contact.sort_key, Contact.id).limit(limit + 1)).all()
    return contacts.Page(found[:limit], cursor(found[limit - 1]) if len(found) > limit else None)


def some(session: Session, book: Book, rule: Rule, *, turn: int, limit: int, now: datetime) -> Sequence[Contact]:
    """A few of those whom the rule keeps, at random, by name; other ones at the next ``turn``, the same at the same.

    Beyond ten thousand people they are drawn among ten thousand.
    """
    kept = compile_rule(rule, book.fields, book.context(now))
    query = contacts.matching(select(Contact.id), book.space.id, {}).where(kept)
    ids = list(session.scalars(query.order_by(Contact.space_id, Contact.id).limit(CAP)))
    random.Random(len(ids)).shuffle(ids)  # noqa: S311 - who is shown first is no secret
    turns = max(1, -(-len(ids) // limit))
    start = turn % turns * limit
    drawn = (ids[start:] + ids[:start])[:limit]
    return sorted(contacts.of_ids(session, book.space.id, drawn), key=lambda one: (one.sort_key, one.id))


def left_out(
    session: Session, space: Space, segment: Segment, family: Family, reason: str, *, after: int, limit: int,
    now: datetime,
) -> Sequence[Contact]:  # fmt: skip
    """The people of a selection whom a text of this family leaves out for a reason, from a contact's id on.

    Everybody is walked through, as who shares a phone depends on who comes before. Raises RuleBroken beyond ten
    thousand people.
    """
    book = open_book(session, space)
    rule = book.rules.get(segment.id)
    if rule is not None and counting.count_capped(session, book, rule, now=now).is_capped:
        raise RuleBroken(
            "selection_too_wide",
            _("Plus de %(n)s personnes : trop pour les regarder une à une. Affinez la sélection.", n=CAP),
        )
    found: list[Contact] = []
    for batch in people.everyone(session, space, {"segments": [segment.id]}, family, now=now):
        for person, why in batch.left_out:
            if why == reason and person.id > after:
                found.append(person)
        if len(found) >= limit:
            break
    return sorted(found, key=lambda one: one.id)[:limit]
