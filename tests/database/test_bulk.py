"""Many rows at once, and questions about many words, whatever stands in them."""

from datetime import timedelta

from sqlalchemy import event, select, text

from app.accounts.models import Activity
from app.contacts.history_models import ContactActivity
from app.database.bulk import Together, reserve_ids, update_rows, write_rows
from app.database.functions import among, among_ids
from app.messaging.models import Message
from tests.factories import NOON, make_contact, make_space

WORDS = ["", "\\N", "a\tb", "two\nlines\r", "back\\slash", 'a "word"', "{a,b}", "NULL", "%s ? :x", "Zoé", "🙂", "\\"]
SAME = {"space_id": None, "principal": "job", "principal_name": "test", "subject": "contact"}
NAMES = ("id", "verb", "note", "detail", "at", "subject_id")


def test_rows_come_out_as_they_went_in_and_are_found_by_their_words(database):
    with database.transaction() as session:
        rows = [
            {
                "id": made,
                "verb": word,
                "note": word * 3,
                "detail": {"word": word, "no": None, "so": True},
                "at": NOON + timedelta(microseconds=made),
                "subject_id": None if made % 2 else made,
            }
            for made, word in zip(reserve_ids(session, Activity, len(WORDS)), WORDS, strict=True)
        ]
        write_rows(session, Activity, rows, names=NAMES, **SAME)
        write_rows(session, Activity, [], names=NAMES, **SAME)
    with database.snapshot() as session:
        found = session.scalars(select(Activity).order_by(Activity.id)).all()
        assert [{name: getattr(one, name) for name in NAMES} for one in found] == rows
        assert {(one.space_id, one.principal, one.subject) for one in found} == {(None, "job", "contact")}
        for asked in ([], WORDS[:1], WORDS[1::2], WORDS, ["a", "b", "N", "two", "'"]):
            held = session.scalars(select(Activity.verb).where(among(Activity.verb, asked)).order_by(Activity.id))
            assert list(held) == [word for word in WORDS if word in asked]


def test_each_row_is_changed_to_its_own_values_and_no_other_row(database):
    with database.transaction() as session:
        before = [
            {"id": made, "verb": "x", "note": "", "detail": {}, "at": NOON, "subject_id": None}
            for made in reserve_ids(session, Activity, len(WORDS) + 1)
        ]
        write_rows(session, Activity, before, names=NAMES, **SAME)
    rows = [
        {"id": row["id"], "note": word, "at": NOON + timedelta(microseconds=at), "subject_id": at % 2 or None}
        for at, (row, word) in enumerate(zip(before, WORDS, strict=False))
    ]
    with database.transaction() as session:
        update_rows(session, Activity, rows, names=("note", "at", "subject_id"))
        update_rows(session, Activity, [], names=("note",))
    ids = [row["id"] for row in before]
    with database.snapshot() as session:
        found = session.scalars(select(Activity).where(among_ids(Activity.id, ids)).order_by(Activity.id)).all()
        told = [{name: getattr(one, name) for name in ("id", "note", "at", "subject_id")} for one in found]
        assert session.scalars(select(Activity).where(among_ids(Activity.id, []))).all() == []
    assert told == [*rows, {name: before[-1][name] for name in ("id", "note", "at", "subject_id")}]


def test_ids_once_reserved_are_nobody_else_s(database):
    for _ in range(2):
        with database.transaction() as session:
            row = {"verb": "x", "note": "", "detail": {}, "at": NOON, "subject_id": None}
            made = [{"id": one, **row} for one in reserve_ids(session, Activity, 3)]
            write_rows(session, Activity, made, names=NAMES, **SAME)
            session.add(Activity(**row, **SAME))
    with database.snapshot() as session:
        ids = session.scalars(select(Activity.id)).all()
    assert len(set(ids)) == 8


def test_rows_that_others_forestall_are_left_out_and_the_others_counted(database):
    with database.transaction() as session:
        space = make_space(session)
        ids = [make_contact(session, space).id for _ in range(4)]
        rows = [{"contact_id": one} for one in ids]
        same = {"names": ("contact_id",), "missing": True, "space_id": space.id, "last_contacted_at": NOON}
        wrote = [write_rows(session, ContactActivity, some, **same) for some in (rows[:1], rows[:3], rows[:3], rows)]
        assert wrote == [1, 2, 0, 1]
        found = session.scalars(select(ContactActivity).order_by(ContactActivity.contact_id)).all()
        assert [(one.contact_id, one.last_contacted_at, one.times_came) for one in found] == [
            (one, NOON, 0) for one in ids
        ]


def test_ids_asked_as_one_parameter_are_found_by_their_index(database):
    """SQLite has no booleans: compared with 1, as it would be, the same question reads the whole table."""
    asked = []
    with database.transaction() as session:
        if not database.is_sqlite:
            session.execute(text("SET LOCAL enable_seqscan = off"))  # a table without rows is read whole
        event.listen(session.connection(), "before_cursor_execute", lambda *said: asked.append(said[2:4]))
        session.scalars(select(Message.id).where(among_ids(Message.id, [1, 2]))).all()
        [(statement, parameters)] = asked
        explain = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
        plan = str(session.connection().exec_driver_sql(f"{explain} {statement}", parameters).all())
    assert "SCAN messages" not in plan
    assert "Seq Scan on messages" not in plan


def test_rows_of_several_tables_are_written_together_each_to_its_own_values(database):
    with database.transaction() as session:
        space = make_space(session)
        before = [
            {"id": made, "verb": "x", "note": "", "detail": {}, "at": NOON, "subject_id": None}
            for made in reserve_ids(session, Activity, len(WORDS))
        ]
        write_rows(session, Activity, before, names=NAMES, **SAME)
        people = [make_contact(session, space).id for _ in range(2)]
    ids = [row["id"] for row in before]
    with database.transaction() as session:
        said = []
        event.listen(session.connection(), "before_cursor_execute", lambda *words: said.append(words[2]))
        together = Together(session)
        together.update(
            Activity, [{"id": one, "note": word} for one, word in zip(ids, WORDS, strict=True)][:9], names=("note",)
        )
        together.update(
            Activity, [{"id": one, "verb": "y", "subject_id": 7} for one in ids[9:]], names=("verb", "subject_id")
        )
        together.update(Activity, [], names=("note",))
        rows = [{"contact_id": one, "space_id": space.id, "last_contacted_at": NOON} for one in people]
        together.insert(ContactActivity, rows, names=("contact_id", "space_id", "last_contacted_at"))
        together.write()
        together.write()
        assert len(said) == (3 if database.is_sqlite else 1), "each statement is a turn with the server"
    with database.snapshot() as session:
        found = session.scalars(select(Activity).where(among_ids(Activity.id, ids)).order_by(Activity.id)).all()
        assert [one.note for one in found] == WORDS[:9] + [""] * (len(WORDS) - 9)
        assert [(one.verb, one.subject_id) for one in found] == [("x", None)] * 9 + [("y", 7)] * (len(WORDS) - 9)
        noted = session.scalars(select(ContactActivity).order_by(ContactActivity.contact_id)).all()
        assert [(one.contact_id, one.last_contacted_at) for one in noted] == [(one, NOON) for one in people]
