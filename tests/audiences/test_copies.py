"""A copy of a practice space has its own segments: they choose its own people by its own lists."""

from typing import Any

from sqlalchemy import select

from app.accounts.copies import Copying
from app.accounts.models import Mode
from app.audiences import copies, segments
from app.audiences.book import open_book
from app.campaigns.models import Campaign
from app.contacts.models import Contact, ContactList, Tag
from app.contacts.profile.models import ContactField
from app.database.engine import Database
from app.settings import Settings
from app.workshops.practice import copying
from tests.factories import NOON, SOMEBODY, make_campaign, make_contact, make_list, make_space

BY: dict[str, Any] = {"by": SOMEBODY, "now": NOON}


def test_a_copy_s_segments_speak_of_its_own_lists_and_of_each_other(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        model = make_space(session, mode=Mode.PRACTICE)
        make_contact(session, model, first_name="Zoé", on=make_list(session, model, name="Samedi"))
        make_contact(session, model, first_name="Luc")
        first = segments.make(session, model, name="Tous", rule={"field": "first_name", "is": "known"}, **BY)
        lists = {"field": "lists", "is": "has", "value": "Samedi"}
        second = segments.make(session, model, name="Du samedi", rule=lists, **BY)
        not_they = {"none": [{"field": "segments", "is": "has", "value": second.id}]}
        segments.edit(session, model, first, rule=not_they, **BY)
        make_campaign(session, model, audience={"lists": [], "segments": [first.id], "contacts": [], "except": []})
        copy = copying.copy_space(session, model, None, name="Copie", settings=settings, **BY)
        own = {one.name: one for one in segments.every(session, copy.id)}
        book = open_book(session, copy)
        assert book.faults == {}
        assert {one.id for one in own.values()}.isdisjoint({first.id, second.id})
        condition = book.keeps([own["Tous"].id], NOON)
        kept = session.scalars(select(Contact).where(Contact.space_id == copy.id, condition)).all()
        assert [one.first_name for one in kept] == ["Luc"]
        campaign = session.scalars(select(Campaign).where(Campaign.space_id == copy.id)).one()
        assert campaign.audience["segments"] == [own["Tous"].id]


def test_what_a_copy_has_not_taken_leaves_a_hole() -> None:
    ids = {ContactList: {7: 70}, Tag: {3: 30, 4: 40}, ContactField: {5: 50}}
    took = Copying(9, NOON, ids)  # type: ignore[arg-type]
    rule = {
        "any": [
            {"field": "lists", "is": "has", "value": 8},
            {"field": "tags", "is": "has", "value": [3, 4, 5]},
            {"none": [{"field": "lists", "is": "has", "value": [7, "†Samedi"]}]},
            {"field": "custom.#5", "is": "known"},
            {"field": "age", "is": "between", "value": [7, 8]},
        ]
    }
    assert copies.turned(rule, took) == {
        "any": [
            {"field": "lists", "is": "has", "value": 0},
            {"field": "tags", "is": "has", "value": [30, 40, 0]},
            {"none": [{"field": "lists", "is": "has", "value": [70, "†Samedi"]}]},
            {"field": "custom.#50", "is": "known"},
            {"field": "age", "is": "between", "value": [7, 8]},
        ]
    }
