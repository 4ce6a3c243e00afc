"""Pages of a crowd: in the order of an index, and no dearer for those who come before."""

import re
from contextlib import contextmanager

import pytest
from sqlalchemy import event, select, text

from app.accounts.models import Role
from app.audiences import counting, segments
from app.audiences.book import open_book
from app.contacts import lists
from app.contacts.api_schemas import ContactsIn
from app.contacts.bulk import choosing
from app.contacts.bulk.models import Change
from app.contacts.finding import service as finding
from app.contacts.finding.rows import PROBE
from app.contacts.models import Contact, Tag
from app.errors import RuleBroken
from tests.factories import NOON, SOMEBODY, make_list, make_space, make_user, sign_in

MANY = PROBE + 1_500
CROWD = """
    INSERT INTO contacts (space_id, phone, phone_typed, fingerprint, name_key, sort_key, first_name, last_name, email,
        email_key, postcode, phone_is_parents, note, custom, created_at, updated_at)
    WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < :many)
    SELECT :space, '+336' || (10000000 + n), '', 'f' || n, 'k' || n,
        CASE WHEN n > :martins OR n % 6 = 0 THEN 'bal' || (n % 97) ELSE 'martin' || (n % 300) END || ' '
        || CASE n % 4 WHEN 0 THEN 'jean marie' WHEN 1 THEN 'jean abel' WHEN 2 THEN 'jean paul' ELSE 'jean zoe' END,
        '', '', 'm' || n || '@x.fr', 'm' || n || '@x.fr', '', false, '', '{}', :now, :now FROM series WHERE n > :before
"""
"""Every sixth, and all after the ``martins``, is a Bal…; the others have one of 300 names that begin by Martin."""


def fill(session, space, before, many):
    now = NOON.replace(tzinfo=None) if session.connection().dialect.name == "sqlite" else NOON
    said = {"space": space.id, "before": before, "many": many, "martins": MANY, "now": now}
    session.execute(text(CROWD), said)


@pytest.fixture
def crowd(database):
    """A space of many people, all on one list and with one tag, seven of them on another and with another."""
    with database.transaction() as session:
        space = make_space(session)
        everyone, few = make_list(session, space), make_list(session, space)
        session.add_all(Tag(id=at, space_id=space.id, name=f"étiquette {at}") for at in range(1, 9))
        session.flush()
        fill(session, space, 0, MANY)
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


def in_order(words, people):
    """The ids of (id, sort key), by name; of a word that many share, by the first of theirs that begins so."""
    (longest,) = sorted(words.split(), key=len)[-1:] or [""]
    begun = sum(word.startswith(longest) for _id, name in people for word in name.split())
    if not words.isalpha() or begun <= PROBE:
        return [one for one, _name in people]
    first = {one: min(word for word in name.split() if word.startswith(longest)) for one, name in people}
    return [one for one, _name in sorted(people, key=lambda both: first[both[0]])]


def test_a_crowd_is_met_in_the_order_of_an_index(database, crowd):
    space, everyone, few = crowd
    kinds = [
        {},
        {"archived": True},
        {"words": "b"},
        {"words": "mar"},
        {"words": "martin"},
        {"words": "j"},
        {"words": "paul bal1"},
        {"words": "06"},
        {"words": "061 0"},
        {"words": "99"},
        {"words": "m7@x.fr"},
        {"list_id": everyone.id},
        {"words": "06", "list_id": everyone.id},
        {"words": "zoe", "list_id": few.id},
        {"words": "martin", "list_id": everyone.id},
        {"tag": "étiquette 1"},
        {"tag": "étiquette 2", "words": "zoe"},
    ]
    with database.snapshot() as session:
        for which in kinds:
            query = finding.matching(select(Contact.id, Contact.sort_key), space.id, which)
            people = session.execute(query.order_by(Contact.sort_key, Contact.id)).all()
            meant = in_order(which.get("words", ""), people)
            assert met(session, space, **which) == (meant[:120], len(meant) > 120), which
            counted = finding.count(session, space.id, **which)
            assert counted.number <= len(meant) if counted.is_more else counted.number == len(meant), which
        assert finding.count(session, space.id).number == MANY
        on_lists = {name: count.number for _id, name, count in lists.shown(session, space.id)}
        assert on_lists == {everyone.name: MANY, few.name: 7}
        for which in kinds:
            read = whole_tables_read(session, lambda which=which: finding.search_counted(session, space.id, **which))
            assert read == [], which


@contextmanager
def reading(session):
    """What is read meanwhile, in a list: steps of SQLite's machine in tens, or the rows that PostgreSQL answers."""
    read = []
    connection = session.connection()

    def keep(_connection, cursor, *_rest):
        read.extend([1] * cursor.rowcount)

    if connection.dialect.name == "sqlite":
        connection.connection.driver_connection.set_progress_handler(lambda: read.append(1), 10)
    else:
        event.listen(connection.engine, "after_cursor_execute", keep)
    yield read
    if connection.dialect.name == "sqlite":
        connection.connection.driver_connection.set_progress_handler(None, 0)
    else:
        event.remove(connection.engine, "after_cursor_execute", keep)


def test_what_a_page_reads_does_not_grow_with_those_before_it(database, client, crowd):
    space, *_lists = crowd

    def read():
        found = []
        for which in ({}, {"words": "martin"}, {"words": "mar"}, {"words": "jean martin"}, {"words": "martin mart"}):
            with database.snapshot() as session, reading(session) as steps:
                page = finding.search(session, space.id, **which)
                finding.search(session, space.id, after=page.next, **which)
            assert ContactsIn().load({"after": page.next})["after"] == page.next, "a program goes on too"
            found.append(len(steps))
        return found

    small = read()
    with database.transaction() as session:
        others_before = MANY // 6
        fill(session, space, MANY, MANY + 9 * others_before + 1_000)
        last = make_list(session, space)
        session.flush()
        members = "INSERT INTO list_members SELECT :id, id FROM contacts WHERE sort_key > 'm'"
        session.execute(text(members), {"id": last.id})
        sign_in(client, session, make_user(session, space=space, role=Role.EQUIPIERE))
        rule = {"field": "email", "is": "known"}
        wide = segments.make(session, space, name="Tous", rule=rule, by=SOMEBODY, now=NOON)
        session.execute(text("ANALYZE"))
    assert all(large <= 1.5 * few for large, few in zip(read(), small, strict=True))
    with database.snapshot() as session:
        page = finding.search(session, space.id, words="06", list_id=last.id)
        assert (page.items, page.is_cut) == ([], True), "none of the first ten thousand is on it"
        after = finding.search(session, space.id, words="06", list_id=last.id, after=page.next)
        assert (len(after.items), after.is_cut) == (50, False)
        assert counting.count_everybody(session, open_book(session, space)) == counting.Count(10_000, is_capped=True)
    for address in (f"/e/{space.slug}/benevoles?q=06&liste={last.id}", f"/e/{space.slug}/listes/{last.id}?q=06"):
        shown = client.get(address).text
        said = [one in shown for one in ("Affinez-la", f"apres={page.next}", "Personne ne correspond")]
        assert said == [True, True, False], address
    left_out = client.get(f"/e/{space.slug}/selections/{wide.id}/laissees?raison=opted_out")
    assert (left_out.status_code, "Affinez la sélection" in left_out.text) == (422, True), (
        "nobody walks through them all"
    )
    shown = client.get(f"/e/{space.slug}/benevoles/ensemble").text.replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert "Modifier plus de 10 000 personnes" in shown
    with database.snapshot() as session, pytest.raises(RuleBroken, match=r"^Plus de 10.?000 personnes, c'est trop"):
        choosing.check(Change.ARCHIVE, choosing.look(session, space.id, choosing.Choice()).people)
