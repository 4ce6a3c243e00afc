"""Name the house's scenario of each kind, so that two processes cannot make two of it."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_scenarios = sa.table(
    "scenarios",
    sa.column("id", sa.Integer),
    sa.column("kind", sa.String),
    sa.column("owner_id", sa.Integer),
    sa.column("house_kind", sa.String),
)


def upgrade() -> None:
    op.add_column("scenarios", sa.Column("house_kind", sa.String(length=24), nullable=True))
    op.create_index("ix_scenarios_house_kind", "scenarios", ["house_kind"], unique=True)
    first = sa.select(sa.func.min(_scenarios.c.id)).where(_scenarios.c.owner_id.is_(None)).group_by(_scenarios.c.kind)
    # A list of ids, not a subquery: it reads the table that it changes.
    ids = list(op.get_bind().scalars(first))
    op.execute(_scenarios.update().where(_scenarios.c.id.in_(ids)).values(house_kind=_scenarios.c.kind))


def downgrade() -> None:
    op.drop_index("ix_scenarios_house_kind", "scenarios")
    op.drop_column("scenarios", "house_kind")
