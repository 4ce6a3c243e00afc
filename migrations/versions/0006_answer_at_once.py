"""Answer at once what is asked every moment: indexes by phone, by mailing in order, and of filtered texts."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

FILTERED = sa.text("error_code = 30007")


def upgrade() -> None:
    op.create_index("ix_messages_phone_id", "messages", ["phone", "id"], unique=False)
    op.create_index("ix_messages_mailing_id_id", "messages", ["mailing_id", "id"], unique=False)
    op.create_index(
        "ix_messages_filtered",
        "messages",
        ["mailing_id"],
        unique=False,
        postgresql_where=FILTERED,
        sqlite_where=FILTERED,
    )


def downgrade() -> None:
    op.drop_index("ix_messages_filtered", table_name="messages")
    op.drop_index("ix_messages_mailing_id_id", table_name="messages")
    op.drop_index("ix_messages_phone_id", table_name="messages")
