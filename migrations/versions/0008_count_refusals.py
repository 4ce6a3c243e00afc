"""Count the refusals that a mailing meets in a row; find the replies of a phone."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("mailings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("refusals", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("refusal_code", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("refused_since", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("replies", schema=None) as batch_op:
        batch_op.create_index("ix_replies_space_id_phone", ["space_id", "phone"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("replies", schema=None) as batch_op:
        batch_op.drop_index("ix_replies_space_id_phone")
    with op.batch_alter_table("mailings", schema=None) as batch_op:
        batch_op.drop_column("refused_since")
        batch_op.drop_column("refusal_code")
        batch_op.drop_column("refusals")
