"""How many, the first ten, and why this person: all three say the same."""

import pytest
from sqlalchemy import select, text

from app.audiences import counting, rules
from app.audiences.book import Book, open_book
from app.audiences.compiling import compile_rule
from app.audiences.membership import membership
from app.contacts.models import Contact
from app.database.engine import Database
from tests.audiences import sketches
from tests.factories import NOON, make_space

DRIVER = {"field": "tags", "is": "has", "value": ["permis B", "cuisine"]}
OTHER = {"field": "lists", "is": "has", "value": "Samedi"}
YOUNG = {"field": "age", "is": "under", "value": 30}
SERVICE = {"field": "may_receive", "is": "has", "value": "service"}
SHAPES = (
    DRIVER,
    YOUNG,
    {"all": [DRIVER, OTHER, YOUNG]},
    {"all": [YOUNG, SERVICE, {"none": [DRIVER]}]},
    {"none": [DRIVER, OTHER]},
    {"any": [DRIVER, {"all": [YOUNG, SERVICE]}]},
    {"none": [{"none": [DRIVER]}]},
    {"all": [{"field": "tags", "is": "has_not", "value": "cuisine"}, {"field": "tags", "is": "known"}]},
)


@pytest.fixture
def book(database: Database) -> Book:
    with database.transaction() as session:
        space = make_space(session)
        sketches.draw_people(session, space)
        sketches.draw_people(session, make_space(session), count=5)
        return open_book(session, space)


def test_every_way_to_count_finds_the_same(database: Database, book: Book) -> None:
    with database.snapshot() as session:
        for shape in SHAPES:
            rule = book.fields.parse(shape)
            kept = compile_rule(rule, book.fields, book.context(NOON))
            ids = session.scalars(select(Contact.id).where(Contact.space_id == book.space.id, kept)).all()
            assert counting.count(session, book, rule, now=NOON) == len(ids), shape
            assert counting.count_capped(session, book, rule, now=NOON) == counting.Count(len(ids))
            first = counting.first_people(session, book, rule, limit=3, now=NOON)
            assert [one.id for one in first] == sorted(ids)[:3]
        broken = book.fields.load({"none": [{"field": "tags", "is": "has", "value": 999}]})
        assert counting.count(session, book, broken, now=NOON) == 0


def test_why_somebody_is_in_or_out_is_told_line_by_line(database: Database, book: Book) -> None:
    rule = book.fields.parse({"all": [DRIVER, YOUNG, {"none": [OTHER]}]})
    with database.snapshot() as session:
        everybody = session.scalars(select(Contact).where(Contact.space_id == book.space.id)).all()
        found = [membership(session, book, rule, one, now=NOON) for one in everybody]
        assert sum(one.is_in for one in found) == counting.count(session, book, rule, now=NOON)
        assert all(one.is_in is (one.against == []) for one in found)
        assert [line for line, _lets_in in found[0].lines] == list(rules.canonical(rule).rules)  # type: ignore[union-attr]


def test_people_are_walked_in_the_order_of_their_ids(database: Database, book: Book) -> None:
    explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
    rule = book.fields.parse({"all": [YOUNG, {"none": [DRIVER]}]})
    with database.snapshot() as session:
        if not database.is_sqlite:
            for other_way in ("seqscan", "bitmapscan", "sort"):  # so few people fit one page: any way costs the same
                session.execute(text(f"SET LOCAL enable_{other_way} = off"))
        query = counting.counting_query(session, book, rule, book.context(NOON))
        compiled = query.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
        plan = [str(row[-1]) for row in session.execute(text(f"{explain}{compiled}"))]
    walked = next(line for line in plan if "contacts" in line and "contact_tags" not in line)
    ways = ["ix_contacts_space_id_id"] if database.is_sqlite else ["ix_contacts_space_id_id", "pk_contacts"]
    assert any(way in walked for way in ways), plan  # of so few, PostgreSQL may take the key: the same order
