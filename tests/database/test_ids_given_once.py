"""The id of what was removed is nobody else's: audiences, the trail and imports name people and lists by it."""

from sqlalchemy import inspect, select, text

from app.audiences import people
from app.campaigns import service as campaigns
from app.consent.families import Family
from app.contacts import lists, service
from app.contacts.models import Contact, ContactList, ListMember
from app.database import migrations
from app.database.bulk import reserve_ids
from app.database.engine import Database
from app.models import Base
from tests.contacts.sheets import import_file, sheet
from tests.factories import FINGERPRINT_KEY, NOON, SOMEBODY, make_campaign, make_contact, make_list, make_space

ACT = {"by": SOMEBODY, "now": NOON}
ONCE = [name for name, one in Base.metadata.tables.items() if one.dialect_options["sqlite"]["autoincrement"]]
_WORDS = "SELECT space_id, is_archived, word, sort_key, contact_id FROM contact_words ORDER BY 3, 5"


def test_an_audience_never_reaches_a_list_or_somebody_made_after_it(runtime, database):
    with database.transaction() as session:
        space = make_space(session)
        old, last = make_list(session, space), make_contact(session, space)
        lists.put_on(session, old, [last], **ACT)
        audience = {"lists": [old.id], "segments": [], "contacts": [last.id], "except": []}
        draft = make_campaign(session, space, audience=audience)
        gone = (old.id, last.id, draft.id)
        lists.remove(session, old, **ACT)
        service.remove(session, last, **ACT)
        campaigns.remove(session, draft, **ACT)
    with database.transaction() as session:
        card = {"phone": "06 39 98 00 01", "first_name": "Zoé"}
        zoe = service.add(session, space, card, key=FINGERPRINT_KEY, **ACT)
        new = lists.make(session, space.id, name="Familles aidées", **ACT)
        lists.put_on(session, new, [zoe], **ACT)
        draft = make_campaign(session, space)
        assert all(one > other for one, other in zip((new.id, zoe.id, draft.id), gone, strict=True))
        reached = [
            one
            for each in people.everyone(session, space, audience, Family.SERVICE, now=NOON)
            for one in each.recipients
        ]
        assert reached == []
        given = zoe.id
        service.remove(session, zoe, **ACT)
    import_file(runtime, space, sheet(["A;Paul;0639980002;;", "B;Anne;0639980003;;"]))
    with database.transaction() as session:
        ids = session.scalars(select(Contact.id).order_by(Contact.id)).all()
        assert len(ids) == 2 and ids[0] > given, "through a file"
        for one in session.scalars(select(Contact)).all():
            service.remove(session, one, **ACT)
        reserved = reserve_ids(session, Contact, 3)
        assert reserved[0] > ids[-1], "the last was removed in this very transaction"
        assert make_contact(session, space).id > reserved[-1], "reserved, though nobody has them"


def test_sqlite_counts_on_in_each_table_that_says_so(sqlite):
    with sqlite.snapshot() as session:
        made = dict(session.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")).all())
    assert {name for name, sql in made.items() if "AUTOINCREMENT" in sql} == set(ONCE)


def described(session):
    """What stands around the rows of the tables that are made anew."""
    looked = inspect(session.connection())
    around = {
        name: (
            sorted(each["name"] for each in looked.get_columns(name)),
            sorted(
                (each["name"], each["referred_table"], str(each["options"])) for each in looked.get_foreign_keys(name)
            ),
            sorted(each["name"] for each in looked.get_unique_constraints(name)),
        )
        for name in ("contacts", "lists", "campaigns", "list_members", "messages", "merges")
    }
    kinds = text("SELECT name, sql FROM sqlite_master WHERE type IN ('trigger', 'index') ORDER BY name")
    rows = [
        session.execute(text(f"SELECT * FROM {name} ORDER BY id")).all() for name in ("contacts", "lists", "campaigns")
    ]
    return around, session.execute(kinds).all(), rows, session.execute(text(_WORDS)).all()


def test_the_tables_made_anew_keep_rows_keys_indexes_and_triggers(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'older.sqlite3'}")
    migrations.upgrade(database)
    with database.transaction() as session:
        space = make_space(session)
        one = make_list(session, space)
        lea, husk = make_contact(session, space, on=one), make_contact(session, space)
        husk.merged_into_id, husk.archived_at = lea.id, NOON
        session.flush()
        gone = {"lists": [one.id, 40], "segments": [], "contacts": [lea.id, 30], "except": [31]}
        make_campaign(session, space, audience=gone)
    migrations.downgrade(database, "0033")
    with database.snapshot() as session:
        before = described(session)
    migrations.upgrade(database, "0034")
    with database.snapshot() as session:
        assert described(session) == before
    migrations.upgrade(database)
    with database.transaction() as session:
        assert (make_list(session, space).id, make_contact(session, space).id) == (41, 32), "above what anything names"
        session.execute(text("UPDATE contacts SET sort_key = 'blanc lea' WHERE id = :id"), {"id": lea.id})
        words = session.execute(text(_WORDS)).all()
        assert [row.contact_id for row in words if row.word == "blanc"] == [lea.id], "the triggers keep the words"
        assert {row.contact_id for row in words} == {lea.id, husk.id, 32}
        session.execute(text("DELETE FROM contacts WHERE id = :id"), {"id": lea.id})
        assert session.scalars(select(ListMember)).all() == []
        assert session.scalars(select(Contact.merged_into_id).where(Contact.id == husk.id)).one() is None
    migrations.downgrade(database, "0033")
    with database.transaction() as session:
        assert session.scalars(select(ContactList.id).order_by(ContactList.id)).all() == [one.id, 41]
        assert len(described(session)[1]) == len(before[1])
    database.close()
