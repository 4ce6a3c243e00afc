"""A campaign whose link asks a question, and whom it put on a mission's list by asking."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("campaigns", sa.Column("link_purpose", sa.String(length=16), server_default="", nullable=False))
    op.add_column("campaigns", sa.Column("link_subject_id", sa.Integer(), nullable=True))
    op.add_column("registrations", sa.Column("made_by_mailing_id", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("registrations", "made_by_mailing_id")
    op.drop_column("campaigns", "link_subject_id")
    op.drop_column("campaigns", "link_purpose")
