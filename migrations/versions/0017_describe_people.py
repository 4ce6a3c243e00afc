"""Say more of people: where, when, how often; archive them; give each space fields of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

NEW = ("town", "age_band", "availability", "rhythm", "is_member", "language", "archived_at", "merged_into_id")


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


def downgrade() -> None:
    op.drop_table("contact_values")
    op.drop_table("contact_fields")
    with op.batch_alter_table("imports", schema=None) as batch_op:
        batch_op.drop_column("brought_back")
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contacts_merged_into_id"))
        batch_op.drop_constraint(batch_op.f("fk_contacts_merged_into_id"), type_="foreignkey")
        for name in reversed(NEW):
            batch_op.drop_column(name)
