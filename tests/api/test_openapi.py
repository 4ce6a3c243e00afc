"""The API held to its own description, by thousands of demands that nobody would write by hand."""

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import validate
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS
from schemathesis.core.parameters import ParameterLocation

from app.accounts.models import Role
from app.campaigns import service
from app.clock import utc_now
from tests.api.conftest import make_program
from tests.factories import SOMEBODY, make_contact, make_list

EXAMPLES = 5
"""Demands an operation and database."""
UNFIT = {
    "positive_data_acceptance",  # the rules refuse much that is well formed
    "ignored_auth",  # tried by hand, once for all
}


def test_no_demand_gets_an_answer_that_is_not_described(app, database):
    program = make_program(app, database, role=Role.REFERENTE)
    with database.transaction() as session:
        one = make_list(session, program.space)
        contact = make_contact(session, program.space, on=one)
        campaign = service.draft(
            session, program.space, by=SOMEBODY, now=utc_now(), body="Bonjour", audience={"lists": [one.id]}
        )
    program.post("/messages", {"contact_id": contact.id, "body": "Bonjour"})
    there = {"list_id": one.id, "contact_id": contact.id, "campaign_id": campaign.id, "message_id": 1}
    checks = [CHECKS.get_one(name) for name in CHECKS.get_all_names() if name not in UNFIT]
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    for found in schema.get_all_operations():
        operation = found.ok()

        cases = st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in GenerationMode))

        @given(case=cases, is_there=st.booleans())
        @settings(
            max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        def ask(case, is_there):
            path = case.meta.components.get(ParameterLocation.PATH)
            is_wrong = path is not None and path.mode is GenerationMode.NEGATIVE  # to be answered as it is
            if is_there and case.method != "DELETE" and not is_wrong:
                case.path_parameters = {
                    **case.path_parameters,
                    **{k: there[k] for k in case.path_parameters if k in there},
                }
            answer = case.call(headers={"Authorization": f"Bearer {program.token}"})
            case.validate_response(answer, checks=checks)

        ask()


def test_the_description_keeps_to_the_standard(app):
    """OpenAPI 3.1 is JSON Schema: a type is named once, and a limit belongs to what can have it."""
    told = app.test_client().get("/api/v1/openapi.json").get_json()
    schemas = told["components"]["schemas"]
    assert told["openapi"] == "3.1.0"
    assert schemas
    for where, schema in walk(schemas, ""):
        types = schema.get("type", [])
        types = types if isinstance(types, list) else [types]
        assert len(types) == len(set(types)), where
        if {"minLength", "maxLength"} & set(schema):
            assert "string" in types, where
        if {"minItems", "maxItems"} & set(schema):
            assert "array" in types, where
    validate(told)
    schedule = schemas["ScheduleIn"]
    assert "maintenant" in schedule["properties"]["at"]["description"]


def test_the_words_that_a_program_chooses_from_are_explained(app):
    told = app.test_client().get("/api/v1/openapi.json").get_json()
    assert "heure est celle de Paris" in told["info"]["description"]
    for name, schema in told["components"]["schemas"].items():
        for field, words in schema.get("properties", {}).items():
            if field in ("family", "stage", "status") and name.startswith(("Campaign", "Message", "Letter")):
                assert all(f"« {one} »" in words["description"] for one in words["enum"] if one), (name, field)


def walk(node, where):
    """Every object below ``node`` that could be a schema, and where it stands."""
    if isinstance(node, dict):
        if "type" in node and not isinstance(node["type"], dict):
            yield where, node
        for name, inner in node.items():
            yield from walk(inner, f"{where}/{name}")
    elif isinstance(node, list):
        for at, inner in enumerate(node):
            yield from walk(inner, f"{where}/{at}")
