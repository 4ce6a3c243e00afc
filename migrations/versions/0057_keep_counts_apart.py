"""Presences without a name, people who left an association or are asked of the staff, where a cohort meets."""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cohorts", sa.Column("place", sa.String(200), server_default="", nullable=False))
    op.add_column("association_people", sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("cohort_members", sa.Column("space_asked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("memberships", sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "former_presences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("association_id", sa.Integer(), nullable=True),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name="fk_former_presences_event_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["association_id"], ["associations.id"], name="fk_former_presences_association_id"),
        sa.PrimaryKeyConstraint("id", name="pk_former_presences"),
    )
    op.create_index("ix_former_presences_event_id", "former_presences", ["event_id"])
    op.create_index("ix_former_presences_association_id", "former_presences", ["association_id"])
    op.create_table(
        "person_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("association_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("function", sa.String(24), nullable=False),
        sa.Column("asked_by", sa.String(80), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"], ["associations.id"], name="fk_person_requests_association_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name="fk_person_requests_contact_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_person_requests"),
        sa.UniqueConstraint("association_id", "contact_id", name="uq_person_requests_association_id_contact_id"),
    )
    op.create_index("ix_person_requests_contact_id", "person_requests", ["contact_id"])


def downgrade() -> None:
    op.drop_table("person_requests")
    op.drop_table("former_presences")
    op.drop_column("memberships", "seen_at")
    op.drop_column("cohort_members", "space_asked_at")
    op.drop_column("association_people", "left_at")
    op.drop_column("cohorts", "place")
