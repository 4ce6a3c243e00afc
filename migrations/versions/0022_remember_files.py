"""Remember a space's files: which column was which, which file came before, who left a list."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("imports", sa.Column("digest", sa.String(length=64), server_default="", nullable=False))
    op.add_column("imports", sa.Column("is_whole_list", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("imports", sa.Column("left", sa.Integer(), server_default="0", nullable=False))
    op.add_column("imports", sa.Column("kept_off", sa.JSON(), server_default="[]", nullable=False))
    op.create_index("ix_imports_space_id_digest", "imports", ["space_id", "digest"])
    op.create_table(
        "remembered_columns",
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("heading", sa.String(length=120), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["space_id"], ["spaces.id"], name=op.f("fk_remembered_columns_space_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("space_id", "heading", name=op.f("pk_remembered_columns")),
    )
    op.create_table(
        "list_departures",
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["lists.id"], name=op.f("fk_list_departures_list_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_list_departures_contact_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("list_id", "contact_id", name=op.f("pk_list_departures")),
    )
    op.create_index("ix_list_departures_contact_id", "list_departures", ["contact_id"])


def downgrade() -> None:
    op.drop_table("list_departures")
    op.drop_table("remembered_columns")
    op.drop_index("ix_imports_space_id_digest", "imports")
    for name in ("kept_off", "left", "is_whole_list", "digest"):
        op.drop_column("imports", name)
