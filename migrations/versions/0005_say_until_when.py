"""Say until when a mailing's messages are worth sending: from when it began anew, and when its subject is over.

Campaigns under way get the present rule from the hour they were planned for: what a page called safe stays so.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

RENEW = """
    UPDATE mailings SET renewed_at = (SELECT send_at FROM campaigns WHERE campaigns.mailing_id = mailings.id)
    WHERE gate IN ('open', 'paused') AND id IN (SELECT mailing_id FROM campaigns WHERE mailing_id IS NOT NULL)
"""
REMINDERS = """
    UPDATE mailings SET expires_at = (
        SELECT MIN(starts_at) FROM events JOIN reminders ON event_id = events.id WHERE mailing_id = mailings.id
    )
    WHERE gate IN ('open', 'paused') AND id IN (SELECT mailing_id FROM reminders WHERE mailing_id IS NOT NULL)
"""
INVITATIONS = """
    UPDATE mailings SET expires_at = (
        SELECT MIN(starts_at) FROM events JOIN registrations ON event_id = events.id WHERE mailing_id = mailings.id
    )
    WHERE gate IN ('open', 'paused') AND id IN (SELECT mailing_id FROM registrations WHERE mailing_id IS NOT NULL)
"""


def upgrade() -> None:
    with op.batch_alter_table("mailings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("renewed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
    for statement in (RENEW, REMINDERS, INVITATIONS):
        op.execute(statement)


def downgrade() -> None:
    with op.batch_alter_table("mailings", schema=None) as batch_op:
        batch_op.drop_column("expires_at")
        batch_op.drop_column("renewed_at")
