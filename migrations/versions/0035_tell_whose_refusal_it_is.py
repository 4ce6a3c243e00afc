"""Say of a phone's refusal from which other phone of the same person it was copied."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

COLUMNS = ("copied_from", "missions_from")


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("opt_outs", sa.Column(name, sa.String(64), nullable=True))


def downgrade() -> None:
    for name in reversed(COLUMNS):
        op.drop_column("opt_outs", name)
