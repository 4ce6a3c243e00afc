"""Resources, every text that they had, their files, and how often they were read."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database.ids import ResourceId
from app.database.tables import Base, UtcDateTime, Word
from app.programme.files.given import GivenFile
from app.programme.resources.rules import Content, Kind, Reuse, Topic


class Resource(Base):
    """A page of the resource centre. What it says stands in its versions, of which the public sees one."""

    __tablename__ = "resources"

    id: Mapped[ResourceId] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    """In its address; made of its title, and kept from its first publication on."""
    latest: Mapped[int]
    """The number of its last version, which its next writer goes on from."""
    published: Mapped[int | None]
    """The number of the version that everybody reads; None before the first publication."""
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was first published."""
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when nobody reads it any more; published again, it is None."""
    seed_digest: Mapped[str] = mapped_column(String(64), default="", server_default="")
    """Of what the house wrote in it; empty once somebody else has written."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def is_public(self) -> bool:
        return self.published is not None and self.withdrawn_at is None


class ResourceVersion(Base):
    """What a resource said from one save to the next; never changed, never taken away."""

    __tablename__ = "resource_versions"
    __table_args__ = (UniqueConstraint("resource_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    resource_id: Mapped[ResourceId] = mapped_column(ForeignKey("resources.id", ondelete="CASCADE"))
    number: Mapped[int]
    """From 1."""
    title: Mapped[str] = mapped_column(String(120))
    kind: Mapped[Kind] = mapped_column(Word(Kind))
    summary: Mapped[str] = mapped_column(Text)
    """What to remember, a line each."""
    body: Mapped[str] = mapped_column(Text)
    """Markdown."""
    topics: Mapped[str] = mapped_column(String(120))
    """Words of ``Topic``, a blank before and after each."""
    author: Mapped[str] = mapped_column(String(80))
    reuse: Mapped[Reuse] = mapped_column(Word(Reuse))
    checked_on: Mapped[date | None]
    title_index: Mapped[str] = mapped_column(Text)
    """``search.index`` of the title, by which what is found is ordered."""
    full_index: Mapped[str] = mapped_column(Text)
    """The same of everything that a reader sees."""
    saved_by: Mapped[str] = mapped_column(String(80))
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def topic_list(self) -> list[Topic]:
        """Its topics in the order of their list."""
        return [topic for topic in Topic if f" {topic.value} " in self.topics]

    @property
    def content(self) -> Content:
        return Content(
            title=self.title,
            kind=self.kind,
            summary=self.summary,
            body=self.body,
            topics=tuple(self.topic_list),
            author=self.author,
            reuse=self.reuse,
            checked_on=self.checked_on,
        )


class ResourceFile(GivenFile, Base):
    """A file to take away with a page."""

    __tablename__ = "resource_files"

    id: Mapped[int] = mapped_column(primary_key=True)
    resource_id: Mapped[ResourceId] = mapped_column(ForeignKey("resources.id", ondelete="CASCADE"), index=True)


class ResourceMonth(Base):
    """How often a resource was read in a month of Paris."""

    __tablename__ = "resource_months"

    resource_id: Mapped[ResourceId] = mapped_column(ForeignKey("resources.id", ondelete="CASCADE"), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    """Its first day."""
    views: Mapped[int]


class ViewSalt(Base):
    """The salt of one day in Paris, thrown away with its marks when the day is over."""

    __tablename__ = "view_salts"

    day: Mapped[date] = mapped_column(primary_key=True)
    salt: Mapped[str] = mapped_column(String(64))


class ViewMark(Base):
    """That somebody has read a page today: ``browsers.mark`` and ``source``, which say nothing without the salt."""

    __tablename__ = "view_marks"
    __table_args__ = (Index("ix_view_marks_source", "source"),)

    mark: Mapped[str] = mapped_column(String(64), primary_key=True)
    source: Mapped[str] = mapped_column(String(64))
    day: Mapped[date] = mapped_column(index=True)
