"""Choose by town: each folded as the program compares it."""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

BATCH = 1_000
LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ı": "i"})


def upgrade() -> None:
    op.add_column("contacts", sa.Column("town_key", sa.String(length=80), server_default="", nullable=False))
    _fold_towns()


def downgrade() -> None:
    op.drop_column("contacts", "town_key")


def _fold_towns() -> None:
    contacts = sa.table("contacts", sa.column("id"), sa.column("town"), sa.column("town_key"))
    connection, after = op.get_bind(), 0
    fill = sa.update(contacts).where(contacts.c.id == sa.bindparam("at")).values(town_key=sa.bindparam("key"))
    query = sa.select(contacts.c.id, contacts.c.town).where(contacts.c.town != "").order_by(contacts.c.id).limit(BATCH)
    while rows := connection.execute(query.where(contacts.c.id > after)).all():
        connection.execute(fill, [{"at": row.id, "key": _fold(row.town)[:80]} for row in rows])
        after = rows[-1].id


def _fold(text: str) -> str:
    """As ``contacts.naming.fold`` at this revision: a database's own lower case depends on its locale."""
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(LETTERS)
    letters = "".join(one for one in plain if not unicodedata.combining(one))
    return " ".join(re.split(r"[^\w]+|_+", letters)).strip()
