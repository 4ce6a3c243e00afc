"""Closed months leave for files, and what grows with them is found by an index."""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

_SPREAD = sa.text("CAST(custom AS TEXT) NOT IN ('{}', 'null')")


def upgrade() -> None:
    op.add_column("mailings", sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_mailings_space_id_created_at", "mailings", ["space_id", "created_at"])
    op.create_index("ix_campaigns_space_id_send_at", "campaigns", ["space_id", "send_at"])
    op.create_index("ix_campaigns_space_id_stage", "campaigns", ["space_id", "stage", "id"])
    op.create_index("ix_registrations_space_id_event_id", "registrations", ["space_id", "event_id"])
    op.create_index("ix_registrations_space_id_contact_id", "registrations", ["space_id", "contact_id"])
    op.create_index("ix_contacts_custom", "contacts", ["id"], sqlite_where=_SPREAD, postgresql_where=_SPREAD)


def downgrade() -> None:
    op.drop_index("ix_contacts_custom", "contacts")
    op.drop_index("ix_registrations_space_id_contact_id", "registrations")
    op.drop_index("ix_registrations_space_id_event_id", "registrations")
    op.drop_index("ix_campaigns_space_id_stage", "campaigns")
    op.drop_index("ix_campaigns_space_id_send_at", "campaigns")
    op.drop_index("ix_mailings_space_id_created_at", "mailings")
    op.drop_column("mailings", "archived_at")
