"""Say more of people: where, when, how often; archive them; give each space fields of its own."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

NEW = ("town", "age_band", "availability", "rhythm", "is_member", "language", "archived_at", "merged_into_id")
BATCH = 2_000
LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ı": "i"})
CONTACTS = sa.table("contacts", sa.column("id"), sa.column("space_id"), sa.column("custom", sa.JSON()))
FIELDS = sa.table(
    "contact_fields", sa.column("id"), sa.column("space_id"), sa.column("name"), sa.column("label"), sa.column("type"),
    sa.column("choices", sa.JSON()), sa.column("position"), sa.column("created_at", sa.DateTime(timezone=True)),
)  # fmt: skip
VALUES = sa.table(
    "contact_values", sa.column("contact_id"), sa.column("field_id"), sa.column("text_key"), sa.column("text")
)


def upgrade() -> None:
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("town", sa.String(length=80), server_default="", nullable=False))
        batch_op.add_column(sa.Column("age_band", sa.String(length=8), server_default="", nullable=False))
        batch_op.add_column(sa.Column("availability", sa.SmallInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("rhythm", sa.String(length=8), server_default="", nullable=False))
        batch_op.add_column(sa.Column("is_member", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("language", sa.String(length=8), server_default="", nullable=False))
        batch_op.add_column(sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("merged_into_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_contacts_merged_into_id"), "contacts", ["merged_into_id"], ["id"], ondelete="SET NULL"
        )
        batch_op.create_index(batch_op.f("ix_contacts_merged_into_id"), ["merged_into_id"], unique=False)
    op.add_column("imports", sa.Column("brought_back", sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "contact_fields",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("type", sa.String(length=24), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["space_id"], ["spaces.id"], name=op.f("fk_contact_fields_space_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_fields")),
        sa.UniqueConstraint("space_id", "name", name=op.f("uq_contact_fields_space_id_name")),
    )
    op.create_table(
        "contact_values",
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("field_id", sa.Integer(), nullable=False),
        sa.Column("text_key", sa.String(length=500), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("number", sa.Double(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_contact_values_contact_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["field_id"], ["contact_fields.id"], name=op.f("fk_contact_values_field_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("contact_id", "field_id", "text_key", name=op.f("pk_contact_values")),
    )
    for name in ("text_key", "number", "day"):
        op.create_index(
            f"ix_contact_values_field_id_{name}_contact_id", "contact_values", ["field_id", name, "contact_id"]
        )

    _move_custom()


def _move_custom() -> None:
    """Other columns of spreadsheets, kept as JSON so far, become fields of text and their values."""
    bind, fields = op.get_bind(), {}
    for people in _batches(bind):
        rows: dict[tuple[int, int], str] = {}
        for contact_id, space_id, custom in people:
            for label, value in (custom or {}).items():
                if not (label := _tidy(label)[:60]) or not (text := _tidy(str(value))):
                    continue
                key = (space_id, _field_name(label))
                if key not in fields:
                    fields[key] = _add_field(bind, space_id, key[1], label, len(fields))
                at = (contact_id, fields[key])
                rows[at] = f"{rows[at]} ; {text}" if at in rows else text
        if rows:
            bind.execute(
                sa.insert(VALUES),
                [
                    {"contact_id": one, "field_id": field, "text_key": _fold(text)[:500], "text": text}
                    for (one, field), text in rows.items()
                ],
            )
        bind.execute(sa.update(CONTACTS).where(CONTACTS.c.id.in_([row[0] for row in people])).values(custom={}))


def _batches(bind: sa.Connection) -> Iterator[list[Any]]:
    after = 0
    while True:
        said = sa.cast(CONTACTS.c.custom, sa.Text).not_in(("{}", "null"))
        query = sa.select(CONTACTS).where(said, CONTACTS.c.id > after).order_by(CONTACTS.c.id).limit(BATCH)
        found = bind.execute(query).all()
        if not found:
            return
        yield list(found)
        after = found[-1][0]


def _add_field(bind: sa.Connection, space_id: int, name: str, label: str, position: int) -> int:
    row = {"space_id": space_id, "name": name, "label": label, "type": "text", "choices": [], "position": position,
           "created_at": datetime.now(UTC)}  # fmt: skip
    bind.execute(sa.insert(FIELDS).values(row))
    found = sa.select(FIELDS.c.id).where(FIELDS.c.space_id == space_id, FIELDS.c.name == name)
    return int(bind.execute(found).scalar_one())


def _field_name(label: str) -> str:
    name = _fold(label)[:120] or label.casefold()[:120]
    return "skills (2)" if name == "skills" else name


def _fold(text: str) -> str:
    """As ``contacts.naming.fold`` at this revision."""
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(LETTERS)
    letters = "".join(one for one in plain if not unicodedata.combining(one))
    return " ".join(re.split(r"[^\w]+|_+", letters)).strip()


def _tidy(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).replace("\0", "").split())


def _back_to_custom() -> None:
    """The release before reads them in the JSON again."""
    bind = op.get_bind()
    labels = {row.id: row.label for row in bind.execute(sa.select(FIELDS.c.id, FIELDS.c.label))}
    after = 0
    while True:
        query = sa.select(CONTACTS.c.id).where(CONTACTS.c.id > after).order_by(CONTACTS.c.id).limit(BATCH)
        ids = bind.execute(query).scalars().all()
        if not ids:
            return
        after = ids[-1]
        query = sa.text(
            "SELECT contact_id, field_id, text, number, day FROM contact_values"
            " WHERE contact_id BETWEEN :low AND :high ORDER BY contact_id, field_id, text_key"
        )
        custom: dict[int, dict[str, str]] = {}
        for contact_id, field_id, text, number, day in bind.execute(query, {"low": ids[0], "high": after}):
            said = text or (f"{number:g}" if number is not None else str(day or ""))
            mine = custom.setdefault(contact_id, {})
            mine[labels[field_id]] = f"{mine[labels[field_id]]}, {said}" if labels[field_id] in mine else said
        for contact_id, said in custom.items():
            bind.execute(sa.update(CONTACTS).where(CONTACTS.c.id == contact_id).values(custom=said))


def downgrade() -> None:
    _back_to_custom()
    op.drop_table("contact_values")
    op.drop_table("contact_fields")
    with op.batch_alter_table("imports", schema=None) as batch_op:
        batch_op.drop_column("brought_back")
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contacts_merged_into_id"))
        batch_op.drop_constraint(batch_op.f("fk_contacts_merged_into_id"), type_="foreignkey")
        for name in reversed(NEW):
            batch_op.drop_column(name)
