"""A reminder may go to a segment, and is held with its reason when the segment breaks."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reminders", sa.Column("segment_id", sa.Integer(), nullable=True))
    op.add_column("reminders", sa.Column("held_reason", sa.String(length=300), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("reminders", "held_reason")
    op.drop_column("reminders", "segment_id")
