"""Keep what was read of a file: its header, its sheets, what to ask about it, the objections that it holds."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("imports", schema=None) as batch_op:
        batch_op.add_column(sa.Column("header", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("sheet", sa.String(length=100), server_default="", nullable=False))
        batch_op.add_column(sa.Column("sheets", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("warnings", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("tries", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("objected", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("is_objections", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("imports", schema=None) as batch_op:
        for name in ("is_objections", "objected", "tries", "warnings", "sheets", "sheet", "header"):
            batch_op.drop_column(name)
