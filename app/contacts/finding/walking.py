"""Many people met along an index, so many rows at a time and no more than ``MAX_ROWS`` for a page.

Of names, the index is that of the words which the longest beginning begins: « dup » meets Dupin, then Dupont, then
Dupuis, each by name. Everything else is met in the alphabet's order of everybody. Where a page ends before it is full,
the next one goes on from there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Row, Select, func, literal, select, tuple_, union_all
from sqlalchemy.orm import Session

from app.contacts.finding.cursors import Place
from app.contacts.finding.models import ContactWord
from app.contacts.finding.rows import OF_WORDS, Asked, begins, meant, people_of, words_of
from app.contacts.finding.typed import LAST, Names
from app.contacts.models import Contact

MAX_ROWS = 10_000
"""Looked at for one page: fifty people are found where one in two hundred is meant."""
_STEP = 500
"""Rows of a step at most."""
MAX_WORDS = 24
"""Words that another beginning may stand for and the walk leap to the first of their people: « marie » is Marie too in
Marie-Laure, and Mariette."""


@dataclass(frozen=True)
class Met:
    """The people of a page, each by where they stand; ``next`` is where to go on, None at the end.

    ``is_cut``: the walk stopped before the page was full, and whoever follows was not looked at.
    """

    people: Sequence[Place]
    next: Place | None
    is_cut: bool = False


def walk(session: Session, asked: Asked, start: Place | None, limit: int) -> Met:
    """Those meant after ``start``, ``limit`` at most."""
    driver = _driver(asked, start)
    others = _Others(session, asked, driver)
    found: list[Place] = []
    looked, step = 0, limit + 1
    while looked < MAX_ROWS:
        rows = _following(session, asked, driver, start, step)
        met = [Place(row.sort_key, row.id, row.word) for row in rows if row.is_meant and _is_first_met(driver, row)]
        found += met
        if len(found) > limit:
            return Met(found[:limit], found[limit - 1])
        if len(rows) < step:
            return Met(found, None)
        start = Place(rows[-1].sort_key, rows[-1].id, rows[-1].word)
        if driver and not met:
            start = others.leap(start)
        looked, step = looked + len(rows), min(2 * step, max(_STEP, limit + 1))
    return Met(found, start, is_cut=len(found) < limit)


def _driver(asked: Asked, start: Place | None) -> str:
    """The beginning whose words are walked, "" for everybody; a place in the alphabet goes on in the alphabet."""
    if not isinstance(asked.typed, Names) or (start is not None and not start.word):
        return ""
    return max(asked.typed.words, key=len)


def _following(session: Session, asked: Asked, driver: str, start: Place | None, limit: int) -> Sequence[Row[Any]]:
    """The next rows in order, with whether each is meant."""
    rows = (_by_word(asked, driver, start) if driver else _by_name(asked, start)).limit(limit).subquery()
    query = select(rows.c.word, rows.c.sort_key, rows.c.id, meant(asked, rows).label("is_meant"))
    return session.execute(query.order_by(rows.c.word, rows.c.sort_key, rows.c.id)).all()


def _by_name(asked: Asked, start: Place | None) -> Select[Any]:
    people = people_of(asked).add_columns(literal("").label("word"))
    if start is not None:
        people = people.where(tuple_(Contact.sort_key, Contact.id) > tuple_(start.sort_key, start.id))
    return people.order_by(Contact.sort_key, Contact.id)


def _by_word(asked: Asked, driver: str, start: Place | None) -> Select[Any]:
    rows = words_of(asked, ContactWord.word, *OF_WORDS)
    first, last = begins(driver)
    if start is None or start.word < driver:
        rows = rows.where(first, last)
    else:  # one lower bound alone, lest a plan take the lesser
        here = tuple_(ContactWord.word, ContactWord.sort_key, ContactWord.contact_id)
        rows = rows.where(here > tuple_(start.word, start.sort_key, start.id), last)
    return rows.order_by(ContactWord.word, ContactWord.sort_key, ContactWord.contact_id)


def _is_first_met(driver: str, row: Row[Any]) -> bool:
    """Whether the row is the first of its person's: « Marie Martin » stands at « marie » alone for « mar »."""
    if not driver:
        return True
    return bool(row.word == min((one for one in row.sort_key.split(" ") if one.startswith(driver)), default=row.word))


class _Others:
    """The other beginnings typed, and how far the walk may leap to meet one of their people."""

    def __init__(self, session: Session, asked: Asked, driver: str) -> None:
        self._session, self._asked = session, asked
        typed = asked.typed.words if driver and isinstance(asked.typed, Names) else ()
        self._beginnings = [one for one in typed if one != driver]

    @cached_property
    def _words(self) -> Sequence[Sequence[str]]:
        """The words of each beginning of few words."""
        begun = (self._session.scalars(_words_begun(self._asked, one)).all() for one in self._beginnings)
        return [words for words in begun if len(words) <= MAX_WORDS]

    def leap(self, at: Place) -> Place:
        """Just before the first person of this word, after ``at``, who has one of those too; after the word if none."""
        for words in self._words:
            if not words:
                return Place("", 0, LAST)
            each = [_of_one_word(self._asked, word, at) for word in words]
            ahead = union_all(*(select(one.subquery()) for one in each)).subquery()
            query = select(ahead.c.sort_key, ahead.c.id).order_by(ahead.c.sort_key, ahead.c.id).limit(1)
            found = self._session.execute(query).one_or_none()
            if found is None:
                return Place("", 0, f"{at.word} ")  # no word has a blank
            at = Place(found.sort_key, found.id - 1, at.word)
        return at


def _of_one_word(asked: Asked, word: str, after: Place) -> Select[Any]:
    """The first of a whole word's people after a place."""
    rows = words_of(asked, *OF_WORDS).where(ContactWord.word == word)
    rows = rows.where(tuple_(ContactWord.sort_key, ContactWord.contact_id) > tuple_(after.sort_key, after.id))
    return rows.order_by(ContactWord.sort_key, ContactWord.contact_id).limit(1)


def _words_begun(asked: Asked, beginning: str) -> Select[Any]:
    """The different words that begin so, each found from the one before: their people are not read."""
    first = func.min(ContactWord.word).label("word")
    found = words_of(asked, first).where(*begins(beginning)).cte("words", recursive=True)
    following = words_of(asked, func.min(ContactWord.word)).where(
        ContactWord.word > found.c.word, ContactWord.word < beginning + LAST
    )
    found = found.union_all(select(following.correlate(found).scalar_subquery()).where(found.c.word.is_not(None)))
    return select(found.c.word).where(found.c.word.is_not(None)).limit(MAX_WORDS + 1)
