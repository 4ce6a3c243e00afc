"""Count codes, name associations, keep in columns what was read back from the trail."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0004"
branch_labels = None
depends_on = None
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
    op.execute(
        "UPDATE api_keys SET made_by_id = (SELECT MAX(principal_id) FROM activities"
        " JOIN users ON users.id = activities.principal_id WHERE activities.verb = 'key.made'"
        " AND activities.subject_id = api_keys.id AND activities.principal = 'user')"
    )
    for name, shown in NAMES.items():
        op.execute(
            sa.text(
                "UPDATE activities SET principal_name = :shown WHERE principal = 'job' AND principal_name = :name"
            ).bindparams(shown=shown, name=name)
        )


def downgrade() -> None:
    with op.batch_alter_table("api_keys", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_api_keys_made_by_id"), type_="foreignkey")
        batch_op.drop_column("made_by_id")
    with op.batch_alter_table("one_times", schema=None) as batch_op:
        batch_op.drop_column("asked_by")
    op.drop_table("quotas")
