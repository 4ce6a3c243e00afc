"""Find people by the words of their name and the end of their number: a table that the database itself keeps."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_JSON = "json_each('[' || replace(json_quote(ROW.sort_key), ' ', '\",\"') || ']')"
_END = "'#' || " + " || ".join(f"substr(ROW.phone, {-at}, 1)" for at in range(1, 9))
_WORDS = f"SELECT value FROM {_JSON} WHERE value <> '' UNION SELECT {_END}"  # noqa: S608 - our own words alone
_ADD = """
    INSERT INTO contact_words (space_id, is_archived, word, sort_key, contact_id)
    SELECT NEW.space_id, NEW.archived_at IS NOT NULL, value, NEW.sort_key, NEW.id FROM (WORDS);
""".replace("WORDS", _WORDS.replace("ROW", "NEW"))
_DROP = """
    DELETE FROM contact_words
    WHERE space_id = OLD.space_id AND is_archived = (OLD.archived_at IS NOT NULL)
        AND word IN (WORDS) AND sort_key = OLD.sort_key AND contact_id = OLD.id;
""".replace("WORDS", _WORDS.replace("ROW", "OLD"))
_CHANGED = """
    NEW.sort_key IS {differs} OLD.sort_key OR NEW.phone IS {differs} OLD.phone OR NEW.space_id IS {differs} OLD.space_id
    OR (NEW.archived_at IS NULL) <> (OLD.archived_at IS NULL)
"""
_ON_SQLITE = (
    f"CREATE TRIGGER contact_words_insert AFTER INSERT ON contacts BEGIN {_ADD} END",
    f"CREATE TRIGGER contact_words_delete AFTER DELETE ON contacts BEGIN {_DROP} END",
    f"""
    CREATE TRIGGER contact_words_update AFTER UPDATE OF sort_key, phone, space_id, archived_at ON contacts
    WHEN {_CHANGED.format(differs="NOT")} BEGIN {_DROP} {_ADD} END
    """,
    """
    INSERT INTO contact_words (space_id, is_archived, word, sort_key, contact_id)
    SELECT c.space_id, c.archived_at IS NOT NULL, value, c.sort_key, c.id
    FROM contacts AS c, EACH WHERE value <> '' GROUP BY c.id, value
    UNION ALL
    SELECT c.space_id, c.archived_at IS NOT NULL, END, c.sort_key, c.id FROM contacts AS c
    """.replace("EACH", _JSON.replace("ROW", "c")).replace("END", _END.replace("ROW", "c")),
)
_ON_POSTGRESQL = (
    """
    CREATE FUNCTION contact_words_of(sort_key text, phone text) RETURNS SETOF text
    LANGUAGE sql IMMUTABLE AS $$
        SELECT one FROM unnest(string_to_array(sort_key, ' ')) AS one WHERE one <> ''
        UNION SELECT '#' || reverse(right(phone, 8))
    $$
    """,
    """
    CREATE FUNCTION contact_words_added() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO contact_words (space_id, is_archived, word, sort_key, contact_id)
        SELECT c.space_id, c.archived_at IS NOT NULL, w, c.sort_key, c.id
        FROM added AS c, contact_words_of(c.sort_key, c.phone) AS w;
        RETURN NULL;
    END $$
    """,
    """
    CREATE FUNCTION contact_words_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        DELETE FROM contact_words
        WHERE space_id = OLD.space_id AND is_archived = (OLD.archived_at IS NOT NULL)
            AND word = ANY (ARRAY(SELECT contact_words_of(OLD.sort_key, OLD.phone)))
            AND sort_key = OLD.sort_key AND contact_id = OLD.id;
        IF TG_OP = 'UPDATE' THEN
            INSERT INTO contact_words (space_id, is_archived, word, sort_key, contact_id)
            SELECT NEW.space_id, NEW.archived_at IS NOT NULL, w, NEW.sort_key, NEW.id
            FROM contact_words_of(NEW.sort_key, NEW.phone) AS w;
        END IF;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER contact_words_insert AFTER INSERT ON contacts REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION contact_words_added()
    """,
    """
    CREATE TRIGGER contact_words_delete AFTER DELETE ON contacts
    FOR EACH ROW EXECUTE FUNCTION contact_words_changed()
    """,
    f"""
    CREATE TRIGGER contact_words_update AFTER UPDATE OF sort_key, phone, space_id, archived_at ON contacts
    FOR EACH ROW WHEN ({_CHANGED.format(differs="DISTINCT FROM")}) EXECUTE FUNCTION contact_words_changed()
    """,
    """
    INSERT INTO contact_words (space_id, is_archived, word, sort_key, contact_id)
    SELECT c.space_id, c.archived_at IS NOT NULL, w, c.sort_key, c.id
    FROM contacts AS c, contact_words_of(c.sort_key, c.phone) AS w
    """,
)


def upgrade() -> None:
    word = sa.String(length=170).with_variant(sa.String(length=170, collation="C"), "postgresql")
    op.create_table(
        "contact_words",
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("is_archived", sa.Boolean(), nullable=False),
        sa.Column("word", word, nullable=False),
        sa.Column("sort_key", sa.String(length=170), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "space_id", "is_archived", "word", "sort_key", "contact_id", name=op.f("pk_contact_words")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_contacts_space_id_archived",
        "contacts",
        ["space_id", "sort_key", "id"],
        sqlite_where=sa.text("archived_at IS NOT NULL"),
        postgresql_where=sa.text("archived_at IS NOT NULL"),
    )
    for statement in _ON_SQLITE if op.get_bind().dialect.name == "sqlite" else _ON_POSTGRESQL:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for name in ("insert", "delete", "update"):
        op.execute(f"DROP TRIGGER contact_words_{name}" + ("" if on_sqlite else " ON contacts"))
    if not on_sqlite:
        for function in ("changed()", "added()", "of(text, text)"):
            op.execute(f"DROP FUNCTION contact_words_{function}")
    op.drop_index("ix_contacts_space_id_archived", "contacts")
    op.drop_table("contact_words")
