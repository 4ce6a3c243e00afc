"""Keep how far the carrier's lists were read, and whether anything may leave."""

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


def downgrade() -> None:
    op.drop_table("sending_states")
    op.drop_table("inbound_marks")
