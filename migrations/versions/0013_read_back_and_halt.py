"""Keep how far the carrier's lists were read, and whether anything may leave; find the replies nobody read."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "inbound_marks",
        sa.Column("account_sid", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("read_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_sid", "number", name=op.f("pk_inbound_marks")),
    )
    op.create_table(
        "sending_states",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alive_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("halted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("halted_because", sa.String(length=24), server_default="", nullable=False),
        sa.Column("restored_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sending_states")),
    )

    unread = sa.text("handled_at IS NULL")
    op.create_index(
        "ix_replies_unread", "replies", ["space_id", "id"], unique=False, postgresql_where=unread, sqlite_where=unread
    )


def downgrade() -> None:
    op.drop_index("ix_replies_unread", "replies")
    op.drop_table("sending_states")
    op.drop_table("inbound_marks")
