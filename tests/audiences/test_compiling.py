"""A rule asks the database what it asks of each person in memory."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.audiences.compiling import compile_rule
from app.audiences.evaluating import holds
from app.audiences.fields import Context
from app.audiences.rules import Rule
from app.audiences.sources.declared import Declared, fields_of
from app.clock import PARIS
from app.contacts.models import Contact, ContactTag, Tag
from app.database.engine import Database
from app.events.segment_fields import segment_fields
from tests.audiences import sketches
from tests.factories import make_contact, make_space

NOON = datetime(2026, 6, 1, 10, tzinfo=UTC)


def kept(session: Session, space: Space, rule: Any, *, now: datetime = NOON, zone: ZoneInfo = PARIS) -> list[str]:
    """The first names of those whom a rule keeps."""
    fields = fields_of(session, space.id)
    condition = compile_rule(fields.parse(rule), fields, Context(space.id, zone, now))
    query = select(Contact.first_name).where(Contact.space_id == space.id, condition)
    return sorted(session.scalars(query))


def test_the_database_and_the_memory_keep_the_same_people(database: Database) -> None:
    database.handed[Declared] = Declared(rooms=(segment_fields,))
    with database.transaction() as session:
        space = make_space(session)
        sketches.draw_people(session, space)
        make_contact(session, make_space(session), first_name="Zoé")
    with database.snapshot() as session:
        fields = fields_of(session, space.id)
        contacts = session.scalars(select(Contact).where(Contact.space_id == space.id)).all()
        people = {one.id: sketches.facts(session, one) for one in contacts}
        zones = st.sampled_from((PARIS, ZoneInfo("Indian/Reunion")))
        drawn = [sketches.aged(one, Context(space.id, PARIS, sketches.NOWS[0])) for one in people.values()]
        assert set(fields) - set(drawn[0]) == set(), "sketches.facts does not say them"
        alike = {name for name in fields if len({one[name] for one in drawn}) < 2}
        assert alike == set(), "sketches.draw_people gives everybody the same"

        @settings(max_examples=100, suppress_health_check=list(HealthCheck))
        @given(sketches.rules(fields), st.sampled_from(sketches.NOWS), zones)
        def compare(rule: Rule, now: datetime, zone: ZoneInfo) -> None:
            context = Context(space.id, zone, now)
            condition = compile_rule(rule, fields, context)
            found = set(session.scalars(select(Contact.id).where(Contact.space_id == space.id, condition)))
            assert found == {
                one for one, known in people.items() if holds(rule, fields, context, sketches.aged(known, context))
            }

        compare()


def test_not_having_counts_those_of_whom_nothing_is_known(database: Database) -> None:
    with database.transaction() as session:
        space = make_space(session)
        tags = {name: Tag(space_id=space.id, name=name) for name in ("B", "D")}
        session.add_all(tags.values())
        session.flush()
        for name in ("B1", "B2", "B3", "D1", "D2", "D3", "U1", "U2", "U3", "U4"):
            person = make_contact(session, space, first_name=name)
            if name[0] in tags:
                session.add(ContactTag(tag_id=tags[name[0]].id, contact_id=person.id))
    has_b = {"field": "tags", "is": "has", "value": "B"}
    with database.snapshot() as session:
        assert len(kept(session, space, {"field": "tags", "is": "has_not", "value": "B"})) == 7
        assert len(kept(session, space, {"none": [has_b]})) == 7
        known = {"field": "tags", "is": "known"}
        assert kept(session, space, {"all": [known, {"none": [has_b]}]}) == ["D1", "D2", "D3"]
        any_of = {"any": [has_b, {"field": "tags", "is": "unknown"}, {"field": "tags", "is": "has", "value": "D"}]}
        assert kept(session, space, {"all": [any_of, {"none": [known]}]}) == [
            "U1", "U2", "U3", "U4",
        ]  # fmt: skip


def test_days_are_those_of_the_space_and_age_is_of_the_civil_year(database: Database) -> None:
    with database.transaction() as session:
        space = make_space(session)
        for name, at in {
            "before": datetime(2026, 3, 21, 22, 59, tzinfo=UTC),
            "first": datetime(2026, 3, 21, 23, 0, tzinfo=UTC),
            "night": datetime(2026, 3, 28, 23, 30, tzinfo=UTC),
        }.items():
            make_contact(session, space, first_name=name, created_at=at, birth_year=2008)
    half_past_midnight = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)  # 29 March in Paris, where an hour is lost
    week = {"field": "created", "is": "within_days", "value": 7}
    with database.snapshot() as session:
        assert kept(session, space, week, now=half_past_midnight) == ["first", "night"]
        assert kept(
            session, space, {"field": "created", "is": "not_within_days", "value": 7}, now=half_past_midnight
        ) == ["before"]
        on_the_day = {"all": [
            {"field": "created", "is": "after", "value": "2026-03-28"},
            {"field": "created", "is": "before", "value": "2026-03-30"},
        ]}  # fmt: skip
        assert kept(session, space, on_the_day) == ["night"]
        adult = {"field": "age", "is": "over", "value": 17}
        new_year = datetime(2025, 12, 31, 23, 0, tzinfo=UTC)
        assert len(kept(session, space, adult, now=new_year)) == 3
        assert kept(session, space, adult, now=datetime(2025, 12, 31, 22, 59, tzinfo=UTC)) == []
        assert kept(session, space, adult, now=new_year, zone=ZoneInfo("America/Martinique")) == []


def test_signs_are_letters_like_others(database: Database) -> None:
    with database.transaction() as session:
        space = make_space(session)
        for name in ("50%", "500", "A_B", "AXB", "A B"):
            make_contact(session, space, first_name=name, email=f"{name[0]}_@x.fr" if name == "500" else "5a@x.fr")
    with database.snapshot() as session:
        assert kept(session, space, {"field": "first_name", "is": "contains", "value": "50%"}) == ["50%"]
        assert kept(session, space, {"field": "first_name", "is": "contains", "value": "%"}) == ["50%"]
        assert kept(session, space, {"field": "first_name", "is": "equals", "value": "a_b"}) == ["A_B"]
        assert kept(session, space, {"field": "first_name", "is": "equals", "value": "À b"}) == ["A B", "A_B"]
        assert kept(session, space, {"field": "email", "is": "starts_with", "value": "5_"}) == ["500"]
        assert kept(session, space, {"field": "first_name", "is": "contains", "value": "…"}) == []


def test_a_rule_with_a_hole_keeps_nobody_even_upside_down(database: Database) -> None:
    with database.transaction() as session:
        space = make_space(session)
        make_contact(session, space)
    with database.snapshot() as session:
        fields = fields_of(session, space.id)
        rule = fields.load({"none": [{"field": "tags", "is": "has", "value": 4}]})
        context = Context(space.id, PARIS, NOON)
        query = select(Contact).where(compile_rule(rule, fields, context))
        assert session.scalars(query).all() == []
        assert list(fields.holes(rule)) == ["rule.none.0.value"]


def test_a_department_and_a_distance_are_read_from_the_postcode(database: Database) -> None:
    codes = ("80000", "80 100", "75001", "20137", "20200", "97410", "")
    with database.transaction() as session:
        space = make_space(session)
        for code in codes:
            make_contact(session, space, first_name=code, postcode=code)
    with database.snapshot() as session:

        def of(*departments: str) -> list[str]:
            return kept(session, space, {"field": "department", "is": "one_of", "value": list(departments)})

        assert of("80", "2A", "974") == ["20137", "80 100", "80000", "97410"]
        assert of("2b", "Paris") == ["20200", "75001"]
        near = {"field": "place", "is": "within_km", "value": {"of": "80000", "km": 45}}
        assert kept(session, space, near) == ["80 100", "80000"]
        assert kept(session, space, {"none": [near]}) == sorted(set(codes) - {"80 100", "80000"})
        assert kept(session, space, {"field": "place", "is": "unknown"}) == [""]


def test_days_before_a_civil_day_are_told_from_it() -> None:
    assert Context(1, PARIS, datetime(2026, 3, 28, 23, 30, tzinfo=UTC)).today == date(2026, 3, 29)
