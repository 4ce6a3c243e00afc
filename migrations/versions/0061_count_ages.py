"""The ages of a space's people, without their cards."""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    standing = sa.text("archived_at IS NULL AND merged_into_id IS NULL")
    op.create_index(
        "ix_contacts_ages",
        "contacts",
        ["space_id", "birth_year", "age_band"],
        postgresql_where=standing,
        sqlite_where=standing,
    )


def downgrade() -> None:
    op.drop_index("ix_contacts_ages", "contacts")
