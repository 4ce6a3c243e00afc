"""Many people changed at once: a field's value, with what each had before, and the saved rule that chose them."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("bulk_edits", sa.Column("field", sa.String(length=40), server_default="", nullable=False))
    op.add_column("bulk_edits", sa.Column("value", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("bulk_edits", sa.Column("shown", sa.String(length=500), server_default="", nullable=False))
    op.add_column("bulk_edits", sa.Column("segment_id", sa.Integer(), nullable=True))
    op.add_column("bulk_edit_rows", sa.Column("before", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    op.drop_column("bulk_edit_rows", "before")
    for name in ("segment_id", "shown", "value", "field"):
        op.drop_column("bulk_edits", name)
