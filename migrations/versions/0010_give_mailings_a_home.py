"""Give mailings a home: reopen those closed before their campaign left, and show what is left of the others."""

import logging
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

log = logging.getLogger("tambour.migrations")

MISSED = "Cet envoi n'est pas parti à son heure : un défaut du service, réparé depuis. Ce qui attendait est resté."

_instant = sa.DateTime(timezone=True)
_campaigns = sa.table(
    "campaigns",
    sa.column("id", sa.Integer),
    sa.column("space_id", sa.Integer),
    sa.column("mailing_id", sa.Integer),
    sa.column("stage", sa.String),
    sa.column("stage_before_pause", sa.String),
    sa.column("not_after", _instant),
    sa.column("finished_at", _instant),
)
_mailings = sa.table(
    "mailings", sa.column("id", sa.Integer), sa.column("gate", sa.String), sa.column("pause_reason", sa.Text)
)
_messages = sa.table(
    "messages",
    sa.column("mailing_id", sa.Integer),
    sa.column("contact_id", sa.Integer),
    sa.column("status", sa.String),
    sa.column("is_personal", sa.Boolean),
)
_practice_spaces = sa.table("practice_spaces", sa.column("space_id", sa.Integer), sa.column("archived_at", _instant))


def upgrade() -> None:
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_personal", sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table("mailings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("promised_micros", sa.BigInteger(), nullable=True))
    with op.batch_alter_table("reminders", schema=None) as batch_op:
        batch_op.add_column(sa.Column("left_mailing_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("left_for", _instant, nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_reminders_left_mailing_id"), "mailings", ["left_mailing_id"], ["id"], ondelete="SET NULL"
        )
    _make_event_mailings()
    _lead_links_of_the_removed_to("SET NULL")
    _let_links_last_a_year()
    _mark_what_waits_for_somebody()
    _reopen_closed_too_soon()


def downgrade() -> None:
    _lead_links_of_the_removed_to("CASCADE")
    op.drop_table("event_mailings")
    with op.batch_alter_table("reminders", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_reminders_left_mailing_id"), type_="foreignkey")
        batch_op.drop_column("left_for")
        batch_op.drop_column("left_mailing_id")
    with op.batch_alter_table("mailings", schema=None) as batch_op:
        batch_op.drop_column("promised_micros")
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_column("is_personal")


def _make_event_mailings() -> None:
    """Invitations and reminders already written are known by the rows that hold their mailings."""
    op.create_table(
        "event_mailings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("mailing_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(length=24), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_event_mailings_event_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["mailing_id"], ["mailings.id"], name=op.f("fk_event_mailings_mailing_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["space_id"], ["spaces.id"], name=op.f("fk_event_mailings_space_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_mailings")),
        sa.UniqueConstraint("mailing_id", name=op.f("uq_event_mailings_mailing_id")),
    )
    op.create_index(op.f("ix_event_mailings_event_id"), "event_mailings", ["event_id"], unique=False)
    op.create_index(op.f("ix_event_mailings_space_id"), "event_mailings", ["space_id"], unique=False)
    op.execute(
        "INSERT INTO event_mailings (space_id, event_id, mailing_id, about, body) "
        "SELECT space_id, event_id, mailing_id, 'reminder', body FROM reminders WHERE mailing_id IS NOT NULL"
    )
    op.execute(
        "INSERT INTO event_mailings (space_id, event_id, mailing_id, about, body) "
        "SELECT DISTINCT space_id, event_id, mailing_id, 'invitation', '' FROM registrations "
        "WHERE mailing_id IS NOT NULL"
    )


def _lead_links_of_the_removed_to(deed: str) -> None:
    """A personal link outlives the contact it was made for: it holds the fingerprint that an objection needs."""
    with op.batch_alter_table("links", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_links_contact_id"), type_="foreignkey")
        batch_op.create_foreign_key(
            batch_op.f("fk_links_contact_id"), "contacts", ["contact_id"], ["id"], ondelete=deed
        )


def _let_links_last_a_year() -> None:
    """They lasted 180 days."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("UPDATE links SET expires_at = datetime(expires_at, '+185 days') || '.000000'")
    else:
        op.execute("UPDATE links SET expires_at = expires_at + interval '4440 hours'")


def _mark_what_waits_for_somebody() -> None:
    waiting = sa.and_(_messages.c.status == "queued", _messages.c.contact_id.is_not(None))
    op.execute(sa.update(_messages).where(waiting).values(is_personal=sa.true()))


def _reopen_closed_too_soon() -> None:
    """A tick closed the mailing of a campaign planned more than two days ahead: nothing of it could leave.

    One whose time has not passed leaves after all; one that is too late is shown as paused, with the reason; one of
    a workshop that is over is cancelled.
    """
    connection, now = op.get_bind(), datetime.now(UTC)
    for row in connection.execute(_hit(now)).all():
        campaign, mailing = _campaigns.c.id == row.id, _mailings.c.id == row.mailing_id
        if row.is_over:
            stage, gate = {"stage": "cancelled", "finished_at": now}, {"gate": "cancelled"}
        elif row.is_late:
            stage = {"stage": "paused", "stage_before_pause": row.stage}
            gate = {"gate": "paused", "pause_reason": MISSED}
            log.warning("campaign_missed", extra={"campaign_id": row.id, "space_id": row.space_id})
        else:
            stage, gate = {"stage": row.stage}, {"gate": "open"}
        connection.execute(sa.update(_campaigns).where(campaign).values(**stage))
        connection.execute(sa.update(_mailings).where(mailing).values(**gate))


def _hit(now: datetime) -> sa.Select:
    """Campaigns with something still to send whose mailing is closed."""
    waiting = sa.exists().where(_messages.c.mailing_id == _mailings.c.id, _messages.c.status == "queued")
    is_over = sa.exists().where(
        _practice_spaces.c.space_id == _campaigns.c.space_id, _practice_spaces.c.archived_at.is_not(None)
    )
    return (
        sa.select(
            _campaigns.c.id,
            _campaigns.c.space_id,
            _campaigns.c.mailing_id,
            _campaigns.c.stage,
            is_over.label("is_over"),
            (_campaigns.c.not_after <= now).label("is_late"),
        )
        .join(_mailings, _mailings.c.id == _campaigns.c.mailing_id)
        .where(_mailings.c.gate == "closed")
        .where(
            sa.or_(
                _campaigns.c.stage.in_(("scheduled", "launching")),
                sa.and_(_campaigns.c.stage == "sending", waiting),
            )
        )
    )
