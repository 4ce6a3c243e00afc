"""Never give the id of somebody, of a list or of a draft that was removed to another one.

SQLite alone did: PostgreSQL counts on. There the table is made anew, with its rows, indexes and triggers.
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_TRAIL = "SELECT subject_id AS id FROM activities WHERE subject = '{subject}'"
_AUDIENCES = "SELECT value FROM campaigns, json_each(campaigns.audience, '$.{key}')"
NAMED = {
    "contacts": (
        _TRAIL.format(subject="contact"),
        _AUDIENCES.format(key="contacts"),
        _AUDIENCES.format(key="except"),
        "SELECT value FROM imports, json_each(imports.kept_off)",
    ),
    "lists": (_TRAIL.format(subject="list"), _AUDIENCES.format(key="lists")),
    "campaigns": (_TRAIL.format(subject="campaign"),),
}
"""Where the ids of a table stand that no foreign key keeps: some were removed before this."""


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name, queries in NAMED.items():
            _make_anew(name, sqlite_autoincrement=True)
            _count_on(name, queries)


def _make_anew(name: str, **words: bool) -> None:
    """The triggers go with the old table, and are made again word for word."""
    bind = op.get_bind()
    query = sa.text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :name ORDER BY rowid")
    triggers = bind.scalars(query, {"name": name}).all()
    names = {"pk": "pk_%(table_name)s"}
    with op.batch_alter_table(name, recreate="always", table_kwargs=words, naming_convention=names):
        pass
    for trigger in triggers:
        bind.exec_driver_sql(trigger)


def _count_on(name: str, queries: tuple[str, ...]) -> None:
    """The next id is above all those that anything names."""
    bind = op.get_bind()
    named = " UNION ALL ".join(queries)
    last = bind.scalar(sa.text(f"SELECT max(id) FROM ({named}) WHERE typeof(id) = 'integer'"))  # noqa: S608 - our own
    sequence = sa.table("sqlite_sequence", sa.column("name"), sa.column("seq"))
    found = bind.scalar(sa.select(sequence.c.seq).where(sequence.c.name == name))
    if found is None:
        bind.execute(sequence.insert().values(name=name, seq=last or 0))
    elif (last or 0) > found:
        bind.execute(sequence.update().where(sequence.c.name == name).values(seq=last))


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in NAMED:
            _make_anew(name)
