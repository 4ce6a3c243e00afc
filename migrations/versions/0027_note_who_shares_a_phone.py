"""Note who shares the phone of a message: two on one phone get one SMS, and both are reached."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

LONG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "message_sharers",
        sa.Column("message_id", LONG_ID, autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_message_sharers_message_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_message_sharers_contact_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["space_id"], ["spaces.id"], name=op.f("fk_message_sharers_space_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("message_id", "contact_id", name=op.f("pk_message_sharers")),
    )
    op.create_index("ix_message_sharers_contact_id", "message_sharers", ["contact_id"])
    op.create_index("ix_message_sharers_space_id", "message_sharers", ["space_id"])


def downgrade() -> None:
    op.drop_table("message_sharers")
