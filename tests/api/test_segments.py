"""Segments over the API: what a rule may speak of, who it would choose, and what uses it."""

import pytest
from sqlalchemy import select

from app.campaigns.rules import Stage
from app.contacts.models import ContactTag, Tag
from tests.api.conftest import refusal
from tests.factories import make_campaign, make_contact, make_list

BEGIN_5 = {"field": "postcode", "is": "starts_with", "value": "80"}


@pytest.fixture
def people(program, database):
    """Zoé, 80000, who drives; Luc, 80100, on Saturdays; Ada, nowhere."""
    with database.transaction() as session:
        saturday = make_list(session, program.space, name="Samedi")
        zoe = make_contact(session, program.space, first_name="Zoé", last_name="", postcode="80000")
        make_contact(session, program.space, first_name="Luc", last_name="", postcode="80100", on=saturday)
        make_contact(session, program.space, first_name="Ada", last_name="")
        tag = Tag(space_id=program.space.id, name="Permis B")
        session.add(tag)
        session.flush()
        session.add(ContactTag(tag_id=tag.id, contact_id=zoe.id))


def test_a_rule_may_speak_of_the_space_s_own_things(program, people):
    items = {one["name"]: one for one in program.get("/segments/fields")["items"]}
    assert [one["label"] for one in items["tags"]["choices"]] == ["Permis B"]
    assert {one["name"] for one in items["age"]["operators"]} == {
        "equals", "under", "over", "between", "known", "unknown",
    }  # fmt: skip
    assert (items["place"]["type"], items["may_receive"]["type"]) == ("place", "choices")


def test_a_rule_is_tried_before_it_is_kept(program, people):
    without = {"none": [{"field": "tags", "is": "has", "value": "permis b"}]}
    answer = program.post("/segments/preview", {"rule": {"all": [BEGIN_5, without]}}, status=200)
    assert (answer["count"], [one["first_name"] for one in answer["sample"]]) == (1, ["Luc"])
    assert answer["sentence"].startswith("Bénévoles ")
    wrong = {"rule": {"all": [BEGIN_5, {"field": "tags", "is": "has", "value": "moto"}]}}
    refused = refusal(program.ask("POST", "/segments/preview", wrong), 422, "rule_wrong")
    assert list(refused["errors"]) == ["rule.all.1.value"]
    deep = BEGIN_5
    for _floor in range(400):
        deep = {"any": [deep]}
    refusal(program.ask("POST", "/segments/preview", {"rule": deep}), 422, "rule_wrong")
    refusal(program.ask("POST", "/segments/preview", {"rule": {"any": [BEGIN_5] * 10_000}}), 422, "rule_wrong")
    for value in ([[[]]], {"of": ["x"], "km": 1}, "\ud800", "\0", 10**400):
        for field, operator in (("first_name", "equals"), ("age", "under"), ("tags", "has"), ("place", "within_km")):
            rule = {"field": field, "is": operator, "value": value}
            refusal(program.ask("POST", "/segments/preview", {"rule": rule}), 422, "rule_wrong")


def test_a_segment_is_kept_shown_by_names_and_forgotten(program, people):
    made = program.post("/segments", {"name": "Samedi", "rule": {"field": "lists", "is": "has", "value": "samedi"}})
    assert made["rule"] == {"field": "lists", "is": "has", "value": "Samedi"}
    assert program.get("/segments")["items"] == [made] == [program.get(f"/segments/{made['id']}")]
    changed = program.ask("PATCH", f"/segments/{made['id']}", {"rule": {"none": [made["rule"]]}}).json
    assert program.post("/segments/preview", {"rule": changed["rule"]}, status=200)["count"] == 2
    assert program.ask("DELETE", f"/segments/{made['id']}").status_code == 204
    refusal(program.ask("GET", f"/segments/{made['id']}"), 404, "segment_unknown")


def test_what_uses_a_segment_is_named_before_it_goes(program, people, database):
    made = program.post("/segments", {"name": "Samedi", "rule": BEGIN_5})
    draft = program.post("/campaigns", {"name": "Braderie", "audience": {"segments": [made["id"]]}})
    assert draft["audience"] == {"lists": [], "segments": [made["id"]], "segment": None, "contacts": [], "except": []}
    program.post("/segments", {"name": "Dimanche", "rule": {"field": "segments", "is": "has", "value": "Samedi"}})
    refused = refusal(program.ask("DELETE", f"/segments/{made['id']}"), 409, "segment_used")
    assert "« Dimanche », « Braderie »" in refused["detail"]
    old = {"audience": {"lists": [], "segment": None, "contacts": []}}
    assert program.ask("PATCH", f"/campaigns/{draft['id']}", old).json["audience"]["segments"] == []
    with database.transaction() as session:
        make_campaign(session, program.space, stage=Stage.FINISHED, audience={"segments": [made["id"]]})
        assert session.scalars(select(Tag.name)).all() == ["Permis B"]
    unknown = {"audience": {"segments": [made["id"] + 9]}}
    refusal(program.ask("PATCH", f"/campaigns/{draft['id']}", unknown), 422, "audience_unknown")
