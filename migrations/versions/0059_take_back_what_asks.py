"""Keep which mailing asks about recommended tools or carries a respondent's link, and who names a tool's site."""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("recommendations", sa.Column("asked_mailing_id", sa.Integer(), nullable=True))
    op.add_column("diagnostic_respondents", sa.Column("link_mailing_id", sa.Integer(), nullable=True))
    op.add_column("trainings", sa.Column("leader_id", sa.Integer(), nullable=True))
    op.add_column("tools", sa.Column("address_source", sa.String(400), server_default="", nullable=False))
    op.add_column("tools", sa.Column("address_read_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("tools", "address_read_on")
    op.drop_column("tools", "address_source")
    op.drop_column("trainings", "leader_id")
    op.drop_column("diagnostic_respondents", "link_mailing_id")
    op.drop_column("recommendations", "asked_mailing_id")
