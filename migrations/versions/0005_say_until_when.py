"""Say until when a mailing's messages are worth sending: from when it began anew, and when its subject is over.

Campaigns under way get the present rule from the hour they were planned for: what a page called safe stays so.
An exception to the hours gets a name, an end and a window. « Envoyer quand même » goes on for what people signed up
for, and from 8:00 to 21:30 for a call for help; anything else confirmed so is paused with its reason, for a person to
resume within the hours.
"""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

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


NO_MORE = (
    "Cet envoi avait été confirmé hors des heures permises, ce qui n'est plus possible. "
    "Rien n'est perdu : si vous le reprenez, il part à la prochaine ouverture."
)
mailings = sa.table(
    "mailings",
    sa.column("id", sa.Integer),
    sa.column("family", sa.String),
    sa.column("gate", sa.String),
    sa.column("pause_reason", sa.Text),
    sa.column("ignores_hours", sa.Boolean),
    sa.column("exception_by", sa.String),
    sa.column("exception_until", sa.DateTime(timezone=True)),
    sa.column("exception_window", sa.String),
)
campaigns = sa.table(
    "campaigns",
    sa.column("id", sa.Integer),
    sa.column("mailing_id", sa.Integer),
    sa.column("stage", sa.String),
    sa.column("stage_before_pause", sa.String),
    sa.column("send_at", sa.DateTime(timezone=True)),
    sa.column("not_after", sa.DateTime(timezone=True)),
    sa.column("ignores_hours_by", sa.String),
)


def upgrade() -> None:
    with op.batch_alter_table("mailings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("renewed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("exception_by", sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column("exception_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("exception_window", sa.String(length=16), nullable=True))
    for statement in (RENEW, REMINDERS, INVITATIONS):
        op.execute(statement)
    _settle_exceptions(op.get_bind())


def _settle_exceptions(connection: sa.Connection) -> None:
    under_way = mailings.join(campaigns, campaigns.c.mailing_id == mailings.c.id)
    rows = connection.execute(
        sa.select(mailings.c.family, campaigns)
        .select_from(under_way)
        .where(mailings.c.ignores_hours, mailings.c.gate.in_(["open", "paused"]), mailings.c.family != "service")
    )
    for row in rows.all():
        words: dict[str, object] = {"ignores_hours": False}
        if row.family == "charitable" and _is_urgent_hour(row.send_at):
            words |= {"exception_by": row.ignores_hours_by, "exception_until": row.not_after}
            words["exception_window"] = "urgent"
        else:
            words |= {"gate": "paused", "pause_reason": NO_MORE}
            paused = {"stage": "paused", "stage_before_pause": campaigns.c.stage}
            halt = campaigns.update().where(campaigns.c.id == row.id, campaigns.c.stage != "paused")
            connection.execute(halt.values(**paused))
        connection.execute(mailings.update().where(mailings.c.id == row.mailing_id).values(**words))


def _is_urgent_hour(at: datetime) -> bool:
    local = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(ZoneInfo("Europe/Paris"))
    return time(8) <= local.time() < time(21, 30)


def downgrade() -> None:
    with op.batch_alter_table("mailings", schema=None) as batch_op:
        batch_op.drop_column("exception_window")
        batch_op.drop_column("exception_until")
        batch_op.drop_column("exception_by")
        batch_op.drop_column("expires_at")
        batch_op.drop_column("renewed_at")
