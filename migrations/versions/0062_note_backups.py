"""When the last backup was taken, and how large its file is."""

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sending_states", sa.Column("backed_up_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("sending_states", sa.Column("backup_bytes", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("sending_states", "backup_bytes")
    op.drop_column("sending_states", "backed_up_at")
