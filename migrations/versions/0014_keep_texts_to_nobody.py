"""Keep the texts that came for no space; name an event in calendars for ever."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stray_replies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_sid", sa.String(length=40), nullable=False),
        sa.Column("carrier_sid", sa.String(length=40), nullable=False),
        sa.Column("phone", sa.String(length=24), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("meaning", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handled_by", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stray_replies")),
        sa.UniqueConstraint("account_sid", "carrier_sid", name=op.f("uq_stray_replies_account_sid_carrier_sid")),
    )
    with op.batch_alter_table("stray_replies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stray_replies_handled_at"), ["handled_at"], unique=False)
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.add_column(sa.Column("calendar_uid", sa.String(length=64), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_column("calendar_uid")
    op.drop_table("stray_replies")
