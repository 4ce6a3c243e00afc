"""The latest answers of a space, without those of all its years."""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None


def upgrade() -> None:
    answered = sa.text("answered_at IS NOT NULL")
    op.create_index(
        "ix_registrations_answered",
        "registrations",
        ["space_id", "answered_at", "id"],
        postgresql_where=answered,
        sqlite_where=answered,
    )


def downgrade() -> None:
    op.drop_index("ix_registrations_answered", "registrations")
