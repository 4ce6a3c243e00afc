"""The practice space of somebody who follows a workshop's path by themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alone_practices",
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("association_id", sa.Integer(), nullable=False),
        sa.Column("held_phone", sa.String(length=16), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"], ["associations.id"], name=op.f("fk_alone_practices_association_id_associations")
        ),
        sa.ForeignKeyConstraint(
            ["space_id"], ["spaces.id"], name=op.f("fk_alone_practices_space_id_spaces"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_alone_practices_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("space_id", name=op.f("pk_alone_practices")),
        sa.UniqueConstraint("user_id", name=op.f("uq_alone_practices_user_id")),
    )
    op.create_index(op.f("ix_alone_practices_association_id"), "alone_practices", ["association_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_alone_practices_association_id"), table_name="alone_practices")
    op.drop_table("alone_practices")
