"""Missions have seats and a waiting list; the programme holds trainings, and a cohort's dates have an address."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shifts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name="fk_shifts_event_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.id"], name="fk_shifts_space_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_shifts"),
    )
    op.create_index("ix_shifts_event_id", "shifts", ["event_id"])
    op.create_index("ix_shifts_space_id", "shifts", ["space_id"])
    op.add_column("registrations", sa.Column("shift_id", sa.Integer(), nullable=True))
    op.add_column("registrations", sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("registrations", sa.Column("tell_seat_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_registrations_shift_id", "registrations", ["shift_id"])
    op.create_index("ix_registrations_tell_seat_at", "registrations", ["tell_seat_at"])
    op.create_table(
        "trainings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("prepares", sa.String(24), nullable=False),
        sa.Column("expert", sa.String(120), nullable=False),
        sa.Column("aim", sa.Text(), nullable=False),
        sa.Column("materials", sa.Text(), nullable=False),
        sa.Column("min_seats", sa.Integer(), nullable=True),
        sa.Column("created_by", sa.String(80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name="fk_trainings_cohort_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name="fk_trainings_event_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_trainings"),
        sa.UniqueConstraint("event_id", name="uq_trainings_event_id"),
    )
    op.create_index("ix_trainings_cohort_id", "trainings", ["cohort_id"])
    op.create_table(
        "training_opinions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("training_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("gained", sa.SmallInteger(), nullable=False),
        sa.Column("ready", sa.SmallInteger(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("may_quote_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name="fk_training_opinions_contact_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["training_id"], ["trainings.id"], name="fk_training_opinions_training_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_training_opinions"),
        sa.UniqueConstraint("training_id", "contact_id", name="uq_training_opinions_training_id_contact_id"),
    )
    op.create_index("ix_training_opinions_contact_id", "training_opinions", ["contact_id"])
    op.create_table(
        "cohort_feeds",
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("made_by", sa.String(80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name="fk_cohort_feeds_cohort_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("cohort_id", name="pk_cohort_feeds"),
        sa.UniqueConstraint("digest", name="uq_cohort_feeds_digest"),
    )


def downgrade() -> None:
    op.drop_table("cohort_feeds")
    op.drop_table("training_opinions")
    op.drop_table("trainings")
    op.drop_index("ix_registrations_tell_seat_at", "registrations")
    op.drop_index("ix_registrations_shift_id", "registrations")
    op.drop_column("registrations", "tell_seat_at")
    op.drop_column("registrations", "waiting_since")
    op.drop_column("registrations", "shift_id")
    op.drop_table("shifts")
