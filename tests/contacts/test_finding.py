"""People found by what somebody types, without reading the whole space."""

import re

import pytest
from sqlalchemy import delete, event, select, text

from app.accounts.models import Space
from app.contacts import archiving, lists, service
from app.contacts.finding import service as finding
from app.contacts.finding.models import ContactWord
from app.contacts.finding.rows import PROBE
from app.contacts.finding.typed import Address, Digits, Names, read_typed
from app.contacts.merging import service as merging
from app.contacts.models import Contact, Tag
from app.dashboard.merges import MOVES
from tests.contacts.sheets import import_file, sheet
from tests.factories import FINGERPRINT_KEY, NOON, SOMEBODY, make_contact, make_list, make_space

ACT = {"by": SOMEBODY, "now": NOON}
ADD = {"key": FINGERPRINT_KEY, **ACT}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("  ", None),
        ("Mar DUP", Names(("mar", "dup"))),
        ("jean-pierre d’Artagnan", Names(("jean", "pierre", "d", "artagnan"))),
        ("%", Names((" ",))),
        ("Lea@Exemple.fr", Address("lea@exemple.fr")),
        ("0639", Digits(("+33639", "+590639", "+262639", "+594639", "+596639"), "0639")),
        ("+33 6 39", Digits(("+33639",), "")),
        ("+336", Digits(("+336",), "")),
        ("+33", Digits(("+33",), "")),
        ("0044 74", Digits(("+4474",), "004474")),
        ("12 34", Digits(("+331234", "+5901234", "+2621234", "+5941234", "+5961234", "+1234"), "1234")),
        ("06 39 98 71 21", Digits(tuple(f"+{code}639987121" for code in (33, 590, 262, 594, 596)), "")),
    ],
)
def test_what_is_typed_is_a_name_a_number_or_an_address(typed, meant):
    assert read_typed(typed) == meant


def found(session, space, words, **which):
    return [one.first_name for one in finding.search(session, space.id, words=words, **which).items]


def test_people_are_found_by_beginnings_of_words_and_both_ends_of_a_number(database):
    with database.transaction() as session:
        space = make_space(session)
        make_contact(session, space, first_name="Marie", last_name="Dupont", phone="+33639981234")
        make_contact(session, space, first_name="Jean-Pierre", last_name="Le Goff", phone="+33612345678")
        make_contact(session, space, first_name="Zoë", last_name="d’Artagnan", phone="+262692123498")
        make_contact(session, space, first_name="Léa", last_name="Marchand", phone="+447400123456", email="LEA@x.fr")
        make_contact(session, make_space(session), first_name="Marie", last_name="Dupont", phone="+33639981234")
        expected = {
            "dup": ["Marie"], "mar dup": ["Marie"], "dup mar": ["Marie"], "MAR": ["Marie", "Léa"],
            "goff": ["Jean-Pierre"], "pierre": ["Jean-Pierre"], "artagnan zoe": ["Zoë"], "0639": ["Marie"],
            "06 39 98": ["Marie"], "+33639": ["Marie"], "12 34": ["Marie"], "1234": ["Marie"], "98 12 34": ["Marie"],
            "+44 74": ["Léa"], "0692": ["Zoë"], "98": ["Zoë"], "lea@x.fr": ["Léa"],
            "zzz": [], "%": [], "mar zzz": [], "_": [], "#": [],
        }  # fmt: skip
        for words, people in expected.items():
            assert found(session, space, words) == people, words
            assert finding.count(session, space.id, words=words).number == len(people), words
            query = finding.matching(select(Contact.first_name).order_by(Contact.sort_key), space.id, {"words": words})
            assert list(session.scalars(query)) == people, words


def inexact(session):
    """What differs between the words kept and those that the contacts have."""
    kept = {tuple(row) for row in session.execute(select(*ContactWord.__table__.c))}
    meant = {
        (one.space_id, one.archived_at is not None, word, one.sort_key, one.id)
        for one in session.execute(select(Contact.__table__))
        for word in (*one.sort_key.split(), f"#{one.phone[:-9:-1]}")
    }
    return kept ^ meant


def test_the_words_stay_exact_whatever_writes_a_contact(runtime, database):
    with database.transaction() as session:
        space = make_space(session)
        one = service.add(session, space, {"phone": "0639980001", "first_name": "Léa", "last_name": "Le Le"}, **ADD)
        two = service.add(session, space, {"phone": "0639980002", "first_name": "Ali"}, **ADD)
        three = service.add(session, space, {"phone": "0639980003"}, **ADD)
        gone = service.add(session, space, {"phone": "0639980004", "first_name": "Zoé"}, **ADD)
        assert inexact(session) == set()
        service.edit(session, space, two, {"phone": "0639980005", "last_name": "d'Artagnan"}, **ADD)
        archiving.archive(session, three, **ACT)
        service.remove(session, gone, **ACT)
        session.flush()
        assert inexact(session) == set()
        assert found(session, space, "0005") == ["Ali"]
        assert (found(session, space, "0003"), found(session, space, "0003", archived=True)) == ([], [""])
        done = merging.merge(session, space, survivor_id=one.id, loser_id=two.id, chosen=("phone",), moves=MOVES, **ACT)
        session.flush()
        assert inexact(session) == set()
        merging.undo(session, space, done, moves=MOVES, **ACT)
        archiving.bring_back(session, three, **ACT)
        session.flush()
        assert inexact(session) == set()
        session.execute(
            text("UPDATE contacts SET sort_key = 'a \"b\" c', phone = '+33639980009' WHERE id = :id"), {"id": one.id}
        )
        assert inexact(session) == set()
        session.refresh(space)
    import_file(runtime, space, sheet(["Durand;Ali;06 39 98 00 05;;80000", "Petit;Rose;06 39 98 00 06;;"]))
    with database.transaction() as session:
        assert inexact(session) == set()
        assert found(session, space, "petit") == ["Rose"]
        session.execute(delete(Space).where(Space.id == space.id))
        assert session.scalars(select(ContactWord)).all() == []


MANY = PROBE + 1_500
CROWD = """
    INSERT INTO contacts (space_id, phone, phone_typed, fingerprint, name_key, sort_key, first_name, last_name, email,
        email_key, postcode, phone_is_parents, note, custom, created_at, updated_at)
    WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < :many)
    SELECT :space, '+336' || (10000000 + n), '', 'f' || n, 'k' || n,
        CASE n % 30 WHEN 0 THEN 'martin ' ELSE 'nom' || (n % 97) || ' ' END
        || CASE n % 4 WHEN 0 THEN 'marie' WHEN 1 THEN 'abel' WHEN 2 THEN 'jean paul' ELSE 'zoe' END,
        '', '', 'm' || n || '@x.fr', 'm' || n || '@x.fr', '', false, '', '{}', :now, :now FROM series
"""


@pytest.fixture
def crowd(database):
    """A space of many people, all on one list and with one tag, seven of them on another and with another."""
    with database.transaction() as session:
        space = make_space(session)
        everyone, few = make_list(session, space), make_list(session, space)
        session.add_all(Tag(id=at, space_id=space.id, name=f"étiquette {at}") for at in range(1, 9))
        session.flush()
        now = NOON.replace(tzinfo=None) if database.is_sqlite else NOON
        session.execute(text(CROWD), {"space": space.id, "many": MANY, "now": now})
        session.execute(text("INSERT INTO list_members SELECT :id, id FROM contacts"), {"id": everyone.id})
        session.execute(text("INSERT INTO list_members SELECT :id, id FROM contacts LIMIT 7"), {"id": few.id})
        session.execute(text("INSERT INTO contact_tags SELECT 1, id FROM contacts LIMIT 7"))
        session.execute(text("INSERT INTO contact_tags SELECT 2, id FROM contacts"))
        session.execute(text("ANALYZE"))
    return space, everyone, few


def met(session, space, **which):
    """The ids of the first three pages, and whether more follow."""
    ids, after = [], None
    for _page in range(3):
        page = finding.search(session, space.id, after=after, limit=40, **which)
        ids += [one.id for one in page.items]
        if (after := page.next) is None:
            break
    return ids, after is not None


def whole_tables_read(session, ask):
    """What the plans of everything that ``ask`` asks say of a table gone through from end to end."""
    said = []
    engine = session.connection().engine

    def keep(_connection, _cursor, statement, parameters, _context, _many):
        said.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", keep)
    ask()
    event.remove(engine, "before_cursor_execute", keep)
    on_sqlite = engine.dialect.name == "sqlite"
    if not on_sqlite:
        session.execute(text("SET LOCAL enable_seqscan = off"))  # a crowd so small is read whole sooner than looked up
    plans = [
        line
        for statement, parameters in said
        for *_rest, line in session.connection().exec_driver_sql(
            f"{'EXPLAIN QUERY PLAN' if on_sqlite else 'EXPLAIN'} {statement}", parameters
        )
    ]
    assert len(plans) > len(said) > 1
    return [line for line in plans if re.search(r"(SCAN|Seq Scan on) (contact|list|tag)", line)]


def test_a_crowd_is_walked_in_the_order_of_the_alphabet(database, crowd):
    space, everyone, few = crowd
    kinds = [
        {},
        {"archived": True},
        {"words": "n"},
        {"words": "mar"},
        {"words": "paul nom1"},
        {"words": "06"},
        {"words": "061 0"},
        {"words": "99"},
        {"words": "m7@x.fr"},
        {"list_id": everyone.id},
        {"words": "06", "list_id": everyone.id},
        {"words": "zoe", "list_id": few.id},
        {"tag": "étiquette 1"},
        {"tag": "étiquette 2", "words": "zoe"},
    ]
    with database.snapshot() as session:
        for which in kinds:
            query = finding.matching(select(Contact.id), space.id, which).order_by(Contact.sort_key, Contact.id)
            meant = list(session.scalars(query))
            assert met(session, space, **which) == (meant[:120], len(meant) > 120), which
            counted = finding.count(session, space.id, **which)
            assert counted.number <= len(meant) if counted.is_more else counted.number == len(meant), which
        assert finding.count(session, space.id).number == MANY
        on_lists = {name: count.number for _id, name, count in lists.shown(session, space.id)}
        assert on_lists == {everyone.name: MANY, few.name: 7}
        for which in kinds:
            read = whole_tables_read(session, lambda which=which: finding.search_counted(session, space.id, **which))
            assert read == [], which
