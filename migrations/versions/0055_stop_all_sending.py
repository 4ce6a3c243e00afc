"""One stop for all sending, with its reason, and what a jobs process measures of the sending over the hours."""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0053"
branch_labels = None
depends_on = None

SAMPLED = ("queued", "oldest_due_s", "in_flight", "in_doubt", "without_receipt")


def upgrade() -> None:
    op.add_column("sending_states", sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("sending_states", sa.Column("stopped_because", sa.String(200), server_default="", nullable=False))
    op.add_column("sending_states", sa.Column("stopped_by", sa.String(80), server_default="", nullable=False))
    op.create_table(
        "sending_samples",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in SAMPLED),
        sa.PrimaryKeyConstraint("at", name="pk_sending_samples"),
    )
    op.create_table(
        "outcome_hours",
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(24), nullable=False),
        sa.Column("code", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("lag_s", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hour", "status", "code", name="pk_outcome_hours"),
    )


def downgrade() -> None:
    for table in ("outcome_hours", "sending_samples"):
        op.drop_table(table)
    for name in ("stopped_by", "stopped_because", "stopped_at"):
        op.drop_column("sending_states", name)
