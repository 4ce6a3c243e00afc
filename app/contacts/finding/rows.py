"""Where people are looked for: few rows read at once, and what each row must be.

What is bounded is read in the order of an index, so that a plan cannot prefer the whole table for the first of it.
Each select gives (sort_key, id, said), ``said`` being what the typed text is compared with when it is no name.
"""

from dataclasses import dataclass
from typing import Any, TypedDict

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    FromClause,
    Select,
    and_,
    false,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from app.contacts.archiving import PRESENT
from app.contacts.finding.models import ContactWord
from app.contacts.finding.typed import LAST, Address, Digits, Names, Typed, read_typed
from app.contacts.models import Contact, ContactTag, ListMember, Tag
from app.contacts.naming import tidy, twin_key
from app.database.ids import ListId, SpaceId

PROBE = 5_000
"""Rows read at once to find the few people of a page in no order; of a word, a number, a list or a tag that has more,
an index is walked instead (``walking``)."""
Rows = Select[Any] | CompoundSelect[Any]


class Filter(TypedDict, total=False):
    """Which contacts: beginnings of a name's words, or of a number, or its end; on a list; with a tag, however spelt.

    Nobody archived, unless asked for.
    """

    words: str
    list_id: ListId | None
    tag: str
    archived: bool
    """Those archived instead of the others."""


@dataclass(frozen=True)
class Asked:
    """A filter as the database is asked it. ``tag_ids``: None for no tag asked, () for one that nobody wears."""

    space_id: SpaceId
    is_archived: bool
    typed: Typed | None
    list_id: ListId | None
    tag_ids: tuple[int, ...] | None

    @property
    def is_everybody(self) -> bool:
        """Whether nothing but presence is asked."""
        return self.typed is None and self.list_id is None and self.tag_ids is None


def read_filter(session: Session, space_id: SpaceId, which: Filter) -> Asked:
    """What ``which`` asks."""
    tag_ids = None
    if tag := which.get("tag"):
        tag_ids = tuple(session.scalars(select(Tag.id).where(*_tags_called(space_id, tag))))
    typed = read_typed(which.get("words", ""))
    return Asked(space_id, bool(which.get("archived")), typed, which.get("list_id"), tag_ids)


def _tags_called(space_id: SpaceId, tag: str) -> tuple[ColumnElement[bool], ...]:
    return Tag.space_id == space_id, or_(Tag.name == tidy(tag), Tag.folded == twin_key(tag))


@dataclass(frozen=True)
class Narrow:
    """Some ``rows`` among which everybody meant is, unless its ``probe`` gives more than ``PROBE``."""

    probe: Rows
    rows: Rows


def narrow(asked: Asked) -> list[Narrow]:
    """Where to look first for the people meant, one for each thing asked."""
    looked: list[Rows] = []
    if isinstance(asked.typed, Names):
        looked += [_of_word(asked, word) for word in sorted(asked.typed.words, key=len, reverse=True)]
    elif isinstance(asked.typed, Digits):
        looked.append(_of_digits(asked, asked.typed))
    elif isinstance(asked.typed, Address):
        looked.append(people_of(asked).where(Contact.email_key == asked.typed.key).limit(PROBE + 1))
    found = [Narrow(rows, rows) for rows in looked]
    if asked.list_id is not None:
        members = select(ListMember.contact_id).where(ListMember.list_id == asked.list_id)
        found.append(_beside(asked, members.order_by(ListMember.contact_id)))
    if asked.tag_ids is not None:
        wearers = select(ContactTag.contact_id).where(ContactTag.tag_id.in_(asked.tag_ids))
        found.append(_beside(asked, wearers.order_by(ContactTag.tag_id, ContactTag.contact_id)))
    return found


def everybody(asked: Asked) -> Rows:
    """A row for each person, who all have a number: nothing but an index is read."""
    return words_of(asked, ContactWord.contact_id).where(*begins("#")).order_by(ContactWord.word)


def meant(asked: Asked, row: FromClause) -> ColumnElement[bool]:
    """Whether a row is one of the people asked for."""
    kept: list[ColumnElement[bool]] = []
    if isinstance(asked.typed, Names):
        name = literal(" ") + row.c.sort_key
        kept += [name.contains(f" {word}", autoescape=True) for word in asked.typed.words]
    elif isinstance(asked.typed, Digits):
        kept.append(_is_number(asked.typed, row.c.said))
    elif isinstance(asked.typed, Address):
        kept.append(row.c.said == asked.typed.key)
    if asked.list_id is not None:
        kept.append(_has(select(ListMember.contact_id).where(ListMember.list_id == asked.list_id), row))
    if asked.tag_ids is not None:
        kept.append(_has(select(ContactTag.contact_id).where(ContactTag.tag_id.in_(asked.tag_ids)), row))
    return and_(literal(1) == literal(1), *kept)


def _has(ids: Select[Any], row: FromClause) -> ColumnElement[bool]:
    """Whether the row's person is among these ids; bounded to one, or PostgreSQL reads all of them for a few rows."""
    column = ids.selected_columns.contact_id
    return ids.where(column == row.c.id).limit(1).correlate(row).scalar_subquery().is_not(None)


def people_of(asked: Asked) -> Select[Any]:
    """Everybody of the space who may be meant, in no order."""
    present = ~PRESENT if asked.is_archived else PRESENT
    said = Contact.email_key if isinstance(asked.typed, Address) else Contact.phone
    columns: tuple[Any, ...] = (Contact.sort_key, Contact.id, said.label("said"))
    return select(*columns).where(Contact.space_id == asked.space_id, present)


def words_of(asked: Asked, *columns: Any) -> Select[Any]:
    """Their words."""
    here = (ContactWord.space_id == asked.space_id, ContactWord.is_archived == asked.is_archived)
    return select(*columns).where(*here)


OF_WORDS = (ContactWord.sort_key, ContactWord.contact_id.label("id"), literal("").label("said"))


def _of_word(asked: Asked, word: str) -> Select[Any]:
    return words_of(asked, *OF_WORDS).where(*begins(word)).order_by(ContactWord.word).limit(PROBE + 1)


def begins(word: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Whether a word begins so, as a range of their index."""
    return ContactWord.word >= word, ContactWord.word < word + LAST


def _of_digits(asked: Asked, typed: Digits) -> Rows:
    begun: list[Rows] = [
        people_of(asked).where(_between(one)).order_by(Contact.phone).limit(PROBE + 1) for one in typed.beginnings
    ]
    if typed.end:
        ended = words_of(asked, ContactWord.contact_id).where(*begins(f"#{typed.end[::-1]}"))
        ended = ended.order_by(ContactWord.word)
        begun.append(_beside(asked, ended).rows)
    return union_all(*(select(one.subquery()) for one in begun)).limit(PROBE + 1)


def _between(beginning: str) -> ColumnElement[bool]:
    """Numbers that begin so: digits alone, which any collation orders one way."""
    return Contact.phone.between(beginning, beginning + "9" * 16)


def _is_number(typed: Digits, phone: ColumnElement[str]) -> ColumnElement[bool]:
    begun = [phone.startswith(one, autoescape=True) for one in typed.beginnings]
    return or_(*begun, phone.endswith(typed.end, autoescape=True) if typed.end else false())


def _beside(asked: Asked, ids: Select[Any]) -> Narrow:
    """The people of these ids; the ids are bounded first, so that no plan reads everybody to join them."""
    bounded = ids.limit(PROBE + 1)
    few = bounded.subquery()
    return Narrow(bounded, people_of(asked).join(few, few.c.contact_id == Contact.id))


def whole(space_id: SpaceId, which: Filter) -> list[ColumnElement[bool]]:
    """The same of ``Contact`` itself, for whoever goes through all the people meant."""
    typed = read_typed(which.get("words", ""))
    asked = Asked(space_id, bool(which.get("archived")), typed, which.get("list_id"), None)
    kept = [Contact.space_id == space_id, ~PRESENT if asked.is_archived else PRESENT]
    if isinstance(typed, Names):
        kept += [Contact.id.in_(words_of(asked, ContactWord.contact_id).where(*begins(word))) for word in typed.words]
    elif isinstance(typed, Digits):
        ended = words_of(asked, ContactWord.contact_id).where(*begins(f"#{typed.end[::-1]}"))
        kept.append(or_(*map(_between, typed.beginnings), Contact.id.in_(ended) if typed.end else false()))
    elif isinstance(typed, Address):
        kept.append(Contact.email_key == typed.key)
    if asked.list_id is not None:
        kept.append(Contact.id.in_(select(ListMember.contact_id).where(ListMember.list_id == asked.list_id)))
    if tag := which.get("tag"):
        tagged = select(ContactTag.contact_id).join(Tag, Tag.id == ContactTag.tag_id)
        kept.append(Contact.id.in_(tagged.where(*_tags_called(space_id, tag))))
    return kept
