"""Keep when each contact was last texted, last answered and last came."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

HISTORY = sa.table(
    "contact_activity",
    sa.column("contact_id"),
    sa.column("space_id"),
    sa.column("last_came_on", sa.Date()),
    sa.column("times_came"),
)
TEXTS = """
INSERT INTO contact_activity (contact_id, space_id, last_contacted_at, undelivered_count)
SELECT contacts.id, contacts.space_id,
       MAX(CASE WHEN carrier_sid IS NOT NULL OR status IN ('accepted', 'sent', 'delivered', 'undelivered')
                THEN COALESCE(claimed_at, settled_at) END),
       SUM(CASE WHEN status = 'undelivered' OR (status = 'failed' AND reason = '') THEN 1 ELSE 0 END)
FROM messages JOIN contacts ON contacts.id = messages.contact_id
GROUP BY contacts.id, contacts.space_id
"""
OTHERS = """
INSERT INTO contact_activity (contact_id, space_id)
SELECT contacts.id, contacts.space_id FROM contacts
WHERE (EXISTS (SELECT 1 FROM replies WHERE replies.contact_id = contacts.id)
       OR EXISTS (SELECT 1 FROM registrations WHERE registrations.contact_id = contacts.id))
  AND NOT EXISTS (SELECT 1 FROM contact_activity WHERE contact_activity.contact_id = contacts.id)
"""
ANSWERS = """
UPDATE contact_activity SET last_answered_at = (
    SELECT MAX(at) FROM (
        SELECT at FROM replies WHERE replies.contact_id = contact_activity.contact_id
        UNION ALL
        SELECT answered_at FROM registrations WHERE registrations.contact_id = contact_activity.contact_id
    ) AS answers
)
"""
CAME = """
SELECT registrations.contact_id, spaces.zone, COUNT(*) AS times, MAX(events.starts_at) AS last_at
FROM registrations
JOIN events ON events.id = registrations.event_id
JOIN spaces ON spaces.id = registrations.space_id
WHERE registrations.attended
GROUP BY registrations.contact_id, spaces.zone
"""


def upgrade() -> None:
    op.create_table(
        "contact_activity",
        sa.Column("contact_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("last_contacted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_came_on", sa.Date(), nullable=True),
        sa.Column("times_came", sa.Integer(), server_default="0", nullable=False),
        sa.Column("undelivered_count", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_contact_activity_contact_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["space_id"], ["spaces.id"], name=op.f("fk_contact_activity_space_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("contact_id", name=op.f("pk_contact_activity")),
    )
    for statement in (TEXTS, OTHERS, ANSWERS):
        op.execute(statement)
    _count_those_who_came()
    op.create_index("ix_contact_activity_space_id", "contact_activity", ["space_id"])


def _count_those_who_came() -> None:
    """The day is the civil day of each space's zone, which the databases cannot tell alike."""
    bind = op.get_bind()
    query = sa.text(CAME).columns(last_at=sa.DateTime(timezone=True))
    rows = [
        {"its": row.contact_id, "times": row.times, "day": _day(row.last_at, row.zone)} for row in bind.execute(query)
    ]
    if rows:
        whose = HISTORY.c.contact_id == sa.bindparam("its")
        new = {"times_came": sa.bindparam("times"), "last_came_on": sa.bindparam("day")}
        bind.execute(sa.update(HISTORY).where(whose).values(new), rows)


def _day(at: datetime, zone: str) -> date:
    instant = at if at.tzinfo else at.replace(tzinfo=UTC)
    try:
        return instant.astimezone(ZoneInfo(zone)).date()
    except ZoneInfoNotFoundError:
        return instant.date()


def downgrade() -> None:
    op.drop_table("contact_activity")
