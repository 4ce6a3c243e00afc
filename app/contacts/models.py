"""The people an association can reach, and the files they came from."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, SmallInteger, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.contacts.naming import TWIN_KEY_CHARACTERS, email_key, town_key, twin_key
from app.database.ids import ContactId, ImportId, ListId, SpaceId
from app.database.tables import Base, UtcDateTime, Word

HEADING_CHARACTERS = 120
_Who = Annotated[ContactId, mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), primary_key=True, index=True)]
_OUT, _IN = text("archived_at IS NOT NULL"), text("archived_at IS NULL AND merged_into_id IS NULL")


def _key_of(name: str, key: Callable[[str], str]) -> Callable[[Any], str]:
    """The default of a column that keeps another of its row folded."""
    return lambda context: key(context.get_current_parameters().get(name) or "")


class Contact(Base):
    """A person at a phone. Same number and same first name is one person; two may share a phone."""

    __tablename__ = "contacts"
    __table_args__ = (
        UniqueConstraint("space_id", "phone", "name_key"),
        Index("ix_contacts_space_id_id", "space_id", "id"),
        Index("ix_contacts_space_id_fingerprint", "space_id", "fingerprint"),
        Index("ix_contacts_space_id_email_key", "space_id", "email_key"),
        Index("ix_contacts_space_id_sort_key", "space_id", "sort_key", "id"),
        Index("ix_contacts_space_id_archived", "space_id", "sort_key", "id", sqlite_where=_OUT, postgresql_where=_OUT),
        Index("ix_contacts_ages", "space_id", "birth_year", "age_band", sqlite_where=_IN, postgresql_where=_IN),
        {"sqlite_autoincrement": True},  # audiences and the trail name it by its id, which must never be another's
    )

    id: Mapped[ContactId] = mapped_column(primary_key=True)
    space_id: Mapped[SpaceId] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"))
    phone: Mapped[str] = mapped_column(String(16))
    """E.164."""
    phone_typed: Mapped[str] = mapped_column(String(40), default="")
    fingerprint: Mapped[str] = mapped_column(String(64))
    """The phone's keyed fingerprint, by which opt-outs are known."""
    name_key: Mapped[str] = mapped_column(String(80), default="")
    """The first name without case nor accents: what tells two people of one phone apart."""
    sort_key: Mapped[str] = mapped_column(String(170), default="")
    """« nom prénom » without case nor accents, for order and search."""
    first_name: Mapped[str] = mapped_column(String(80), default="")
    last_name: Mapped[str] = mapped_column(String(80), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    email_key: Mapped[str | None] = mapped_column(String(254), default=_key_of("email", email_key))
    """``naming.email_key`` of the e-mail, by which doubles are looked up; None in what an older release wrote."""
    postcode: Mapped[str] = mapped_column(String(12), default="")
    town: Mapped[str] = mapped_column(String(80), default="", server_default="")
    town_key: Mapped[str] = mapped_column(String(80), default=_key_of("town", town_key), server_default="")
    """``naming.town_key`` of the town; "" in what an older release wrote."""
    birth_year: Mapped[int | None]
    age_band: Mapped[str] = mapped_column(String(8), default="", server_default="")
    """« 25-34 », where the year is not known; with a year it is computed (``ages.band_of``)."""
    availability: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    """When they are free, a sum of 1 by day in the week, 2 in the evening, 4 at the weekend; 0 is unknown."""
    rhythm: Mapped[str] = mapped_column(String(8), default="", server_default="")
    """« one_off » or « regular »."""
    is_member: Mapped[bool | None]
    """Of the association; None is unknown."""
    language: Mapped[str] = mapped_column(String(8), default="", server_default="")
    """The one they read best, ISO 639: « fr »."""
    phone_is_parents: Mapped[bool] = mapped_column(default=False)
    """A parent's number: the only way to text about somebody under 15."""
    note: Mapped[str] = mapped_column(Text, default="")
    custom: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """{column: value} of a spreadsheet, as the release before kept them; emptied into ``contact_values``."""
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when nobody chooses them any more; their story stays."""
    merged_into_id: Mapped[ContactId | None] = mapped_column(ForeignKey("contacts.id", ondelete="SET NULL"), index=True)
    """Who they turned out to be: what comes for the one is the other's."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def name(self) -> str:
        """« Prénom Nom », or what there is of it."""
        return f"{self.first_name} {self.last_name}".strip()


class ContactList(Base):
    """A named set of people: « Conducteurs »."""

    __tablename__ = "lists"
    __table_args__ = (
        UniqueConstraint("space_id", "name"),
        Index("ix_lists_space_id_folded", "space_id", "folded", unique=True),
        {"sqlite_autoincrement": True},  # as for contacts
    )

    id: Mapped[ListId] = mapped_column(primary_key=True)
    space_id: Mapped[SpaceId] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(80))
    folded: Mapped[str | None] = mapped_column(String(TWIN_KEY_CHARACTERS), default=_key_of("name", twin_key))
    """``twin_key`` of the name; None for a twin from before the key, and what an older release writes."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ListMember(Base):
    """A contact's place on a list."""

    __tablename__ = "list_members"

    list_id: Mapped[ListId] = mapped_column(ForeignKey("lists.id", ondelete="CASCADE"), primary_key=True)
    contact_id: Mapped[_Who]


class ListDeparture(Base):
    """Somebody whom a person took off a list: no file puts them back without a word."""

    __tablename__ = "list_departures"

    list_id: Mapped[ListId] = mapped_column(ForeignKey("lists.id", ondelete="CASCADE"), primary_key=True)
    contact_id: Mapped[_Who]
    left_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Tag(Base):
    """A free label on people: « permis B ». ``folded`` is as a list's."""

    __tablename__ = "tags"
    __table_args__ = (
        UniqueConstraint("space_id", "name"),
        Index("ix_tags_space_id_folded", "space_id", "folded", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[SpaceId] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(40))
    folded: Mapped[str | None] = mapped_column(String(TWIN_KEY_CHARACTERS), default=_key_of("name", twin_key))


class ContactTag(Base):
    """A tag on a contact."""

    __tablename__ = "contact_tags"

    tag_id: Mapped[int] = mapped_column(ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True)
    contact_id: Mapped[_Who]


class ImportStatus(StrEnum):
    """``uploaded`` waits for the reader's eye; ``pending`` for jobs."""

    UPLOADED = "uploaded"
    PENDING = "pending"
    RUNNING = "running"
    FINISHED = "finished"
    REFUSED = "refused"


class Import(Base):
    """One spreadsheet on its way in. ``rows_done`` moves in the transaction that stores those rows."""

    __tablename__ = "imports"
    __table_args__ = (Index(None, "status", "id"), Index(None, "space_id", "digest"))

    id: Mapped[ImportId] = mapped_column(primary_key=True)
    space_id: Mapped[SpaceId] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"), index=True)
    status: Mapped[ImportStatus] = mapped_column(Word(ImportStatus))
    file_name: Mapped[str] = mapped_column(String(200))
    encoding: Mapped[str] = mapped_column(String(24), default="")
    delimiter: Mapped[str] = mapped_column(String(4), default="")
    sheet: Mapped[str] = mapped_column(String(100), default="")
    """Which sheet of the workbook is read, among ``sheets``."""
    sheets: Mapped[list[str]] = mapped_column(JSON, default=list)
    header: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    """The names of the columns, None for an import older than they are kept."""
    warnings: Mapped[list[str]] = mapped_column(JSON, default=list)
    """What somebody should look at before it comes in, in sentences."""
    mapping: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    """{column number from "0": field}."""
    list_name: Mapped[str] = mapped_column(String(80), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    """Why the whole file was refused."""
    rows_total: Mapped[int] = mapped_column(default=0)
    rows_done: Mapped[int] = mapped_column(default=0)
    created: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    duplicates: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    opted_out: Mapped[int] = mapped_column(default=0)
    """How many of the people in the file said « plus de SMS »; they stay so."""
    objected: Mapped[int] = mapped_column(default=0)
    """How many more the file itself says want no SMS."""
    brought_back: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many of those updated had been archived."""
    second_names: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many came to a phone where somebody of another first name was known."""
    is_objections: Mapped[bool] = mapped_column(default=False)
    """Everybody in the file wants no SMS: that is written, and nobody is added."""
    digest: Mapped[str] = mapped_column(String(64), default="")
    """SHA-256 of the file's bytes, by which the same file is recognised; "" before they were kept."""
    is_whole_list: Mapped[bool] = mapped_column(default=False)
    """The list becomes what the file says: whoever is not in it leaves the list."""
    left: Mapped[int] = mapped_column(default=0)
    """How many left the list for that."""
    kept_off: Mapped[list[int]] = mapped_column(JSON, default=list)
    """The contacts of the file whom a person had taken off the list, and who stay off."""
    tries: Mapped[int] = mapped_column(default=0)
    """Errors of ours in a row since it last went on."""
    principal: Mapped[str] = mapped_column(String(12))
    principal_id: Mapped[int | None]
    principal_name: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RememberedColumn(Base):
    """What a column of that name was, the last time that somebody of the space confirmed a file."""

    __tablename__ = "remembered_columns"

    space_id: Mapped[SpaceId] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"), primary_key=True)
    heading: Mapped[str] = mapped_column(String(HEADING_CHARACTERS), primary_key=True)
    """The name of the column as ``headings.plain`` reads it."""
    field: Mapped[str] = mapped_column(String(40))


class ImportFile(Base):
    """The bytes of an import, apart so that a list of imports never reads them. Gone a month after."""

    __tablename__ = "import_files"

    import_id: Mapped[ImportId] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ImportRow(Base):
    """A row that did not become a contact, as it came, and why: refused, or seen earlier in the file."""

    __tablename__ = "import_rows"
    __table_args__ = (UniqueConstraint("import_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[ImportId] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"))
    number: Mapped[int]
    """As Excel counts: the header is row 1."""
    is_duplicate: Mapped[bool] = mapped_column(default=False)
    cells: Mapped[list[str]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text)
