"""Count codes, name associations, keep in columns what was read back from the trail."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None
AT = sa.DateTime(timezone=True)
LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NAMES = {
    "remind": "Tambour",
    "dispatch": "Tambour",
    "reply": "Tambour",
    "launch": "Tambour",
    "demo": "Tambour",
    "ligne de commande": "Tambour, en ligne de commande",
    "link": "La personne, par son lien",
    "phone": "Un téléphone de la salle",
}
"""What the journal showed for whoever is no user, and what it shows from now on."""


def upgrade() -> None:
    op.create_table(
        "quotas",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("used", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("key", "starts_on", name=op.f("pk_quotas")),
    )
    with op.batch_alter_table("one_times", schema=None) as batch_op:
        batch_op.add_column(sa.Column("asked_by", sa.String(length=64), nullable=True))
    with op.batch_alter_table("api_keys", schema=None) as batch_op:
        batch_op.add_column(sa.Column("made_by_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_api_keys_made_by_id"), "users", ["made_by_id"], ["id"], ondelete="SET NULL"
        )
    with op.batch_alter_table("openings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("noted_at", AT, nullable=True))
    with op.batch_alter_table("workshops", schema=None) as batch_op:
        batch_op.add_column(sa.Column("weather", sa.String(length=24), server_default="", nullable=False))
        batch_op.add_column(sa.Column("phones_reached", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("phone_reached_at", AT, nullable=True))
    op.create_table(
        "real_starts",
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("message_id", LONG, nullable=True),
        sa.Column("started_at", AT, nullable=False),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.id"], name=op.f("fk_real_starts_space_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_real_starts_message_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("space_id", name=op.f("pk_real_starts")),
    )
    op.create_table(
        "associations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("folded", sa.String(length=360), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=True),
        sa.Column("created_at", AT, nullable=False),
        sa.ForeignKeyConstraint(
            ["space_id"], ["spaces.id"], name=op.f("fk_associations_space_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_associations")),
        sa.UniqueConstraint("folded", name=op.f("uq_associations_folded")),
    )
    op.create_index(op.f("ix_associations_space_id"), "associations", ["space_id"], unique=False)
    with op.batch_alter_table("workshops", schema=None) as batch_op:
        batch_op.add_column(sa.Column("association_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_workshops_association_id"), "associations", ["association_id"], ["id"]
        )
        batch_op.create_index(batch_op.f("ix_workshops_association_id"), ["association_id"], unique=False)
    _fill()
    _name_associations()


def _name_associations() -> None:
    """One row for each live space or, without one, for each name as people compare it."""
    at = sa.table(
        "workshops",
        *(sa.column(name, sa.Integer) for name in ("id", "association_id", "association_space_id")),
        sa.column("association", sa.String),
        sa.column("created_at", AT),
    )
    rows = sa.table(
        "associations",
        *(sa.column(name, sa.Integer) for name in ("id", "space_id")),
        *(sa.column(name, sa.String) for name in ("name", "folded")),
        sa.column("created_at", AT),
    )
    bind = op.get_bind()
    by_name: dict[str, int] = {}
    by_space: dict[int, int] = {}
    for workshop in bind.execute(sa.select(at).order_by(at.c.id)).all():
        space_id, name = workshop.association_space_id, " ".join(workshop.association.split())
        found = by_space.get(space_id) or by_name.get(name.casefold())
        if found is None:
            values = {"name": name, "folded": name.casefold(), "created_at": workshop.created_at, "space_id": space_id}
            found = bind.scalar(sa.insert(rows).values(values).returning(rows.c.id))
        by_name.setdefault(name.casefold(), found)
        if space_id is not None and space_id not in by_space:
            if found not in by_space.values():
                bind.execute(sa.update(rows).where(rows.c.id == found).values(space_id=space_id))
            by_space[space_id] = found
        bind.execute(sa.update(at).where(at.c.id == workshop.id).values(association_id=found))


def _fill() -> None:
    """What was read back from the trail until now."""
    op.execute(
        "UPDATE api_keys SET made_by_id = (SELECT MAX(principal_id) FROM activities"
        " JOIN users ON users.id = activities.principal_id WHERE activities.verb = 'key.made'"
        " AND activities.subject_id = api_keys.id AND activities.principal = 'user')"
    )
    reached = "FROM activities WHERE verb = 'workshop.phone_reached' AND subject_id = workshops.id"
    op.execute(
        f"UPDATE workshops SET phones_reached = (SELECT COUNT(*) {reached}),"  # noqa: S608 - our own words
        f" phone_reached_at = (SELECT MAX(at) {reached})"
    )
    op.execute(
        "INSERT INTO real_starts (space_id, message_id, started_at)"
        " SELECT space_id, (SELECT id FROM messages WHERE messages.id = activities.subject_id), at FROM activities"
        " WHERE id IN (SELECT MAX(id) FROM activities WHERE verb = 'real.first_sms' GROUP BY space_id)"
    )
    trail = sa.table(
        "activities",
        sa.column("id", sa.Integer),
        sa.column("verb", sa.String),
        sa.column("subject_id", sa.Integer),
        sa.column("detail", sa.JSON),
    )
    weathers: dict[int, str] = {}
    changes = trail.c.verb.in_(("workshop.weather_changed", "workshop.reset"))
    for row in op.get_bind().execute(sa.select(trail).where(changes).order_by(trail.c.id)):
        weathers[row.subject_id] = str((row.detail or {}).get("weather", ""))[:24]
    for workshop_id, weather in weathers.items():
        op.execute(
            sa.text("UPDATE workshops SET weather = :weather WHERE id = :id").bindparams(
                weather=weather, id=workshop_id
            )
        )
    for name, shown in NAMES.items():
        op.execute(
            sa.text(
                "UPDATE activities SET principal_name = :shown WHERE principal = 'job' AND principal_name = :name"
            ).bindparams(shown=shown, name=name)
        )


def downgrade() -> None:
    with op.batch_alter_table("workshops", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_workshops_association_id"))
        batch_op.drop_constraint(batch_op.f("fk_workshops_association_id"), type_="foreignkey")
        batch_op.drop_column("association_id")
    op.drop_index(op.f("ix_associations_space_id"), table_name="associations")
    op.drop_table("associations")
    op.drop_table("real_starts")
    with op.batch_alter_table("workshops", schema=None) as batch_op:
        batch_op.drop_column("phone_reached_at")
        batch_op.drop_column("phones_reached")
        batch_op.drop_column("weather")
    with op.batch_alter_table("openings", schema=None) as batch_op:
        batch_op.drop_column("noted_at")
    with op.batch_alter_table("api_keys", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_api_keys_made_by_id"), type_="foreignkey")
        batch_op.drop_column("made_by_id")
    with op.batch_alter_table("one_times", schema=None) as batch_op:
        batch_op.drop_column("asked_by")
    op.drop_table("quotas")
