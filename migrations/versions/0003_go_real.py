"""Go real: points ticked by hand, who was invited by SMS, a reminder that goes with its list."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "real_ticks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=24), nullable=False),
        sa.Column("note", sa.String(length=120), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("ticked_by", sa.String(length=80), nullable=False),
        sa.Column("ticked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.id"], name=op.f("fk_real_ticks_space_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_real_ticks")),
        sa.UniqueConstraint("space_id", "key", name=op.f("uq_real_ticks_space_id_key")),
    )
    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("mailing_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_registrations_mailing_id"), ["mailing_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_registrations_mailing_id"), "mailings", ["mailing_id"], ["id"], ondelete="SET NULL"
        )

    with op.batch_alter_table("reminders", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_reminders_list_id"), type_="foreignkey")
        batch_op.create_foreign_key(
            batch_op.f("fk_reminders_list_id"), "lists", ["list_id"], ["id"], ondelete="CASCADE"
        )


def downgrade() -> None:
    with op.batch_alter_table("reminders", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_reminders_list_id"), type_="foreignkey")
        batch_op.create_foreign_key(
            batch_op.f("fk_reminders_list_id"), "lists", ["list_id"], ["id"], ondelete="SET NULL"
        )

    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_registrations_mailing_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_registrations_mailing_id"))
        batch_op.drop_column("mailing_id")

    op.drop_table("real_ticks")
