"""The lines of a contact's story, and the reading of one source of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, true
from sqlalchemy.orm import Session

from app.accounts import journal
from app.contacts.models import Contact
from app.errors import NotFound
from app.french.language import _

Link = tuple[str, Mapping[str, int]]
"""The page a line leads to: its endpoint and the ids in its address."""


@dataclass(frozen=True)
class Place:
    """Where a line stands among all: by its instant, then its source, then its row."""

    at: datetime
    source: int
    id: int

    def __str__(self) -> str:
        return f"{self.at.astimezone(UTC):%Y%m%d%H%M%S%f}-{self.source}-{self.id}"

    @classmethod
    def read(cls, written: str) -> "Place":
        """The place of that address. Raises NotFound."""
        try:
            at, source, row = written.split("-")
            return cls(datetime.strptime(at, "%Y%m%d%H%M%S%f").replace(tzinfo=UTC), int(source[:2]), int(row[:18]))
        except ValueError:
            raise NotFound("place_unknown", _("Cette page de l'histoire n'existe pas : revenez au début.")) from None


@dataclass(frozen=True)
class Line:
    """One thing that happened. ``words`` are theirs or ours as they were written; ``what`` follows ``who`` did it."""

    place: Place
    icon: str
    what: str
    link: Link
    words: str = ""
    who: str = ""
    detail: str = ""

    @property
    def at(self) -> datetime:
        return self.place.at


@dataclass(frozen=True)
class Reading:
    """A page being read: of whom, before which place, and how many lines of each source at most."""

    session: Session
    contact: Contact
    before: Place | None
    limit: int
    acts: journal.Acts = field(default_factory=dict)

    def rows(self, source: int, query: Any, at: Any, row_id: Any) -> Any:
        """The newest rows of one source past the place; each has ``at`` and ``id`` beside what it asked."""
        found = query.add_columns(at.label("at"), row_id.label("id")).where(self._past(source, at, row_id))
        return self.session.execute(found.order_by(at.desc(), row_id.desc()).limit(self.limit))

    def _past(self, source: int, at: Any, row_id: Any) -> ColumnElement[bool]:
        if self.before is None:
            return true()
        at_once = row_id < self.before.id if source == self.before.source else false()
        if source > self.before.source:
            at_once = true()
        return or_(at < self.before.at, and_(at == self.before.at, at_once))
