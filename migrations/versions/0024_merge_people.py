"""Merge people: likely duplicates, merges with their record, edits of many people; the e-mail folded as a key."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

BATCH = 1_000


def upgrade() -> None:
    op.add_column("contacts", sa.Column("email_key", sa.String(length=254), nullable=True))
    op.create_index("ix_contacts_space_id_email_key", "contacts", ["space_id", "email_key"])
    op.add_column("imports", sa.Column("second_names", sa.Integer(), server_default="0", nullable=False))
    _fold_emails()
    _create_pairs()
    _create_merges()
    _create_bulk_edits()


def downgrade() -> None:
    for table in ("bulk_edit_rows", "bulk_edits", "duplicate_pairs", "merge_rows", "merges"):
        op.drop_table(table)
    op.drop_column("imports", "second_names")
    op.drop_index("ix_contacts_space_id_email_key", "contacts")
    op.drop_column("contacts", "email_key")


def _create_pairs() -> None:
    op.create_table(
        "duplicate_pairs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("low_id", sa.Integer(), nullable=False),
        sa.Column("high_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["space_id"], ["spaces.id"], name=op.f("fk_duplicate_pairs_space_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["low_id"], ["contacts.id"], name=op.f("fk_duplicate_pairs_low_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["high_id"], ["contacts.id"], name=op.f("fk_duplicate_pairs_high_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate_pairs")),
        sa.UniqueConstraint("low_id", "high_id", name=op.f("uq_duplicate_pairs_low_id_high_id")),
    )
    op.create_index("ix_duplicate_pairs_high_id", "duplicate_pairs", ["high_id"])
    op.create_index("ix_duplicate_pairs_space_id_state", "duplicate_pairs", ["space_id", "state", "id"])


def _create_merges() -> None:
    op.create_table(
        "merges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("survivor_id", sa.Integer(), nullable=False),
        sa.Column("loser_id", sa.Integer(), nullable=False),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.Column("principal", sa.String(length=12), nullable=False),
        sa.Column("principal_id", sa.Integer(), nullable=True),
        sa.Column("principal_name", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.id"], name=op.f("fk_merges_space_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["survivor_id"], ["contacts.id"], name=op.f("fk_merges_survivor_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["loser_id"], ["contacts.id"], name=op.f("fk_merges_loser_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merges")),
    )
    op.create_index("ix_merges_space_id_id", "merges", ["space_id", "id"])
    op.create_index("ix_merges_survivor_id", "merges", ["survivor_id"])
    op.create_index("ix_merges_loser_id", "merges", ["loser_id"])
    op.create_table(
        "merge_rows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("merge_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("key", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("action", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["merge_id"], ["merges.id"], name=op.f("fk_merge_rows_merge_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge_rows")),
    )
    op.create_index("ix_merge_rows_merge_id", "merge_rows", ["merge_id"])


def _create_bulk_edits() -> None:
    op.create_table(
        "bulk_edits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("change", sa.String(length=24), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=True),
        sa.Column("list_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("principal", sa.String(length=12), nullable=False),
        sa.Column("principal_id", sa.Integer(), nullable=True),
        sa.Column("principal_name", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.id"], name=op.f("fk_bulk_edits_space_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["tag_id"], ["tags.id"], name=op.f("fk_bulk_edits_tag_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["list_id"], ["lists.id"], name=op.f("fk_bulk_edits_list_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_edits")),
    )
    op.create_index("ix_bulk_edits_space_id_id", "bulk_edits", ["space_id", "id"])
    op.create_table(
        "bulk_edit_rows",
        sa.Column("edit_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("had_left", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edit_id"], ["bulk_edits.id"], name=op.f("fk_bulk_edit_rows_edit_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_bulk_edit_rows_contact_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("edit_id", "contact_id", name=op.f("pk_bulk_edit_rows")),
    )
    op.create_index("ix_bulk_edit_rows_contact_id", "bulk_edit_rows", ["contact_id"])


def _fold_emails() -> None:
    """As the program folds them, for a database's own lower case depends on its locale."""
    contacts = sa.table("contacts", sa.column("id"), sa.column("email"), sa.column("email_key"))
    connection, after = op.get_bind(), 0
    fill = sa.update(contacts).where(contacts.c.id == sa.bindparam("at")).values(email_key=sa.bindparam("key"))
    query = sa.select(contacts.c.id, contacts.c.email).order_by(contacts.c.id).limit(BATCH)
    while rows := connection.execute(query.where(contacts.c.id > after)).all():
        connection.execute(fill, [{"at": row.id, "key": row.email.strip().lower()} for row in rows])
        after = rows[-1].id
