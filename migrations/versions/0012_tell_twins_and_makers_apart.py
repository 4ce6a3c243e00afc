"""Keep what two spellings of a list's name share, who made a campaign, and which scenario is the house's."""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None
TABLES = ("lists", "tags")


def upgrade() -> None:
    for name in TABLES:
        op.add_column(name, sa.Column("folded", sa.String(length=240), nullable=True))
        _fold(name)
        op.create_index(f"ix_{name}_space_id_folded", name, ["space_id", "folded"], unique=True)
    op.add_column("campaigns", sa.Column("maker", sa.String(length=24), server_default="", nullable=False))
    op.execute(
        "UPDATE campaigns SET maker = COALESCE((SELECT MAX(principal || ':' || principal_id) FROM activities"
        " WHERE activities.space_id = campaigns.space_id AND activities.verb = 'campaign.drafted'"
        " AND activities.subject_id = campaigns.id), '') WHERE stage = 'draft'"
    )


def _fold(name: str) -> None:
    """Of twins that exist, the oldest has the form; the others stay as they are, known by their exact name."""
    rows = sa.table(
        name, sa.column("id", sa.Integer), sa.column("space_id", sa.Integer),
        sa.column("name", sa.String), sa.column("folded", sa.String),
    )  # fmt: skip
    bind, taken = op.get_bind(), set()
    for row in bind.execute(sa.select(rows.c.id, rows.c.space_id, rows.c.name).order_by(rows.c.id)).all():
        visible = (sign for sign in row.name if unicodedata.category(sign) != "Cf" and not "\ufe00" <= sign <= "\ufe0f")
        plain = unicodedata.normalize("NFC", "".join(visible)).casefold()
        key = " ".join(unicodedata.normalize("NFC", plain).split())[:240]
        if (row.space_id, key) not in taken:
            taken.add((row.space_id, key))
            bind.execute(sa.update(rows).where(rows.c.id == row.id).values(folded=key))


def downgrade() -> None:
    with op.batch_alter_table("campaigns", schema=None) as batch_op:
        batch_op.drop_column("maker")
    for name in TABLES:
        op.drop_index(f"ix_{name}_space_id_folded", table_name=name)
        with op.batch_alter_table(name, schema=None) as batch_op:
            batch_op.drop_column("folded")
