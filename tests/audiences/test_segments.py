"""Saved rules: kept, mended, refused in circles, and nobody while something is missing."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.audiences import segments
from app.audiences.book import open_book
from app.audiences.models import Segment
from app.audiences.sentences import shortened
from app.contacts import lists, uses
from app.contacts.models import Contact, ContactList
from app.database.engine import Database
from app.errors import Conflict, NotFound, RuleBroken
from app.runtime import Runtime
from tests.factories import NOON, SOMEBODY, make_campaign, make_contact, make_list, make_space

BY: dict[str, Any] = {"by": SOMEBODY, "now": NOON}


def has(field: str, *values: object) -> dict[str, object]:
    return {"field": field, "is": "has", "value": list(values)}


def make(session: Session, space: Space, name: str, rule: object) -> Segment:
    return segments.make(session, space, name=name, rule=rule, **BY)


def kept(session: Session, space: Space, *ids: int) -> list[str]:
    condition = open_book(session, space).keeps(list(ids), NOON)
    return sorted(session.scalars(select(Contact.first_name).where(Contact.space_id == space.id, condition)))


@pytest.fixture
def space(database: Database) -> Space:
    """With « Samedi » (Zoé) and « Conducteurs » (Luc), and Ada on neither."""
    with database.transaction() as session:
        space = make_space(session)
        for name, on in (("Zoé", "Samedi"), ("Luc", "Conducteurs")):
            make_contact(session, space, on=make_list(session, space, name=on), first_name=name)
        make_contact(session, space, first_name="Ada")
        return space


def test_a_segment_stays_alive(database: Database, space: Space) -> None:
    with database.transaction() as session:
        made = make(session, space, " Du  samedi ", has("lists", "samedi"))
        assert (made.name, made.created_by) == ("Du samedi", "Odile")
        assert segments.find(session, space.id, "du SAMEDI") is made
        assert kept(session, space, made.id) == ["Zoé"]
        saturday = session.scalars(select(ContactList).where(ContactList.name == "Samedi")).one()
        make_contact(session, space, on=saturday, first_name="Bea")
        lists.rename(session, saturday, name="Dimanche", **BY)
        assert kept(session, space, made.id) == ["Bea", "Zoé"]
        assert open_book(session, space).fields.show(open_book(session, space).rules[made.id])["value"] == "Dimanche"
        for name, rule, code in (
            ("du samedi", has("lists", "Dimanche"), "segment_name_taken"),
            (" ", has("lists", "Dimanche"), "segment_nameless"),
            ("x" * 81, has("lists", "Dimanche"), "segment_name_too_long"),
            ("Autre", {"all": []}, "rule_wrong"),
        ):
            with pytest.raises(RuleBroken) as refused, session.begin_nested():
                make(session, space, name, rule)
            assert refused.value.code == code
        with pytest.raises(NotFound):
            segments.get(session, make_space(session).id, made.id)


def test_without_its_list_a_segment_is_nobody_and_so_is_what_leans_on_it(database: Database, space: Space) -> None:
    with database.transaction() as session:
        inner = make(session, space, "Du samedi", has("lists", "Samedi"))
        outer = make(session, space, "Les autres", {"none": [has("segments", "du samedi")]})
        assert kept(session, space, outer.id) == ["Ada", "Luc"]
        saturday = session.scalars(select(ContactList).where(ContactList.name == "Samedi")).one()
        assert segments.users(session, space.id, "lists", saturday.id) == ["Du samedi"]
        lists.remove(session, saturday, **BY)
        book = open_book(session, space)
        assert kept(session, space, inner.id, outer.id) == []
        assert list(book.faults[inner.id]) == ["rule.value"]
        assert list(book.faults[outer.id]) == ["rule"]
        assert "« Les autres » est à réparer" in book.fault(outer.id)
        with pytest.raises(RuleBroken, match="Du samedi"):
            make(session, space, "Encore", has("segments", inner.id))
        segments.edit(session, space, inner, rule=has("lists", "Conducteurs"), **BY)
        assert kept(session, space, outer.id) == ["Ada", "Zoé"]


def test_a_circle_is_refused_with_the_way_round(database: Database, space: Space) -> None:
    with database.transaction() as session:
        first = make(session, space, "Un", has("lists", "Samedi"))
        second = make(session, space, "Deux", {"any": [has("segments", "Un"), has("lists", "Conducteurs")]})
        third = make(session, space, "Trois", {"none": [has("segments", "Deux")]})
        assert kept(session, space, third.id) == ["Ada"]
        for rule in (has("segments", "Trois"), {"all": [has("lists", "Samedi"), {"none": [has("segments", "Un")]}]}):
            with pytest.raises(RuleBroken) as refused:
                segments.edit(session, space, first, rule=rule, **BY)
            assert refused.value.code == "segment_circle"
        with pytest.raises(RuleBroken, match="« Un » → « Trois » → « Deux » → « Un »"):
            segments.edit(session, space, first, rule=has("segments", "Trois"), **BY)
        with pytest.raises(Conflict, match="« Trois »"):
            segments.remove(session, space, second, **BY)
        segments.remove(session, space, third, **BY)
        segments.remove(session, space, second, **BY)
        assert [one.name for one in segments.every(session, space.id)] == ["Un"]


def test_segments_within_segments_stay_within_bounds(database: Database, space: Space) -> None:
    with database.transaction() as session:
        inner = make(session, space, "Un", has("lists", "Samedi"))
        make(session, space, "Deux", {"any": [has("segments", "Un"), *[has("lists", "Samedi")] * 150]})
        with pytest.raises(RuleBroken, match="« Deux »"):
            segments.edit(session, space, inner, rule={"any": [has("lists", "Samedi")] * 51}, **BY)
        with pytest.raises(RuleBroken) as refused:
            make(session, space, "Trois", {"any": [has("segments", "Deux")] * 2})
        assert refused.value.code == "rule_too_long"


def test_a_removed_segment_s_id_is_never_another_s(database: Database, space: Space) -> None:
    with database.transaction() as session:
        first = make(session, space, "Un", has("lists", "Samedi"))
        segments.remove(session, space, first, **BY)
        assert make(session, space, "Deux", has("lists", "Samedi")).id != first.id
        assert open_book(session, space).fault(first.id) == "Une sélection utilisée ici n'existe plus."


def test_a_new_list_that_gets_a_removed_one_s_id_is_not_chosen_for_it(database: Database, runtime: Runtime) -> None:
    with database.transaction() as session:
        space = make_space(session)
        gone = make_list(session, space, name="Samedi")
        made = make(session, space, "Du samedi", {"none": [has("lists", "Samedi", make_list(session, space).id)]})
        alone = make(session, space, "Samedi seul", has("lists", gone.id))
        outer = make(session, space, "Autour", has("segments", alone.id))
        named = {"lists": [gone.id], "segments": [], "contacts": [], "except": []}
        make_campaign(session, space, name="Par la liste", audience=named)
        make_campaign(session, space, name="Par la règle", audience={**named, "lists": [], "segments": [outer.id]})
        users = uses.users(session, space.id, "lists", gone.id)
        assert users.segments == ["Autour", "Du samedi", "Samedi seul"]
        assert (users.stopped, users.without) == (["Par la règle"], ["Par la liste"])
        lists.remove(session, gone, **BY)
        session.add(ContactList(id=gone.id, space_id=space.id, name="Samedi", created_at=NOON))
        session.flush()
        book = open_book(session, space)
        assert book.faults[alone.id] == {"rule.value": "« Samedi » n'existe plus : choisissez autre chose."}
        assert list(book.faults[made.id]) == ["rule.none.0.value"]
        assert kept(session, space, made.id, alone.id) == []


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        ("Adhérents, disponibles le soir", "Adhérents, disponibles le soir"),
        (
            "Disponibles le week-end, à moins de 10 km de 80000, sauf ceux de la liste « Nouveaux »",
            "Disponibles le week-end, à moins de 10 km de 80000…",
        ),
        ("Bénévoles " * 12, " ".join(["Bénévoles"] * 7) + "…"),
        ("x" * 100, "x" * 79 + "…"),
    ],
)
def test_a_name_too_long_keeps_whole_conditions_or_words(wanted: str, fits: str) -> None:
    assert shortened(wanted, segments.NAME_CHARACTERS) == fits
    assert len(fits) <= segments.NAME_CHARACTERS
