"""Say why a sender waits: the code with which the carrier asked it to."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("sender_rates", schema=None) as batch_op:
        batch_op.add_column(sa.Column("held_code", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("sender_rates", schema=None) as batch_op:
        batch_op.drop_column("held_code")
